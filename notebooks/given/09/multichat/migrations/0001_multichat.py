import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def to(model, on_delete=django.db.models.deletion.CASCADE, **options):
    return models.ForeignKey(on_delete=on_delete, to=model, **options)


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ID,
                ("title", models.CharField(max_length=100)),
                ("staff_only", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ID,
                ("room", to("multichat.room", db_index=False)),
                ("user", to(settings.AUTH_USER_MODEL, django.db.models.deletion.SET_NULL, null=True)),
                ("username", models.CharField(max_length=150)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("key", models.CharField(max_length=64, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["room", "id"], name="multichat_history")],
                "constraints": [models.UniqueConstraint(fields=["user", "key"], name="multichat_sent_once")],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ID,
                ("room", to("multichat.room")),
                ("user", to(settings.AUTH_USER_MODEL)),
                ("channel", models.CharField(db_index=True, max_length=100)),
                ("server", models.CharField(db_index=True, max_length=32)),
                ("seen", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["room", "channel"], name="multichat_there_once")],
            },
        ),
        migrations.CreateModel(
            name="LastRead",
            fields=[
                ID,
                ("user", to(settings.AUTH_USER_MODEL)),
                ("room", to("multichat.room")),
                ("message", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["user", "room"], name="multichat_read_once")],
            },
        ),
    ]
