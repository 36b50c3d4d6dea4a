# earns: the pause stays
# instead of:
            after, pause = notice["id"], FIRST
# stands:
            after = notice["id"]
