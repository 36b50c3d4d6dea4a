"""The addresses that lead into a copy of the course: on Binder, in a codespace, on a hub of somebody else's."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from channels_lab.errors import LabError

__all__ = ["Repository", "hub_address"]

_EXAMPLE = "channels-lab links https://github.com/OWNER/NAME"
_AS_SSH = re.compile(r"(?:ssh://)?(?:[^@/]+@)([^:/]+)(?::\d+/|[:/])(.+)")


@dataclass(frozen=True)
class Repository:
    """A repository that others can clone: its host, and its path there."""

    host: str
    path: str

    @classmethod
    def read(cls, typed: str) -> "Repository":
        """Read an address as a browser or git has it; a password in it is left out. Raises LabError for another."""
        if "://" not in typed or typed.startswith("ssh://"):
            match = _AS_SSH.fullmatch(typed.strip())
            host, path = (match[1], match[2]) if match else ("", "")
        else:
            parts = urlsplit(typed.strip())
            place = parts.netloc.rpartition("@")[2]
            host, path = (place, parts.path) if parts.scheme in ("http", "https", "git") else ("", "")
        path = path.strip("/").removesuffix(".git")
        if not re.fullmatch(r"[\w.-]+(:\d+)?", host) or not re.fullmatch(r"[\w.~-]+(/[\w.~-]+)+", path):
            raise LabError(f"{typed!r} is no address from which others can clone.", f"Like this:  {_EXAMPLE}")
        return cls(host, path)

    @classmethod
    def of(cls, folder: Path) -> "Repository":
        """Where the course in a folder was cloned from; raises LabError where that is not known."""
        try:
            asked = subprocess.run(
                ["git", "-C", str(folder), "remote", "get-url", "origin"], capture_output=True, text=True, timeout=10
            )
        except (OSError, subprocess.TimeoutExpired):
            asked = None
        if asked is None or asked.returncode:
            raise LabError("Where this copy of the course is published is not known here.", f"Name it:  {_EXAMPLE}")
        return cls.read(asked.stdout)

    @property
    def url(self) -> str:
        """The address of its page, from which it can be cloned, too."""
        return f"https://{self.host}/{self.path}"

    def binder(self, first: str) -> str:
        """Where Binder builds it and opens a notebook."""
        owner_and_name = self.path.count("/") == 1
        if self.host == "github.com" and owner_and_name:
            place = f"gh/{self.path}"
        elif self.host == "gitlab.com":
            place = f"gl/{quote(self.path, safe='')}"
        else:
            place = f"git/{quote(self.url, safe='')}"
        return f"https://mybinder.org/v2/{place}/HEAD?" + urlencode(
            {"urlpath": f"lab/tree/workspace/notebooks/{first}"}
        )

    def codespace(self) -> str:
        """Where GitHub opens its dev container; "" for what lies elsewhere."""
        return f"https://codespaces.new/{self.path}" if self.host == "github.com" else ""

    def pull(self, hub: str, branch: str, first: str) -> str:
        """The link with which nbgitpuller on a hub clones it into a learner's home, or brings it up to date."""
        name = self.path.rpartition("/")[2]
        asked = {"repo": self.url, "branch": branch, "urlpath": f"lab/tree/{name}/notebooks/{first}"}
        return f"{hub}/hub/user-redirect/git-pull?" + urlencode(asked)


def hub_address(typed: str) -> str:
    """A hub's address without what comes behind its name and base path; raises LabError for no address."""
    parts = urlsplit(typed.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LabError(f"{typed!r} is no hub's address.", "Like this:  --hub https://hub.example.org")
    return f"{parts.scheme}://{parts.netloc}{parts.path.partition('/hub')[0].rstrip('/')}"
