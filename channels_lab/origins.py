"""Under which names browsers see this Jupyter server: an extension of it notes them, its kernels read them.

A hub need not tell its servers, and Django answers only to names that it knows.
"""

import atexit
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_runtime_dir

__all__ = ["noted_origins"]

_MOST = 4


def noted_origins(pid: str) -> list[str]:
    """The origins (https://hub.example.org) from which the Jupyter server with this process id was used."""
    try:
        origins = json.loads(_place(pid).read_text(encoding="utf-8"))
        return [origin for origin in origins if isinstance(origin, str)]
    except (OSError, ValueError, TypeError):
        return []


def _place(pid: str) -> Path:
    return Path(jupyter_runtime_dir()) / f"channels-lab-origins-{pid}.json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "channels_lab.origins"}]


def _load_jupyter_server_extension(server: Any) -> None:
    place, known = _place(str(os.getpid())), list[str]()
    # Not the setting `log_function`: JupyterHub's extension replaces it.
    log: Callable[[Any], None] = server.web_app.log_request

    def note(handler: Any) -> None:
        log(handler)
        origin = handler.request.headers.get("Origin", "")
        # Only from somebody who is logged in, and was answered.
        if origin in known or handler.get_status() >= 400 or not getattr(handler, "_current_user", None):
            return
        if urlsplit(origin).scheme in ("http", "https") and len(known) < _MOST:
            known.append(origin)
            with suppress(OSError):
                place.write_text(json.dumps(known), encoding="utf-8")

    server.web_app.log_request = note
    atexit.register(place.unlink, missing_ok=True)
