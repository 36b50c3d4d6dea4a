"""Where a browser finds the learner's pages: directly, or through jupyter-server-proxy under a prefix."""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from channels_lab.origins import noted_origins

__all__ = ["Place", "place_of"]


@dataclass(frozen=True)
class Place:
    """`url` is the root of a server's pages for the browser; `environment` is what Django must know of it."""

    url: str
    environment: dict[str, str]

    @property
    def origin(self) -> str:
        """What a browser has before a `url` that is only a path; "" where that is not known, or it is no path."""
        return self.environment.get("DJANGO_TRUSTED_ORIGINS", "").partition(",")[0]


def place_of(port: int) -> Place:
    """Say where the browser finds the server on this loopback port.

    JupyterLab on one's own machine: there. On a hub, on Binder, or behind any prefix: through
    jupyter-server-proxy, `PREFIX/proxy/PORT/` (https://jupyter-server-proxy.readthedocs.io).
    """
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX") or _base_url()
    if prefix == "/":
        return Place(f"http://127.0.0.1:{port}/", {})
    root = f"{prefix.rstrip('/')}/proxy/{port}"
    # The hub's own name comes as Host and Origin of each request.
    public = [
        os.environ.get(name, "") for name in ("JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_HOST", "CHANNELS_LAB_PUBLIC_URL")
    ]
    public += noted_origins(os.environ.get("JPY_PARENT_PID", ""))
    named = [parts for url in public if (parts := urlsplit(url)).hostname]
    hosts = ["localhost", "127.0.0.1", "[::1]", *(str(parts.hostname) for parts in named)]
    return Place(
        root + "/",
        {
            "DJANGO_SCRIPT_NAME": root,
            "DJANGO_ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
            "DJANGO_TRUSTED_ORIGINS": ",".join(dict.fromkeys(f"{parts.scheme}://{parts.netloc}" for parts in named)),
        },
    )


@cache
def _base_url() -> str:
    """The prefix of the Jupyter server that started this kernel, from what it wrote about itself; "/" for none."""
    parent = os.environ.get("JPY_PARENT_PID")
    if not parent:
        return "/"
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        about = json.loads((Path(jupyter_runtime_dir()) / f"jpserver-{parent}.json").read_text(encoding="utf-8"))
        return str(about["base_url"])
    except (OSError, ValueError, KeyError):
        return "/"
