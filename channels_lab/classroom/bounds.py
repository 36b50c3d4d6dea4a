"""A bound that Daphne has no option for: how much a request may bring. It would keep all of it, in a file."""

__all__ = ["bound_bodies"]

_MOST = 4096  # bytes: no page of ours takes any


def bound_bodies() -> None:
    """Let this process's Daphne hang up on a request that brings more."""
    from daphne import http_protocol

    class SmallRequest(http_protocol.WebRequest):
        taken = 0

        def handleContentChunk(self, data: bytes) -> None:
            self.taken += len(data)
            if self.taken <= _MOST:
                super().handleContentChunk(data)
            elif self.channel is not None:
                self.channel.transport.abortConnection()

    http_protocol.WebRequest = SmallRequest  # where its factory looks it up
