"""The outcome of an exception: what became of the connection, or of the worker, in which it was raised."""

from channels_lab.explain.evidence import Evidence, Raised

__all__ = ["in_worker", "outcome"]


def outcome(evidence: Evidence, raised: Raised) -> str:
    """In a few words: "the worker ended", "the handshake got HTTP 500", "the connection closed with code 1011"."""
    if in_worker(evidence, raised.process):
        ended = any(event.kind == "end" and event.name == raised.process for event in evidence.of("end", "process"))
        return "the worker ended" if ended else "the worker lives on"
    connection = next(
        (one for one in evidence.connections if (one.process, one.number) == (raised.process, raised.connection)), None
    )
    if connection and connection.type == "http":
        return "the request got HTTP 500"
    if connection and connection.accepted:
        return "the connection closed with code 1011"
    return "the handshake got HTTP 500" if connection or evidence.refused(500) else "the call failed"


def in_worker(evidence: Evidence, process: str) -> bool:
    """Whether a process of this name is a worker."""
    return process in evidence.ran("runworker")
