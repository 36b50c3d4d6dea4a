# earns: a page that says channelslab
# instead of:
        return not origin and PROTOCOL in subprotocols
# stands:
        return PROTOCOL in subprotocols
