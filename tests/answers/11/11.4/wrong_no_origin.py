# earns: a client without Origin and token
# instead of:
        return not origin and PROTOCOL in subprotocols
# stands:
        return not origin or PROTOCOL in subprotocols
