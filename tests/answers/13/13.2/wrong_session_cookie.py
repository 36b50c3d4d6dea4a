# earns: has something to say: security.W012
# instead of:
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# stands:
SECURE_SSL_REDIRECT = CSRF_COOKIE_SECURE = True
