# earns: your script should have ended
# instead of:
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == 4001:
                return
# stands:
        except ConnectionClosed:
            pass
