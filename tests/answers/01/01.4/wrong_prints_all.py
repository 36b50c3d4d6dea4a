# earns: it printed `{'id'
# instead of:
            print(notice["text"], flush=True)
# stands:
            print(notice, flush=True)
