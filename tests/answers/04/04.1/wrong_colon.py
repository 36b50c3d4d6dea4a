# earns: the colon is for Daphne's command line
# instead of:
ASGI_APPLICATION = "config.asgi.application"
# stands:
ASGI_APPLICATION = "config.asgi:application"
