"""Settings of the real site: strangers come, by HTTPS only."""

import os

if not os.environ.get("SITE_HOSTS", "").strip():
    raise SystemExit("SITE_HOSTS is missing: the names of the site, with commas between them.")

# config/settings.py works out the rest from these, as the chapter does.
os.environ.update(
    DJANGO_DEBUG="off", DJANGO_HTTPS="on", DJANGO_SIGN_UP="off", DJANGO_ALLOWED_HOSTS=os.environ["SITE_HOSTS"]
)
os.environ["DJANGO_HSTS_SECONDS"] = "31536000"

from config.settings import *  # noqa: E402, F403
