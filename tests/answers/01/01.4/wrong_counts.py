# earns: it asked for `/notices/?after=2`
# instead of:
            print(notice["text"], flush=True)
            after, pause = notice["id"], FIRST
# stands:
            print(notice["text"], flush=True)
            after, pause = after + 1, FIRST
