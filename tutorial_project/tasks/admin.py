"""The tasks in Django's admin: how many failed, were lost, expired, and whose they were."""

from django.contrib import admin

from tasks.models import Task


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin):
    list_display = ("id", "user", "kind", "room", "state", "step", "steps", "changed")
    list_filter = ("state", "kind")
    readonly_fields = ("changed",)
