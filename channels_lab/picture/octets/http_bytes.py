"""HTTP/1.1 in bytes: a request or a response taken apart, line by line, chunk by chunk (RFC 9112)."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus

from channels_lab.picture.octets.field import Field, Message, Reader
from channels_lab.picture.octets.http_header import explained
from channels_lab.picture.octets.printable import counted, printable

__all__ = ["HttpMessage", "begins_like_http", "read_http"]

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST = re.compile(rb"(" + _TOKEN + rb") (\S+) HTTP/(\d\.\d)\r?\n")
_STATUS = re.compile(rb"HTTP/(\d\.\d) (\d{3})(?: ([^\r\n]*))?\r?\n")
_NAME = re.compile(_TOKEN)
# Bounded: no real size has more digits, and a number of a million digits takes long to make.
_SIZE = re.compile(r"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")
_LONGEST_METHOD = 40
_LINE_ENDS = (b"\r\n", b"\n")


@dataclass
class HttpMessage:
    """One request or response: what it says of itself, and its bytes as `messages`: the head, then its chunks.

    `whole` is false where its head is cut short or no HTTP; `key` is the Sec-WebSocket-Key, if there is one.
    """

    method: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def upgrades(self) -> bool:
        """Whether it names WebSocket as what to go on with."""
        return "websocket" in self.headers.get("upgrade", "").lower()

    @property
    def key(self) -> str | None:
        """The Sec-WebSocket-Key."""
        return self.headers.get("sec-websocket-key")


def begins_like_http(reader: Reader) -> bool:
    """Whether what comes next may be a request or a response, though it be cut short."""
    start = reader.peek(_LONGEST_METHOD)
    if reader.direction == "received":
        return start.startswith(b"HTTP/") or b"HTTP/".startswith(start)
    method, space, _ = start.partition(b" ")
    cut = len(start) < _LONGEST_METHOD
    return start.startswith(b"\r\n") or bool((space or cut) and _NAME.fullmatch(method))


def read_http(reader: Reader, request: HttpMessage | None = None) -> HttpMessage:
    """Read a request ("sent"), or ("received") the response to `request`, which says whether a body follows."""
    http = HttpMessage()
    what = "request" if reader.direction == "sent" else "response"
    fields: list[Field] = []
    while what == "request" and reader.peek(2) == b"\r\n":
        fields.append(reader.field(2, "empty line", "line", "ignored before a request", "RFC 9112 2.2"))
    summary = _read_start(reader, http, fields)
    if summary:
        http.whole = _read_headers(reader, http, fields, request.key if request else None)
        if not http.whole and reader.left:
            fields.append(reader.rest("a head that is cut short: no empty line ends it"))
    elif reader.left:
        fields.append(reader.rest(f"no HTTP {what}, or one that is cut short"))
    if http.whole and _is_chunked(http) and _may_have_body(http, request):
        http.messages = [reader.message(f"{what}: {summary}", fields), *_read_chunks(reader)]
        return http
    if http.whole:
        _read_body(reader, http, fields, request)
    if fields:
        http.messages = [reader.message(f"{what}: {summary}" if summary else fields[-1].meaning, fields)]
    return http


# The head


def _read_start(reader: Reader, http: HttpMessage, fields: list[Field]) -> str:
    """Read the request line or status line; returns what it says, "" where it is none."""
    line = reader.line()
    if reader.direction == "sent" and (match := _REQUEST.fullmatch(line)):
        http.method = match[1].decode()
        target = printable(match[2], 80)
        meaning = f"method {printable(match[1], 40)}, target {target}, version HTTP/{match[3].decode()}"
        fields.append(reader.field(len(line), "request line", "line", meaning, "RFC 9112 3"))
        return f"{printable(match[1], 40)} {target}"
    if reader.direction == "received" and (match := _STATUS.fullmatch(line)):
        http.status = int(match[2])
        meaning = f"HTTP/{match[1].decode()}, {http.status}: {_status_meaning(http.status)}"
        fields.append(reader.field(len(line), "status line", "line", meaning, "RFC 9112 4"))
        return f"{http.status} {printable(match[3] or b'', 40)}".rstrip()
    return ""


def _status_meaning(status: int) -> str:
    if status == HTTPStatus.SWITCHING_PROTOCOLS:
        return "from here on, both sides speak the protocol that was asked for"
    try:
        known = HTTPStatus(status)
    except ValueError:
        return "a status that is not registered"
    return known.description or known.phrase


def _read_headers(reader: Reader, http: HttpMessage, fields: list[Field], key: str | None) -> bool:
    """Read header lines and the empty line after them; returns whether that came."""
    while (line := reader.line()).endswith(b"\n"):
        if line in _LINE_ENDS:
            fields.append(reader.field(len(line), "empty line", "line", "the head ends here", "RFC 9112 2.1"))
            return True
        raw, colon, rest = line.partition(b":")
        if not colon or not _NAME.fullmatch(raw):
            fields.append(reader.field(len(line), "no header", "line", "not a name, a colon, a value", "RFC 9112 5"))
            continue
        name, value = raw.decode().lower(), rest.strip(b" \t\r\n").decode("utf-8", "surrogateescape")
        http.headers[name] = f"{http.headers[name]}, {value}" if name in http.headers else value
        fields.append(reader.field(len(line), "header", "line", *explained(name, value, key)))
    return False


# The body (RFC 9112, section 6.3)


def _is_chunked(http: HttpMessage) -> bool:
    return http.headers.get("transfer-encoding", "").lower().split(",")[-1].strip() == "chunked"


def _may_have_body(http: HttpMessage, request: HttpMessage | None) -> bool:
    if not http.status:
        return True
    return http.status >= 200 and http.status not in (204, 304) and (request is None or request.method != "HEAD")


def _read_body(reader: Reader, http: HttpMessage, fields: list[Field], request: HttpMessage | None) -> None:
    length = http.headers.get("content-length")
    if not _may_have_body(http, request):
        return
    if http.status and request and request.method == "CONNECT" and http.status < 300:
        fields += [reader.rest("a tunnel: any protocol may follow")] if reader.left else []
    elif length is not None and "transfer-encoding" not in http.headers:
        sizes = {size.strip() for size in length.split(",")}
        if len(sizes) != 1 or not _SIZE.fullmatch(length := sizes.pop()):
            fields += [reader.rest("a Content-Length that is no number")] if reader.left else []
        elif int(length):
            _content(reader, int(length), "body", "as Content-Length says", "RFC 9112 6.2", fields)
    elif http.status:
        _content(reader, reader.left, "body", "until the connection is closed", "RFC 9112 6.3", fields)
    elif "transfer-encoding" in http.headers and reader.left:
        fields.append(reader.rest("a body whose end nobody can know: its last encoding is not chunked"))


def _content(reader: Reader, size: int, name: str, why: str, source: str, fields: list[Field]) -> None:
    if reader.left:
        here = min(size, reader.left)
        cut = f"{here:,} of {counted(size)}" if here < size else counted(size)
        text = printable(reader.peek(here))
        fields.append(reader.field(here, name, "content", f"{cut}, {why}: {text}", source))


def _read_chunks(reader: Reader) -> list[Message]:
    messages = []
    while reader.left:
        match = _CHUNK.fullmatch(reader.line())
        if not match:
            messages.append(reader.message("no chunk", [reader.rest("a chunk's size was expected")]))
            break
        size = int(match[1], 16)
        meaning = f"hexadecimal {match[1].decode()}: {counted(size)} in the chunk" if size else "0: the last chunk"
        fields = [reader.field(len(match[0]), "chunk size", "line", meaning, "RFC 9112 7.1")]
        if size:
            _content(reader, size, "chunk", "as its size says", "RFC 9112 7.1", fields)
            if (end := reader.line()) in _LINE_ENDS:
                fields.append(reader.field(len(end), "end of chunk", "line", "not part of it", "RFC 9112 7.1"))
            elif reader.left:
                fields.append(reader.rest("a line end was expected after the chunk"))
        else:
            _read_headers(reader, HttpMessage(), fields, None)
        messages.append(reader.message(f"chunk, {counted(size)}" if size else "last chunk", fields))
        if not size:
            break
    return messages
