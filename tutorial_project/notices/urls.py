"""The pages of the notices, below notices/."""

from django.urls import path

from notices import events, streams, views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("wait/", streams.wait),
    path("stream/", streams.stream),
    path("events/", events.events),
]
