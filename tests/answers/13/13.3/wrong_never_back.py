# earns: it had ended with status 0, after `alice
# instead of:
        except (ConnectionClosed, InvalidHandshake, OSError):
            pass
# stands:
        except (ConnectionClosed, InvalidHandshake, OSError):
            return
