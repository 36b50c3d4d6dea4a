# earns: too seldom
# instead of:
        pause = min(2 * pause, MOST)
# stands:
        pause = 2 * pause
