# part: tokens
INSTALLED_APPS += ["tokens"]
