# earns: decoded, it is a `list`
# instead of:
        except (TypeError, ValueError, KeyError):
# stands:
        except (ValueError, KeyError):
