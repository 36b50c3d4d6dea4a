# earns: daphne.E001
# instead of:
    "daphne",
    "django.contrib.admin",
# stands:
    "django.contrib.admin",
# instead of:
    "channels",
# stands:
    "channels",
    "daphne",
