# earns: should have been answered with lines and an empty line
# instead of:
    return "\r\n".join([*lines, "", ""]).encode()
# stands:
    return "\n".join([*lines, "", ""]).encode()
