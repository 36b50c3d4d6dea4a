# instead of:
    "daphne",
    "django.contrib.admin",
# stands:
    "django.contrib.admin",
# instead of:
    "django.contrib.staticfiles",
    "channels",
# stands:
    "channels",
    "daphne.apps.DaphneConfig",
    "django.contrib.staticfiles",
