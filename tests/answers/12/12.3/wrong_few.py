# earns: should notice a worker that exports twenty messages at most
# instead of:
        texts = [f"message {number}" for number in range(45)]
# stands:
        texts = ["one", "two", "three"]
