# earns: should have been answered with 400; 404 came
# instead of:
ALLOWED_HOSTS = env_list("SITE_HOSTS")  # noqa: F405
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Name the site's hosts in SITE_HOSTS, such as SITE_HOSTS=chat.example.org")
# stands:
if not env_list("SITE_HOSTS"):  # noqa: F405
    raise ImproperlyConfigured("Name the site's hosts in SITE_HOSTS, such as SITE_HOSTS=chat.example.org")
ALLOWED_HOSTS = ["*"]
