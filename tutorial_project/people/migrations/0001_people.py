"""The course's users: alice, bob, and sam of the staff.

The password of each is the name, so they are made only while DEBUG is on.
"""

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import migrations

NAMES = ("alice", "bob", "sam")


def add_people(apps, schema_editor):
    if not settings.DEBUG:
        return
    users = apps.get_model("auth", "User").objects
    hasher = PBKDF2PasswordHasher()
    for name in NAMES:
        # One round, where Django takes 1,200,000: there is no secret to guard, and migrating stays quick.
        password = hasher.encode(name, hasher.salt(), iterations=1)
        users.get_or_create(username=name, defaults={"password": password, "is_staff": name == "sam"})


def remove_people(apps, schema_editor):
    # Without DEBUG we made nobody: an alice in that database is somebody's own.
    if settings.DEBUG:
        apps.get_model("auth", "User").objects.filter(username__in=NAMES).delete()


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(add_people, remove_people)]
