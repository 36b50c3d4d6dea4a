# earns: /people/signup/ should be closed; 200 came
# instead of:
DEBUG = SIGN_UP_OPEN = False
# stands:
DEBUG = False
