# earns: A ping between two pieces should be answered at once
# instead of:
        if opcode == PING:
# stands:
        if opcode == PING and not message:
