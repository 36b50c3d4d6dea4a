"""The board's settings. Where its room is, and below which path it is served, comes from the command."""

import os
from pathlib import Path

from channels_lab.classroom.room import Room

__all__: list[str] = []

FOLDER = Path(os.environ["CLASSROOM_FOLDER"])
ROOM = Room.open(FOLDER)
SECRET_KEY = ROOM.secret
DEBUG = False

# A page gives nothing to whoever has neither code nor key: under which name it is asked for is of no account. What
# rides on a cookie, the socket, looks at its Origin (`origins.py`).
ALLOWED_HOSTS = ["*"]
# The path before ours where a proxy leaves it there, such as /services/classroom.
BELOW = os.environ.get("CLASSROOM_BELOW", "").rstrip("/")

# How a learner finds us, as it stands on the board.
ADDRESS = os.environ.get("CLASSROOM_ADDRESS", "")

INSTALLED_APPS = ["channels_lab.classroom", "channels", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Our own files and nothing else: what a learner smuggles into a name is text, and would not run if it were not.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
ROOT_URLCONF = "channels_lab.classroom.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"

# One process: its memory carries the messages, and SQLite what must outlive it.
ASGI_APPLICATION = "channels_lab.classroom.asgi.application"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "room.sqlite3",
        "OPTIONS": {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20},
        "CONN_MAX_AGE": None,
    }
}
# Who knocks without a code is no news to the leader.
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"django.request": {"level": "ERROR"}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

# Bounds. A learner may report so much at once, and then so much a second; a room has so many seats, a seat so many
# kernels, and so many connections may be there that have not said who they are.
CLASSROOM_BURST, CLASSROOM_RATE = 60.0, 4.0
CLASSROOM_SEATS, CLASSROOM_KERNELS, CLASSROOM_STRANGERS = 1000, 12, 200
# Seconds: to say who one is, and between two batches, so that a busy room tells its boards 20 times a second at most.
CLASSROOM_PATIENCE, CLASSROOM_PAUSE = 5.0, 0.05
