"""Rules about the setting CHANNEL_LAYERS: whether there is a layer, and which."""

import ast
import difflib
import re
from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.layer_setting import layer_line, layer_setting
from channels_lab.explain.outcome import outcome
from channels_lab.explain.place import Place

__all__: list[str] = []

_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html"
_ALIAS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#channel-layers"
_OPTIONS = "https://github.com/django/channels_redis#usage"
_BACKENDS = (
    "channels.layers.InMemoryChannelLayer",
    "channels_redis.core.RedisChannelLayer",
    "channels_redis.pubsub.RedisPubSubChannelLayer",
)
_CALLS = "group_add|group_discard|group_send|send|receive|new_channel"


def _missing(evidence: Evidence) -> tuple[str, Place | None]:
    """What the process said for want of a layer, and what it did, with the learner's line; ("", None) for nothing."""
    raised = evidence.raised(rf"'NoneType' object has no attribute '({_CALLS})'")
    if raised and (not raised.place or "layer" in raised.place.code):
        return f"`{raised.text}`; {outcome(evidence, raised)}", raised.place or _groups_line(evidence, raised)
    if evidence.search("You do not have any CHANNEL_LAYERS configured"):
        return "`You do not have any CHANNEL_LAYERS configured`; the worker ended", None
    return "", None


def _groups_line(evidence: Evidence, raised: Raised) -> Place | None:
    """The consumer whose base class joins its `groups`."""
    consumers = evidence.consumers_of(raised)
    return consumers[0].place if len(consumers) == 1 else None


@rule("no-channel-layer", page=f"{_LAYERS}#configuration")
def no_channel_layer(evidence: Evidence) -> Said | None:
    """A layer is used, and the settings have none."""
    seen, place = _missing(evidence)
    setting = evidence.source.setting("CHANNEL_LAYERS")
    empty = setting is not None and setting.value == {}
    # A dict of layers is another rule's affair.
    if not seen or (setting and isinstance(setting.value, dict) and not empty):
        return None
    whence = "name a channel layer under a condition, which did not hold" if setting else "name no channel layer"
    whence = "have an empty `CHANNEL_LAYERS`" if empty else whence
    return Said(
        see=f"{seen}.",
        why=f"The settings {whence}. Then `get_channel_layer()` returns `None`, and a consumer's "
        "`self.channel_layer` is `None`, too.",
        change="Add to `config/settings.py`: "
        '`CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}`. Where several processes '
        "talk to each other, take Redis.",
        place=setting.place if setting else place,
    )


@rule("layer-alias-unknown", page=_ALIAS)
def layer_alias_unknown(evidence: Evidence) -> Said | None:
    """There are layers, and none of the name that is asked for: mostly "default"."""
    setting = evidence.source.setting("CHANNEL_LAYERS")
    names = [str(name) for name in setting.value] if setting and isinstance(setting.value, dict) else []
    seen, _ = _missing(evidence) if names else ("", None)
    if not seen:
        return None
    asked, place = next(((name, place) for name, place in _asked(evidence) if name not in names), ("", None))
    if "default" in names and not asked:
        return None
    taken = f"Asked for was the layer `{asked}`" if asked else "A consumer takes the layer that is called `default`"
    return Said(
        see=f"{seen}.",
        why=f"{taken}; `CHANNEL_LAYERS` has {', '.join(f'`{name}`' for name in names)}. "
        "For a name that is not there, Channels gives `None`.",
        change=f"Let the two names agree: call the layer `{asked or 'default'}` in `CHANNEL_LAYERS`"
        + (f", or ask for `{names[0]}`." if asked else "."),
        place=place or layer_line(evidence.source, *names),
    )


def _asked(evidence: Evidence) -> Iterator[tuple[str, Place | None]]:
    """The names of layers that are asked for: by `channel_layer_alias`, `get_channel_layer("…")`, `runworker "
    "--layer`."""
    for command in evidence.commands.values():
        if named := re.search(r"runworker\b.*--layer[ =](\S+)", command):
            yield named[1], None
    for consumer in evidence.source.consumers():
        for item in consumer.node.body:
            match item:
                case ast.Assign(targets=[ast.Name(id="channel_layer_alias")], value=ast.Constant(value=str(name))):
                    yield name, evidence.source.place(consumer.path, item)
    for call in evidence.source.calls("get_channel_layer"):
        if isinstance(name := call.value(0, "alias"), str):
            yield name, call.place


@rule("backend-not-found", page=f"{_LAYERS}#configuration")
def backend_not_found(evidence: Evidence) -> Said | None:
    """The path of the backend's class leads nowhere."""
    raised = evidence.raised(r"Cannot import BACKEND '(.*?)' specified for (\S+)")
    if not raised:
        return None
    path = raised.match[1]
    near = difflib.get_close_matches(path, _BACKENDS, 1, 0.6)
    if path in _BACKENDS:
        why = f"The path is right, so the package `{path.partition('.')[0]}` is not installed in this environment."
        change = "Install it: `pip install channels-redis`."
    else:
        why = "The path of a class is module, dot, class; Python found no such class there."
        change = (
            f'Did you mean `"BACKEND": "{near[0]}"`?' if near else f'Write for example `"BACKEND": "{_BACKENDS[0]}"`.'
        )
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why=f"A backend is imported when it is first used, by the path in the settings. {why}",
        change=change,
        place=layer_line(evidence.source, path),
    )


@rule("backend-missing", page=f"{_LAYERS}#configuration")
def backend_missing(evidence: Evidence) -> Said | None:
    """The layer's dict has no key BACKEND."""
    raised = evidence.raised(r"No BACKEND specified for (\S+)")
    if not raised:
        return None
    alias = raised.match[1]
    given = layer_setting(evidence.source, alias)
    keys = [str(key) for key in given] if isinstance(given, dict) else []
    has = f" Yours has {', '.join(f'`{key}`' for key in keys)}." if keys else ""
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why=f"Each layer in `CHANNEL_LAYERS` names its class under the key `BACKEND`, in capitals.{has}",
        change=f'Write `"{alias}": {{"BACKEND": "{_BACKENDS[0]}"}}`.',
        place=layer_line(evidence.source, *keys, alias),
    )


@rule("layer-unknown-option", page=_OPTIONS)
def layer_unknown_option(evidence: Evidence) -> Said | None:
    """CONFIG has an option that the backend does not know."""
    raised = evidence.raised(r"(\w*ChannelLayer|\w*LoopLayer)\.__init__\(\) got an unexpected keyword argument '(\w+)'")
    if not raised:
        return None
    option = raised.match[2]
    layer = layer_setting(evidence.source)
    backend = str(layer.get("BACKEND", "")) if isinstance(layer, dict) else ""
    memory = "InMemory" in backend or raised.match[1] == "BaseChannelLayer"
    known = ["hosts", "prefix", "expiry", "group_expiry", "capacity", "channel_capacity", "symmetric_encryption_keys"]
    near = difflib.get_close_matches(option, known, 1, 0.6)
    if memory and re.match("hosts?$|prefix|symm", option):
        change = f'Take `{option}` out; or, if Redis was meant, set `"BACKEND": "{_BACKENDS[1]}"`.'
    else:
        change = f"Write `{near[0]}`." if near and near[0] != option else f"Take `{option}` out of `CONFIG`."
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="What stands in `CONFIG` is handed to the backend's class as keyword arguments, and this one has no "
        f"argument `{option}`.",
        change=change,
        place=layer_line(evidence.source, option),
    )
