"""The project's settings. What differs from machine to machine comes from the environment."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def env_list(name):
    """Return the words of an environment variable, which commas separate."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def kept_key(path):
    """Return the key kept in `path`, which only its owner may read. Who asks first makes it."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret_key.") as new:
            new.write(secrets.token_urlsafe(50))
            new.flush()
            # Two servers may start at once: the file appears whole, and the second takes the first one's.
            with suppress(FileExistsError):
                os.link(new.name, path)
    return path.read_text()


# Each project folder makes its own key: none is committed, and a login outlives a restart.
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or kept_key(BASE_DIR / ".secret_key")

DEBUG = os.environ.get("DJANGO_DEBUG", "on").lower() in ("on", "1", "true", "yes")

# Empty means localhost only, while DEBUG is on.
ALLOWED_HOSTS = env_list("DJANGO_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env_list("DJANGO_TRUSTED_ORIGINS")

# The path before ours when a proxy serves us below its own, such as /user/kim/proxy/8000.
FORCE_SCRIPT_NAME = os.environ.get("DJANGO_SCRIPT_NAME", "").rstrip("/") or None


INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
]


MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


ROOT_URLCONF = "config.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


WSGI_APPLICATION = "config.wsgi.application"


DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DJANGO_DB_PATH") or BASE_DIR / "db.sqlite3",
    }
}


LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True


# No slash before it: Django puts the proxy's path there, if there is one.
STATIC_URL = "static/"


INSTALLED_APPS += ["notices"]


ASGI_APPLICATION = "config.asgi.application"


INSTALLED_APPS += ["people"]
LOGIN_URL = LOGIN_REDIRECT_URL = "login"


INSTALLED_APPS += ["chat"]
LOGIN_REDIRECT_URL = "/chat/lobby/"


# One process carries messages in its memory; several need a Redis, which REDIS_URL names.
REDIS_URL = os.environ.get("REDIS_URL")
IN_MEMORY = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
IN_REDIS = {
    "BACKEND": "channels_redis.core.RedisChannelLayer",
    # No time-out: a consumer waits for its next message as long as it takes.
    "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
}
CHANNEL_LAYERS = {"default": IN_REDIS if REDIS_URL else IN_MEMORY}


INSTALLED_APPS += ["multichat"]

# How long, in seconds, the channel layer may take to answer.
MULTICHAT_PATIENCE = float(os.environ.get("MULTICHAT_PATIENCE") or 3)

# Who serves the chat's WebSocket.
MULTICHAT_CONSUMER = os.environ.get("MULTICHAT_CONSUMER") or "multichat.consumers.MultichatConsumer"


# What a page may load: our own files, and nothing else. Neither a script nor a style that stands in the page itself
# runs, so what somebody smuggles into one does no harm. Who may show a page in a frame stays with X-Frame-Options.
MIDDLEWARE.insert(1, "django.middleware.csp.ContentSecurityPolicyMiddleware")
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
}


# Whether anybody may sign up: on one's own machine, to try the site. There is no check of addresses, and no robot trap.
SIGN_UP_OPEN = os.environ.get("DJANGO_SIGN_UP", "on" if DEBUG else "off").lower() in ("on", "1", "true", "yes")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]


LOGIN_REDIRECT_URL = "rooms"

# SQLite with a log that is written ahead: readers need not wait for who writes, and who writes not for the disk.
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
DATABASES["default"]["OPTIONS"] = {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20}

# Consumers stay in one thread, and it keeps its connection so many seconds. Requests close theirs: multichat/apps.py.
DATABASES["default"]["CONN_MAX_AGE"] = int(os.environ.get("DJANGO_CONN_MAX_AGE") or 600)

# Each person may say so much at once, and then so much a second.
MULTICHAT_BURST = float(os.environ.get("MULTICHAT_BURST") or 40)
MULTICHAT_RATE = float(os.environ.get("MULTICHAT_RATE") or 10)

# So many characters a connection is sent unless its client says that it reads: a server must keep what nobody takes.
MULTICHAT_UNREAD = int(os.environ.get("MULTICHAT_UNREAD") or 4 * 2**20)

# How often, in seconds, a server says that its connections are alive. After three times that they count as gone.
MULTICHAT_BEAT = float(os.environ.get("MULTICHAT_BEAT") or 10)


INSTALLED_APPS += ["tasks", "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # for the durable ones

# In seconds: how long a message waits for its reader, how long a task may be silent, and how long a step takes.
TASKS_EXPIRY = IN_REDIS["CONFIG"]["expiry"] = int(os.environ.get("TASKS_EXPIRY") or 60)
TASKS_LOST_AFTER = float(os.environ.get("TASKS_LOST_AFTER") or 15)
TASKS_PACE = float(os.environ.get("TASKS_PACE") or 0.1)


INSTALLED_APPS += ["tokens"]


# The tests' database is a file, too: the server of a browser's test is a process of its own, and opens it.
DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}

# Said here, not left to DEBUG: tests run with DEBUG off.
if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


# DJANGO_DEBUG=off: strangers come.
STATIC_ROOT = os.environ.get("DJANGO_STATIC_ROOT") or BASE_DIR / "deploy" / "static"

# DJANGO_HTTPS=off tries a fleet on one's own machine, without a certificate.
HTTPS = not DEBUG and os.environ.get("DJANGO_HTTPS", "on").lower() in ("on", "1", "true", "yes")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Nginx says how the browser came. It overwrites this header: a browser could send it, too.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# For so long browsers come by HTTPS or not at all. An hour to begin with; a year when all works.
SECURE_HSTS_SECONDS = int(os.environ.get("DJANGO_HSTS_SECONDS", "3600")) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

# Without this an error is told to nobody: Django's own console handler is silent when DEBUG is off.
if not DEBUG:
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": os.environ.get("DJANGO_LOG_LEVEL", "INFO")},
    }


# Who serves the chat: multichat.desk.DeskConsumer; or multichat.hub.HubConsumer, for large rooms; or chapter 09's,
# multichat.consumers.MultichatConsumer.
MULTICHAT_CONSUMER = os.environ.get("MULTICHAT_CONSUMER") or "multichat.desk.DeskConsumer"
