"""The pages of the notices, below notices/."""

from django.urls import path

from notices import events, streams, views, waiting

urlpatterns = [
    path("", views.notices, name="notices"),
    path("wait/", waiting.wait),
    path("stream/", streams.stream),
    path("events/", events.events),
    path("page/", events.page),
]
