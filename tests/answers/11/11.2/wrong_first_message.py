# earns: A token that came as the first message
# instead of:
        logger.info("%s came by a token", token.user)
# stands:
        logger.info("%s came by a token", token.user)
        logger.info("%s", {"path": scope["path"], "first": None if offered(scope) else text})
