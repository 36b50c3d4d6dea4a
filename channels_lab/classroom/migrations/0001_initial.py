"""The first version of the database."""

from django.db import migrations, models

__all__ = ["Migration"]

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    """Makes the four tables."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Moment",
            fields=[
                _ID,
                ("revision", models.IntegerField(default=0)),
                ("goto", models.CharField(default="", max_length=2)),
                ("offer", models.IntegerField(default=0)),
                ("timer_ends", models.FloatField(default=0)),
                ("timer_of", models.FloatField(default=0)),
                ("door_open", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                _ID,
                ("secret", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("chapter", models.CharField(default="", max_length=2)),
                ("task", models.CharField(default="", max_length=5)),
                ("hand", models.FloatField(null=True)),
                ("words", models.CharField(default="", max_length=200)),
                ("state", models.CharField(default="", max_length=4)),
                ("changed", models.IntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                _ID,
                ("name", models.CharField(max_length=64)),
                ("last", models.BigIntegerField(null=True)),
                ("seat", models.ForeignKey(on_delete=models.CASCADE, to="classroom.seat")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("seat", "name"), name="one_sender"),)},
        ),
        migrations.CreateModel(
            name="Try",
            fields=[
                _ID,
                ("task", models.CharField(max_length=5)),
                ("number", models.IntegerField(default=0)),
                ("passed", models.BooleanField(default=False)),
                ("mistakes", models.JSONField(default=list)),
                ("now", models.CharField(default="", max_length=60)),
                ("seat", models.ForeignKey(on_delete=models.CASCADE, to="classroom.seat")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("seat", "task"), name="one_try"),)},
        ),
    )
