# earns: too often
# instead of:
        pause = min(2 * pause, MOST)
# stands:

