"""Nginx, the system's own, before servers on this machine: with the project's configuration, in a folder of its own."""

import grp
import os
import pwd
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart, warm_start

__all__ = ["CONFIGURATION", "NoNginx", "nginx", "nginx_binary", "stand_in"]

CONFIGURATION = "deploy/nginx.conf"
# Debian keeps it where only root's PATH looks.
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")


class NoNginx(LabError):
    """There is no Nginx on this machine."""


def nginx_binary() -> str:
    """The path of the system's Nginx, or the one in CHANNELS_LAB_NGINX; raises NoNginx, with the ways to get it."""
    given = os.environ.get("CHANNELS_LAB_NGINX")
    if found := shutil.which(given or "nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES])):
        return found
    raise NoNginx(
        "There is no Nginx on this machine.",
        "Get it by one of: apt install nginx-light, brew install nginx, conda install -c conda-forge nginx. "
        "It need not be started: the lab does that.",
    )


def nginx(
    configuration: Path,
    ports: Sequence[int],
    *,
    listener: Listener,
    name: str = "nginx",
    settings: Mapping[str, str] | None = None,
    keeper: WarmStart | None = None,
) -> Process:
    """Start Nginx on the listener, before the servers on loopback `ports`; the caller awaits `ready()`.

    The configuration and the `.conf` files beside it are copied into a folder in the run folder, Nginx' prefix. There
    two of them are written anew: `listen.conf` and `daphnes.conf`, which say where it listens and to whom it passes.
    `static` beside the configuration is seen there too. `settings` are directives that get other values than the files
    say. Readiness is told by the notice of its first worker: the
    configuration must have `daemon off;` and `error_log stderr notice;`. Raises NoNginx, and LabError where there is no
    configuration, or no such directive.
    """
    binary = nginx_binary()
    if not configuration.is_file():
        raise LabError(f"There is no {configuration.name} in {configuration.parent}.", "Run the cell that writes it.")
    keeper = keeper or warm_start()
    prefix = keeper.folder / f"{name}-{listener.port}"
    shutil.rmtree(prefix, ignore_errors=True)
    prefix.mkdir(mode=0o700, parents=True)
    files = {file.name: file.read_text(encoding="utf-8") for file in configuration.parent.glob("*.conf")}
    for file_name, text in _with(files, settings or {}).items():
        (prefix / file_name).write_text(text, encoding="utf-8")
    (prefix / "listen.conf").write_text(f"listen 127.0.0.1:{listener.port};\n")
    (prefix / "daphnes.conf").write_text("".join(f"server 127.0.0.1:{port};\n" for port in ports))
    (prefix / "static").symlink_to(configuration.parent.resolve() / "static")
    words = ["-p", f"{prefix}/", "-c", configuration.name]
    return Process(
        name,
        f"nginx -p {configuration.parent.name} -c {configuration.name}",
        "channels_lab.running.targets:nginx",
        [binary, *words, *_as_ourselves()],
        cwd=prefix,
        listen=listener.socket.fileno(),
        keeper=keeper,
    )


def stand_in(
    project: Path, ports: Sequence[int], *, listener: Listener, name: str = "nginx", keeper: WarmStart | None = None
) -> Process:
    """Start what spreads connections over servers where there is no Nginx; the caller awaits `ready()`."""
    return Process(
        name,
        "a stand-in for nginx",
        "channels_lab.running.standin:stand_in",
        [str(port) for port in ports],
        cwd=project,
        listen=listener.socket.fileno(),
        keeper=keeper,
    )


def _with(files: dict[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Configuration files in which directives have other values; raises LabError for one that is in none."""
    for name, value in settings.items():
        pattern = re.compile(rf"^(\s*{re.escape(name)}\s)[^;#\n]*;", re.MULTILINE)
        if not any(pattern.search(text) for text in files.values()):
            raise LabError(f"No file of the configuration has {name}.", "Write it as Nginx does: proxy_read_timeout.")
        files = {file: pattern.sub(lambda found: f"{found[1]}{value};", text) for file, text in files.items()}  # noqa: B023
    return files


def _as_ourselves() -> list[str]:
    """Started by root, Nginx' workers would become somebody who may not read our folders."""
    if os.geteuid():
        return []
    return ["-g", f"user {pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name};"]
