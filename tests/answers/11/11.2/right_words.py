# instead of:
            logger.info("nobody came: %s", refused)
# stands:
            logger.warning(f"nobody came: {refused.args[0]}")
# instead of:
        logger.info("%s came by a token", token.user)
# stands:
        logging.info(token.user.get_username() + " came by a token")
