"""Whether people of a room are at other servers. While there are none, it needs no channel layer."""

from channels.db import database_sync_to_async
from django.db import connection

from multichat.desk import store
from multichat.presence import SERVER

ELSEWHERE = "SELECT 1 FROM multichat_presence WHERE room_id = %s AND server <> %s LIMIT 1"


def look(room):
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [room, SERVER])
        return cursor.fetchone() is not None


elsewhere = database_sync_to_async(look)


@database_sync_to_async
def keep_and_look(room, said):
    """Keep messages, and only then look: who comes to another server later finds them in the database."""
    return store(room, said), look(room)
