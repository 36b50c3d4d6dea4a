"""Rules about the layer in memory: each process has its own, and a flushed one has nothing."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.layer_setting import layer_line
from channels_lab.explain.traffic import Traffic, ended

__all__: list[str] = []

_MEMORY = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#in-memory-channel-layer"
_WORKER = "https://channels.readthedocs.io/en/stable/topics/worker.html"
_FLUSH = "https://channels.readthedocs.io/en/stable/channel_layer_spec.html#specification-details"
_REDIS = (
    'Use Redis: `"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:6379"]}`, '
    "the same in every process."
)


@rule("memory-between-servers", page=_MEMORY)
def memory_between_servers(evidence: Evidence) -> Said | None:
    """A message to a group has members in another process, whose memory is another one."""
    if not evidence.layer("group_send") or len({e.name for e in evidence.of("backend")}) < 2:
        return None
    traffic = Traffic(evidence)
    for sending in traffic.group_sends:
        for member in traffic.members_of(sending.to, sending.event.t):
            here, there = sending.event.name, member.store
            alive = member.connection is not None and ended(member.connection) > sending.event.t
            if traffic.in_memory(here) and traffic.in_memory(there) and here != there and alive:
                who = member.connection.client if member.connection else ""
                return Said(
                    see=f"`{here}` sent a message to the group `{sending.to}`; {who or 'a client'}, who is in that "
                    f"group at `{there}`, did not get it. No error says so.",
                    why="`InMemoryChannelLayer` keeps groups in the memory of one process. Two servers have "
                    "two groups of the same name, which know nothing of each other.",
                    change=_REDIS,
                    place=layer_line(evidence.source, "channels.layers.InMemoryChannelLayer", "BACKEND"),
                )
    return None


@rule("memory-and-worker", page=_WORKER)
def memory_and_worker(evidence: Evidence) -> Said | None:
    """A worker waits at a channel in its own memory for what a server puts into its own."""
    workers = evidence.ran("runworker")
    if not workers or not evidence.layer("send"):
        return None
    traffic = Traffic(evidence)
    for sending in traffic.sends:
        for worker in workers:
            listens = sending.to in evidence.commands[worker].split()
            here = sending.event.name
            alone = [name for name in (here, worker) if traffic.in_memory(name)]
            if listens and here != worker and alone:
                whose = "each process for itself" if len(alone) > 1 else f"here only `{alone[0]}`, the other has Redis"
                return Said(
                    see=f"`{here}` sent a message to the channel `{sending.to}`, and the worker on it never got one. "
                    "No error says so.",
                    why=f"`InMemoryChannelLayer` is in the memory of one process ({whose}). Nobody else can put "
                    "a message there, or take one out.",
                    change=_REDIS,
                    place=layer_line(evidence.source, "channels.layers.InMemoryChannelLayer", "BACKEND"),
                )
    return None


@rule("layer-flushed", page=_FLUSH)
def layer_flushed(evidence: Evidence) -> Said | None:
    """The code flushes the layer, and those who had joined get nothing any more."""
    flushes = [call for call in evidence.source.calls("flush") if "layer" in call.target]
    waited = evidence.raised(r"NothingCame: (\S+) waited") if flushes else None
    if not flushes or not waited:
        return None
    traffic = Traffic(evidence)
    for sending in traffic.group_sends:
        for member in traffic.members_of(sending.to, sending.event.t, sending.store):
            connection = member.connection
            came = [e for e in connection.of("layer") if e.details.get("call") == "receive"] if connection else []
            lost = connection and ended(connection) > sending.event.t and not any(e.t > sending.event.t for e in came)
            if connection and lost and connection.client == waited.match[1]:
                return Said(
                    see=f"{connection.client} had joined the group `{sending.to}`, and did not get what was "
                    "sent to it.",
                    why="`flush()` empties the layer: all groups and all messages of everybody, not only one's own. "
                    "Whoever had joined before is in no group after it.",
                    change="Take `flush()` out of the consumer; it is for tests. To leave a group, call "
                    "`group_discard`.",
                    place=flushes[0].place,
                )
    return None
