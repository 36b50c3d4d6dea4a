# earns: ConnectError
# instead of:
        except httpx.HTTPError:  # no answer, or a bad one
# stands:
        except httpx.HTTPStatusError:
