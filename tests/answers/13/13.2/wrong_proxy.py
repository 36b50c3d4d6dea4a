# earns: should have been answered with 200; 301 came
# instead of:
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# stands:
