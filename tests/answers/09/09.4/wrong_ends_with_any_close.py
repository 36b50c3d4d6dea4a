# earns: your script should have connected to `/ws/rooms/`; it had ended with status 0
# instead of:
            if closed.rcvd and closed.rcvd.code == 4001:
# stands:
            if closed.rcvd:
