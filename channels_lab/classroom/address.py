"""How a learner names a room: `CODE@host:port`, `CODE@https://…`, or an address and a code beside."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from channels_lab.classroom.room import plain_code
from channels_lab.errors import LabError

__all__ = ["Address"]

_EXAMPLE = 'lab.classroom("K7QF2M@192.168.1.5:8700", name="Ada")'


@dataclass(frozen=True)
class Address:
    """The room's code, and the root of its pages: an address that ends with a slash."""

    code: str
    url: str

    @classmethod
    def read(cls, typed: str, code: str = "", default: str = "") -> "Address":
        """Read what was typed; `default` is where a bare code leads. Raises LabError, with an example, else."""
        before, at, place = typed.strip().rpartition("@")
        if not at and "://" not in place and ":" not in place and "/" not in place and "." not in place:
            before, place = place, default
        parts = urlsplit(place if "://" in place else f"http://{place}")
        code = plain_code(code or before or parse_qs(parts.query).get("code", [""])[0])
        try:
            bad = parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname or parts.port == 0
        except ValueError:  # no port
            bad = True
        if bad or not place:
            raise LabError(f"{typed!r} is no room's address.", f"Type what the leader's board shows:  {_EXAMPLE}")
        if not code:
            raise LabError(f"{typed!r} has no code.", f"Type what the leader's board shows:  {_EXAMPLE}")
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        path = parts.path.removesuffix("/").removesuffix("/leader")
        return cls(code, f"{scheme}://{parts.netloc}{path}/")

    @property
    def socket(self) -> str:
        """The address of the learners' socket."""
        return self.url.replace("http", "ws", 1) + "ws/learner/"

    @property
    def is_near(self) -> bool:
        """Whether it is of this machine or its own network: no proxy stands in between."""
        host = urlsplit(self.url).hostname or ""
        try:
            return not ipaddress.ip_address(host).is_global
        except ValueError:
            return "." not in host or host.endswith((".local", ".lan", ".home.arpa"))

    def __str__(self) -> str:
        return f"{self.code}@{self.url.removeprefix('http://').removesuffix('/')}"
