# earns: Without SITE_HOSTS the site should not have started
# instead of:
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Name the site's hosts in SITE_HOSTS, such as SITE_HOSTS=chat.example.org")
# stands:
