# earns: You have not set ASGI_APPLICATION
# instead of:
ASGI_APPLICATION = "config.asgi.application"
# stands:
