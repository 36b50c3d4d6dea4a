# earns: A token that was refused
# instead of:
            logger.info("nobody came: %s", refused)
# stands:
            logger.info("refused %s", text)
            logger.info("nobody came: %s", refused)
