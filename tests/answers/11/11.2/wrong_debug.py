# earns: “nobody came: TOKEN_INVALID” should stand in the log
# instead of:
            logger.info("nobody came: %s", refused)
# stands:
            logger.debug("nobody came: %s", refused)
