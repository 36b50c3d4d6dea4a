# earns: nobody goes on with it
# instead of:
    return bool(changed)
# stands:
