# earns: A token that came among the subprotocols
# instead of:
        logger.info("%s came by a token", token.user)
# stands:
        logger.info("a token begins with %s", text[:30])
        logger.info("%s came by a token", token.user)
