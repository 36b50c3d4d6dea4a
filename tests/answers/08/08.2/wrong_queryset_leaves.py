# earns: The thread only built it
# instead of:
async def find(room, word):
    """Return the newest messages of a room with this word in them as events, newest first."""
    return [event_of(message) async for message in of_room(room).filter(text__icontains=word)[:FOUND]]
# stands:
@database_sync_to_async
def find(room, word):
    return of_room(room).filter(text__icontains=word).values("id", "username", "at", message=F("text"))[:FOUND]
# instead of:
from django.db import transaction
# stands:
from django.db import transaction
from django.db.models import F
# instead of:
            await self.send(json.dumps({"found": found}))
# stands:
            await self.send(json.dumps({"found": [{**one, "at": str(one["at"])} for one in found]}))
