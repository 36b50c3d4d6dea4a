# earns: A message in three pieces should come back in one
# instead of:
        kind, message = opcode or kind, message + payload
# stands:
        kind, message = opcode, message + payload
