# earns: A page of errors shows the settings
# instead of:
DEBUG = SIGN_UP_OPEN = False
# stands:
SIGN_UP_OPEN = False
