"""The setting CHANNEL_LAYERS: what it says of a layer, and in which lines."""

from typing import Any

from channels_lab.explain.literal import NOT_LITERAL
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

__all__ = ["hosts", "layer_line", "layer_setting"]


def layer_setting(source: Source, alias: str = "default") -> Any:
    """The dict of a layer; NOT_LITERAL where it is computed, None where the settings have none of this alias."""
    setting = source.setting("CHANNEL_LAYERS")
    if not setting:
        return None
    return setting.value.get(alias) if isinstance(setting.value, dict) else setting.value


def hosts(source: Source) -> Any:
    """What stands under "hosts" of the default layer; None for nothing, NOT_LITERAL where it is computed."""
    layer = layer_setting(source)
    config = layer.get("CONFIG") if isinstance(layer, dict) else NOT_LITERAL
    return config.get("hosts") if isinstance(config, dict) else config


def layer_line(source: Source, *words: str) -> Place | None:
    """The last line of the settings with the first of these words that they have as a string; else the setting's."""
    setting = source.setting("CHANNEL_LAYERS")
    for word in words if setting else ():
        if places := source.strings(word, source.settings_path):
            return places[-1]
    return setting.place if setting else None
