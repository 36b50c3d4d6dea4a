# earns: FIN, says that more will follow
# instead of:
        head = bytes([128 | opcode, length])
# stands:
        head = bytes([opcode, length])
