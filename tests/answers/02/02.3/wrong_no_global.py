# earns: where it is not associated with a value
# instead of:
    global listening
    listening += 1
# stands:
    listening += 1
