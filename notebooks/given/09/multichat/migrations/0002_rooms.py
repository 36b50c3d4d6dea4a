"""The course's rooms: two for everybody, one for the staff."""

from django.db import migrations

ROOMS = {"Lobby": False, "한국어 방": False, "Staff": True}


def add_rooms(apps, schema_editor):
    rooms = apps.get_model("multichat", "Room").objects
    for title, staff_only in ROOMS.items():
        rooms.create(title=title, staff_only=staff_only)


class Migration(migrations.Migration):
    dependencies = [("multichat", "0001_multichat")]
    # Whoever goes back drops the tables next: there is nothing to remove before.
    operations = [migrations.RunPython(add_rooms, migrations.RunPython.noop)]
