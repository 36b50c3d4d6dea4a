"""Rules about Redis: whether the channel layer finds its server, and is let in."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.layer_setting import hosts, layer_line, layer_setting
from channels_lab.explain.outcome import outcome

__all__: list[str] = []

_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html"
_HOSTS = "https://github.com/django/channels_redis#hosts"
_CONNECTIONS = "https://redis.readthedocs.io/en/stable/connections.html"
_FROM_URL = f"{_CONNECTIONS}#redis.Redis.from_url"
# 61 is macOS's number; where a name has several addresses, asyncio tells of all of them.
_REFUSED = r"Error (?:111|61|Multiple exceptions: \[Errno (?:111|61)\].*) connecting to (\S+:\d+)\."
_NO_SCHEME = "Redis URL must specify one of the following schemes"


@rule("redis-refused", page=f"{_LAYERS}#redis-channel-layer")
def redis_refused(evidence: Evidence) -> Said | None:
    """Nothing listens where the settings say that Redis is."""
    raised = evidence.raised(_REFUSED)
    if not raised or _outside(evidence):
        return None
    return Said(
        see=f"`{raised.text}` Connection refused; {outcome(evidence, raised)}.",
        why=f"The channel layer keeps its groups and messages in Redis, and nothing listens on `{raised.match[1]}`: "
        "Redis does not run, or it runs elsewhere.",
        change="Start Redis, or name its real host and port in `hosts`. In a container, `127.0.0.1` is the container "
        "itself: name the host of Redis there.",
        place=layer_line(evidence.source, "hosts", "CONFIG"),
    )


def _outside(evidence: Evidence) -> bool:
    """Whether `hosts` stands beside CONFIG, where nobody reads it."""
    layer = layer_setting(evidence.source)
    return isinstance(layer, dict) and "hosts" in layer and "CONFIG" not in layer


@rule("redis-hosts-outside-config", page=f"{_LAYERS}#redis-channel-layer")
def redis_hosts_outside_config(evidence: Evidence) -> Said | None:
    """Redis is looked for at the default address, since nobody reads the hosts."""
    raised = evidence.raised(r"connecting to localhost:6379\.")
    if not raised or not _outside(evidence):
        return None
    return Said(
        see=f"`{raised.text}` It is not the address that the settings name; {outcome(evidence, raised)}.",
        why='Channels hands a backend what stands in `"CONFIG"`, and nothing else. Your `"hosts"` stands beside it, '
        "and is ignored: the layer takes its default, `localhost:6379`.",
        change='Move it inside: `"CONFIG": {"hosts": […]}`.',
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-no-socket", page=_HOSTS)
def redis_no_socket(evidence: Evidence) -> Said | None:
    """The Unix socket of Redis is not there."""
    raised = evidence.raised(r"Error 2 connecting to (?:unix:)?(/.*?)\. No such file")
    if not raised:
        return None
    return Said(
        see=f"`Error 2 connecting to {raised.match[1]}`: no such file; {outcome(evidence, raised)}.",
        why="A URL with `unix://` names a socket file, which Redis makes when it starts and removes when it ends. "
        "There is none at this path.",
        change="Start Redis, or name the path that its option `unixsocket` gives. It needs three slashes: "
        "`unix:///run/redis/redis.sock`.",
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-host-unknown", page=f"{_LAYERS}#redis-channel-layer")
def redis_host_unknown(evidence: Evidence) -> Said | None:
    """The host's name cannot be looked up: often one of Docker Compose, used outside of it."""
    raised = evidence.raised(r"Error (?:-[235]|8|11001) connecting to (\S+):(\d+)\. ?(.*)")
    if not raised:
        return None
    host, port = raised.match[1], raised.match[2]
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why=f"Nobody could say which address `{host}` has. Names of services in Docker Compose, such as `redis`, "
        "are known inside its network only.",
        change=f'On this machine write `"redis://127.0.0.1:{port}"` in `hosts`; in Compose, the name of the service.',
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-hosts-no-list", page=_HOSTS)
def redis_hosts_no_list(evidence: Evidence) -> Said | None:
    """`hosts` is one URL, or one pair, and no list."""
    raised = evidence.raised(f"You must pass a list of Redis hosts|{_NO_SCHEME}|'int' object has no attribute 'decode'")
    if not raised:
        return None
    given = hosts(evidence.source)
    pair = isinstance(given, list) and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], int)
    if not pair and "must pass a list" not in raised.text:
        return None
    right = f'[("{given[0]}", {given[1]})]' if pair else '["redis://127.0.0.1:6379"]'
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="`hosts` is a list, since a layer can spread over several servers; each entry is a URL, or a pair of host "
        "and port.",
        change=f'Put brackets around the one that you have: `"hosts": {right}`.',
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-url", page=_FROM_URL)
def redis_url(evidence: Evidence) -> Said | None:
    """The URL of Redis does not begin with a scheme that it has."""
    raised = evidence.raised(_NO_SCHEME)
    given = hosts(evidence.source) if raised else None
    if not raised or (isinstance(given, list) and any(isinstance(one, int) for one in given)):
        return None
    wrong = given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="The part before `://` says how to connect: `redis` by TCP, `rediss` by TLS, `unix` by a socket file."
        + (f" `{wrong}` has none of these." if wrong else ""),
        change=f'Write the whole URL: `"hosts": ["redis://{wrong.rpartition("/")[2] or "127.0.0.1:6379"}"]`.',
        place=layer_line(evidence.source, "hosts"),
    )


@rule("redis-timeout", page=f"{_CONNECTIONS}#async-client")
def redis_timeout(evidence: Evidence) -> Said | None:
    """A connection's socket_timeout is shorter than the layer waits for the next message."""
    raised = evidence.raised(r"Timeout reading from (\S+)")
    if not raised:
        return None
    return Said(
        see=f"`Timeout reading from {raised.match[1]}` while all was quiet; {outcome(evidence, raised)}.",
        why="The layer asks Redis for the next message and waits 5 seconds for it. A `socket_timeout` that is no "
        "longer gives up before that; redis-py 8 sets one by itself.",
        change='Switch it off for the layer: `"hosts": [{"address": "redis://…", "socket_timeout": None}]`.',
        place=layer_line(evidence.source, "socket_timeout", "hosts"),
    )
