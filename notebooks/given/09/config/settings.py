# part: multichat
INSTALLED_APPS += ["multichat"]

# How long, in seconds, the channel layer may take to answer.
MULTICHAT_PATIENCE = float(os.environ.get("MULTICHAT_PATIENCE") or 3)

# Who serves the chat's WebSocket.
MULTICHAT_CONSUMER = os.environ.get("MULTICHAT_CONSUMER") or "multichat.consumers.MultichatConsumer"

# part: csp
# What a page may load: our own files, and nothing else. Neither a script nor a style that stands in the page itself
# runs, so what somebody smuggles into one does no harm. Who may show a page in a frame stays with X-Frame-Options.
MIDDLEWARE.insert(1, "django.middleware.csp.ContentSecurityPolicyMiddleware")
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
}

# part: signup
# Whether anybody may sign up: on one's own machine, to try the site. There is no check of addresses, and no robot trap.
SIGN_UP_OPEN = os.environ.get("DJANGO_SIGN_UP", "on" if DEBUG else "off").lower() in ("on", "1", "true", "yes")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
