"""HTTP in bytes: lines, bodies and chunks, and what is wrong with them."""

import pytest

from channels_lab.picture.octets.field import Direction, Field, Reader
from channels_lab.picture.octets.http_bytes import HttpMessage, begins_like_http, read_http
from channels_lab.picture.octets.http_header import accept_for, explained
from tests.rfc import REQUEST, RESPONSE

OK = b"HTTP/1.1 200 OK\r\n"
GET = HttpMessage(method="GET")


def read(data: bytes, direction: Direction = "received", request: HttpMessage | None = None) -> list[HttpMessage]:
    """All messages in the bytes, which they account for."""
    reader, read = Reader(data, direction), []
    while reader.left:
        read.append(read_http(reader, request))
    fields = [field for http in read for message in http.messages for field in message.fields]
    assert b"".join(field.data for field in fields) == data
    return read


def fields(data: bytes, direction: Direction = "received", request: HttpMessage | None = None) -> list[Field]:
    """The fields of the bytes."""
    return [part for http in read(data, direction, request) for message in http.messages for part in message.fields]


def meaning(data: bytes, name: str, direction: Direction = "received", request: HttpMessage | None = None) -> str:
    """What the first field of this name means."""
    return next(part.meaning for part in fields(data, direction, request) if part.name == name)


# Heads


def test_the_request_of_the_rfc():
    """Each line of the RFC's handshake is a field with its meaning and its source."""
    (http,) = read(REQUEST, "sent")
    assert (http.method, http.whole, http.upgrades, http.key) == ("GET", True, True, "dGhlIHNhbXBsZSBub25jZQ==")
    (message,) = http.messages
    assert message.summary == "request: GET /chat"
    assert [part.name for part in message.fields] == ["request line", *["header"] * 7, "empty line"]
    assert message.fields[0].meaning == "method GET, target /chat, version HTTP/1.1"
    assert all(part.meaning and part.source for part in message.fields)
    assert message.fields[2].data == b"Upgrade: websocket\r\n"
    assert (message.fields[2].offset, message.fields[2].source) == (46, "RFC 9110 7.8")


def test_the_answer_of_the_rfc_fits_the_key():
    """The RFC's Sec-WebSocket-Accept fits the RFC's key, and is compared with the request's."""
    assert accept_for("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    (request,) = read(REQUEST, "sent")
    said = [part.meaning for part in fields(RESPONSE, "received", request)]
    assert sum("fits the key, being" in text for text in said) == 1


@pytest.mark.parametrize(
    ("name", "value", "key", "said"),
    [
        ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "other", "does not fit the key: Base64"),
        ("Sec-WebSocket-Accept", "", "한글", "does not fit the key: Base64"),
        ("sec-websocket-accept", "x", None, "the request's key is not here to compare"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", None, "16 random bytes in Base64, new for each connection"),
        ("Sec-WebSocket-Key", "AAAA", None, "should be 16 random bytes in Base64, and is 3"),
        ("Sec-WebSocket-Key", "§", None, "and is no Base64"),
        ("Sec-WebSocket-Version", "8", None, "the only one that is in use is 13"),
        ("Content-Type", "text/event-stream; charset=utf-8", None, "a stream of events"),
        ("Content-Type", "text/html", None, "what the body is"),
        ("Transfer-Encoding", "chunked", None, "in chunks"),
    ],
)
def test_headers_with_something_to_say(name, value, key, said):
    """Headers of the handshake are checked, and others explained by what they hold."""
    assert said in explained(name, value, key)[0]


def test_a_header_nobody_knows():
    """An unknown header is a header, and no more is said."""
    assert explained("X-Trace", "1") == ("", "RFC 9112 5")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"HTTP/1.1 101 Switching Protocols", "101: from here on, both sides speak"),
        (b"HTTP/1.1 404 Not Found", "404: Nothing matches the given URI"),
        (b"HTTP/1.0 299", "HTTP/1.0, 299: a status that is not registered"),
        (b"HTTP/1.1 999 ", "999: a status that is not registered"),
        (b"HTTP/1.1 226 IM Used", "226: IM Used"),
    ],
)
def test_status_lines(line, said):
    """A status line says what its status means."""
    assert said in meaning(line + b"\r\n\r\n", "status line")


def test_lines_that_are_no_headers():
    """What is no header is said to be none, and the lines after it are read."""
    parts = fields(b"GET / HTTP/1.1\r\nno colon\r\n folded: x\r\nHost : x\r\n: x\r\nA:b\n\n", "sent")
    assert [part.name for part in parts] == ["request line", *["no header"] * 4, "header", "empty line"]


def test_empty_lines_before_a_request():
    """Empty lines before a request are ignored, as the RFC wants."""
    assert [part.name for part in fields(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", "sent")] == [
        "empty line",
        "empty line",
        "request line",
        "empty line",
    ]
    assert [part.name for part in fields(b"\r\n\r\n", "sent")] == ["empty line"] * 2


@pytest.mark.parametrize(
    ("data", "direction", "why"),
    [
        (b"GET / HT", "sent", "no HTTP request, or one that is cut short"),
        (b"GET /\r\nHost: x\r\n\r\n", "sent", "no HTTP request, or one that is cut short"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "received", "no HTTP response, or one that is cut short"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nUser-A", "sent", "a head that is cut short: no empty line ends it"),
    ],
)
def test_what_is_cut_or_wrong(data, direction, why):
    """A head that cannot be read is shown to its end, with the reason."""
    (http,) = read(data, direction)
    assert not http.whole
    assert http.messages[0].fields[-1].meaning == why


@pytest.mark.parametrize(
    ("data", "direction", "like"),
    [
        (b"GET / HTTP/1.1\r\n", "sent", True),
        (b"GE", "sent", True),
        (b"\r\nGET /", "sent", True),
        (b"GET\r\n", "sent", False),
        (b"\x81\x85", "sent", False),
        (b"HTTP/1.1 200 OK\r\n", "received", True),
        (b"HTT", "received", True),
        (b"\x81\x05Hello", "received", False),
        (b"GET / HTTP/1.1\r\n", "received", False),
    ],
)
def test_how_http_begins(data, direction, like):
    """A request begins with a method, a response with its version, be they cut short or not."""
    assert begins_like_http(Reader(data, direction)) is like


# Bodies


def test_a_body_by_its_length():
    """Content-Length says where the body ends and the next response begins."""
    one, two = read(OK + b"Content-Length: 5\r\n\r\nHello" + OK + b"Content-Length: 0\r\n\r\n")
    assert one.messages[0].fields[-1].data == b"Hello"
    assert one.messages[0].fields[-1].meaning == "5 bytes, as Content-Length says: Hello"
    assert two.messages[0].fields[-1].name == "empty line"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (b"Content-Length: 5", "3 of 5 bytes, as Content-Length says: abc"),
        (b"Content-Length: 3, 3", "3 bytes, as Content-Length says: abc"),
        (b"X: y", "3 bytes, until the connection is closed: abc"),
        (b"Transfer-Encoding: gzip", "3 bytes, until the connection is closed: abc"),
    ],
)
def test_other_bodies_of_responses(headers, said):
    """A body may be cut, or last until the connection is closed."""
    assert meaning(OK + headers + b"\r\n\r\nabc", "body") == said


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (b"Content-Length: many", "a Content-Length that is no number"),
        (b"Content-Length: 3\r\nContent-Length: 4", "a Content-Length that is no number"),
        (b"Content-Length: -1", "a Content-Length that is no number"),
        (b"Content-Length: " + b"9" * 5000, "a Content-Length that is no number"),
    ],
)
def test_a_length_that_is_none(headers, why):
    """Behind a length that is no number nothing can be understood."""
    assert meaning(OK + headers + b"\r\n\r\nabc", "the rest, not understood") == why


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified", b"100 Continue"])
def test_statuses_without_a_body(status):
    """Some statuses have no body, whatever their headers say."""
    one, two = read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n")
    assert (len(one.messages[0].fields), two.status) == (3, 200)


@pytest.mark.parametrize("header", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_a_response_to_head(header):
    """A response to HEAD has the headers of a body, and none."""
    assert len(read((OK + header + b"\r\n\r\n") * 2, "received", HttpMessage(method="HEAD"))) == 2


def test_a_tunnel():
    """After CONNECT any protocol may follow."""
    said = meaning(OK + b"\r\n\x16\x03\x01", "the rest, not understood", "received", HttpMessage(method="CONNECT"))
    assert said == "a tunnel: any protocol may follow"
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    assert meaning(refused, "body", "received", HttpMessage(method="CONNECT")).endswith(": no")


def test_requests_with_bodies():
    """A request has a body only if it says so; one without a known end is not understood."""
    get, post, last = read(
        b"GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b"
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nxyz",
        "sent",
    )
    assert len(get.messages[0].fields) == 2
    assert post.messages[0].fields[-1].data == b"a=b"
    assert last.messages[0].fields[-1].name == "the rest, not understood"


def test_chunks():
    """Each chunk is a message: its size, its data, its end; the last may have trailers, and then comes a response."""
    streamed, after = read(
        OK + b"Transfer-Encoding: chunked\r\n\r\n"
        b"5\r\nHello\r\n1A;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Trailer: 1\r\n\r\n" + OK + b"\r\n"
    )
    assert [message.summary for message in streamed.messages] == [
        "response: 200 OK",
        "chunk, 5 bytes",
        "chunk, 26 bytes",
        "last chunk",
    ]
    size, data, end = streamed.messages[2].fields
    assert (size.data, size.meaning) == (b"1A;x=y\r\n", "hexadecimal 1A: 26 bytes in the chunk")
    assert (data.name, data.data, end.data) == ("chunk", b"abcdefghijklmnopqrstuvwxyz", b"\r\n")
    assert [part.name for part in streamed.messages[3].fields] == ["chunk size", "header", "empty line"]
    assert after.status == 200


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        (b"zz\r\n", "the rest, not understood", "a chunk's size was expected"),
        (b"5\r\nHelloHello\r\n", "the rest, not understood", "a line end was expected after the chunk"),
        (b"5\r\nHel", "chunk", "3 of 5 bytes, as its size says: Hel"),
        (b"5", "the rest, not understood", "a chunk's size was expected"),
        (b"f" * 16 + b"\r\n", "the rest, not understood", "a chunk's size was expected"),
    ],
)
def test_chunks_that_are_cut_or_wrong(body, name, said):
    """A chunk that is cut is shown as far as it came; without a size, or a line end, nothing more is understood."""
    assert meaning(OK + b"Transfer-Encoding: chunked\r\n\r\n" + body, name) == said
