# earns: InvalidStatus
# instead of:
        except (ConnectionClosed, InvalidHandshake, OSError):
# stands:
        except (ConnectionClosed, OSError):
