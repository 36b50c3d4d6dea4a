# earns: should have come with Secure, and came without
# instead of:
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# stands:
SECURE_SSL_REDIRECT = True
