# earns: is no ASGI module
# instead of:
ASGI_APPLICATION = "config.asgi.application"
# stands:
ASGI_APPLICATION = "config.wsgi.application"
