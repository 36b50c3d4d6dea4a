# earns: should not be part of the message
# instead of:
        if opcode >= CLOSE:  # about the connection: it is no part of a message
# stands:
        if opcode == PING:
