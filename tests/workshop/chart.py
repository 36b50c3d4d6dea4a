"""What Zero to JupyterHub's chart makes of hub/values.yaml, as its documentation says, for a hub without Kubernetes."""

from collections.abc import Iterator
from typing import Any

import yaml

from tests.conftest import ROOT

__all__ = ["TRAITS", "UNSEEN", "each", "values"]

# The values that set a trait of the hub's spawner, and which.
TRAITS = {
    "singleuser.cmd": "cmd",
    "singleuser.defaultUrl": "default_url",
    "singleuser.startTimeout": "start_timeout",
    "singleuser.extraEnv": "environment",
    "singleuser.memory.guarantee": "mem_guarantee",
    "singleuser.memory.limit": "mem_limit",
    "singleuser.cpu.guarantee": "cpu_guarantee",
    "singleuser.cpu.limit": "cpu_limit",
    "singleuser.storage.capacity": "storage_capacity",
}
# The values that the chart uses otherwise: for the image's name, files in the pod, the service that ends idle servers.
UNSEEN = {
    "singleuser.image.name",
    "singleuser.image.tag",
    "singleuser.extraFiles",
    "cull.enabled",
    "cull.timeout",
    "cull.every",
}


def values() -> dict[str, Any]:
    """The values, as a file of YAML says them."""
    return dict(yaml.safe_load((ROOT / "hub/values.yaml").read_text(encoding="utf-8")))


def each(said: dict[str, Any] | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its whole name, `singleuser.memory.limit`; what the chart does not know is told by its own."""
    for name, value in (values() if said is None else said).items():
        whole = f"{before}{name}"
        if isinstance(value, dict) and whole not in TRAITS and whole not in UNSEEN:
            yield from each(value, f"{whole}.")
        else:
            yield whole, value
