# earns: it asked for `/notices/?after=0`
# instead of:
            after, pause = notice["id"], FIRST
# stands:
            pause = FIRST
