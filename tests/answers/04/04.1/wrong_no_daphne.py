# earns: This is Django's own `runserver`
# instead of:
    "daphne",
# stands:
