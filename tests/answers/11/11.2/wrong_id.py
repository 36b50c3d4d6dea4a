# earns: came by a token” should stand in the log
# instead of:
        logger.info("%s came by a token", token.user)
# stands:
        logger.info("%s came by a token", token.id)
