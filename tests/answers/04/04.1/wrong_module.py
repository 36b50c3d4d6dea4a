# earns: There is no file `config/application.py`
# instead of:
ASGI_APPLICATION = "config.asgi.application"
# stands:
ASGI_APPLICATION = "config.application.asgi"
