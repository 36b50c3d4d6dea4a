# earns: HTTP 503
# instead of:
        except (InvalidHandshake, OSError):
            pass
# stands:
