# earns: replaces the function
# instead of:
    await django_application(scope, receive, send)
# stands:
    await django_application(scope, receive, send)


application = get_asgi_application()
