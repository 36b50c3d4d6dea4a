"""The bytes as text and as a table: what is where, what is cut, and nothing that a stranger can do."""

import re
from html.parser import HTMLParser

import pytest

from channels_lab.errors import LabError
from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.picture.octets.conversation import Chunk
from channels_lab.wire.tap import Tap
from tests.rfc import REQUEST, RESPONSE

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "bdi", "a"}
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m\"'&</table>\r\nX: y\x00"


class Table(HTMLParser):
    """The tags, attributes and texts of a table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


# Text


def test_a_frame_as_text():
    """A frame is drawn with its bits, its masked bytes, and the plain ones beside them."""
    assert str(BytesView.of(sent=HELLO, title="alice")) == (
        """\
alice: 11 bytes sent, 0 bytes received.
Offsets count from the first byte of each direction; ⟨CRLF⟩ is \\r\\n in Python.

▶ sent, text frame, 5 bytes: “Hello”
      0  81                        1 000 0001
                                   │ │   └ opcode 0001: text, 0x1
                                   │ └ RSV1-3 000: no extension has changed this frame
                                   └ FIN 1: the last frame of its message [RFC 6455 5.2]
      1  85                        1 0000101
                                   │ └ length 0000101: 5 bytes
                                   └ MASK 1: masked, as a client must [RFC 6455 5.2]
      2  37 fa 21 3d               masking key: byte i of the payload is XORed with byte i mod 4 of this
                                   [RFC 6455 5.3]
      6  7f 9f 4d 51 58            48 65 6c 6c 6f            Hello
                                   └ payload: masked, and beside it without the mask: “Hello” [RFC 6455 5.6]"""
    )


def test_a_handshake_as_text():
    """A line of HTTP is shown as it is with its line end named, and its meaning below."""
    lines = BytesView.of(REQUEST, RESPONSE).text().splitlines()
    assert lines[0] == f"bytes: {len(REQUEST)} bytes sent, {len(RESPONSE)} bytes received."
    at = lines.index("     46  55 70 67 72 61 … 0d 0a    Upgrade: websocket⟨CRLF⟩")
    assert lines[at + 1].strip() == "└ header: the protocol to go on with on this connection [RFC 9110 7.8]"
    assert any("fits the key" in line for line in lines)
    assert "◀ received, response: 101 Switching Protocols" in lines


def test_a_close_code_without_its_mask():
    """A masked close code is shown without its mask, too."""
    text = BytesView.of(bytes.fromhex("88820102030402ea")).text()
    assert "close code: 1000, normal closure" in text
    assert "└ without the mask: 03 e8" in text


def test_times():
    """With a clock, each message says when its first byte went, since the first of all."""
    view = BytesView([Chunk(5, "sent", REQUEST), Chunk(5.0021, "received", RESPONSE)])
    assert "▶ sent at 0.0 ms, request: GET /chat" in str(view)
    assert "◀ received at 2.1 ms, response: 101" in str(view)
    assert "received at 2.1 ms, <bdi>response: 101" in view.html()
    assert " at " not in str(BytesView.of(HELLO)).splitlines()[3]


def test_nothing_yet():
    """A view of nothing says so."""
    view = BytesView.of()
    assert str(view) == "bytes: 0 bytes sent, 0 bytes received."
    assert repr(view) == "<bytes: 0 bytes sent, 0 bytes received.>"
    assert "<caption" in view.html()


@pytest.mark.parametrize("given", [{"sent": "GET /"}, {"received": None}, {"sent": 5}])
def test_what_is_no_bytes(given):
    """A text where bytes are wanted is told, with how to make bytes of it."""
    with pytest.raises(LabError, match="= should be bytes, and is ") as caught:
        BytesView.of(**given)
    assert ".encode()" in caught.value.fix


def test_other_kinds_of_bytes():
    """A bytearray and a memoryview are bytes as well, as they are now."""
    data = bytearray(HELLO)
    view = BytesView.of(data, memoryview(b""))
    data[0] = 0
    assert "text frame, 5 bytes" in str(view)


# Bounds


def test_a_long_payload_is_cut():
    """Of a long payload the first 64 bytes are shown, and how many are left."""
    view = BytesView.of(received=b"\x82\x7e\x0f\xe0" + bytes(4064))
    assert "… 4,000 bytes more" in str(view)
    assert "… 4,000 bytes more" in view.html()
    assert len(str(view).splitlines()) < 30


def test_a_long_conversation_is_folded():
    """Of thousands of frames the first and the last are shown, and how many are between."""
    frames = [bytes([0x81, 0x04]) + f"{number:04}".encode() for number in range(5000)]
    view = BytesView.of(received=b"".join(frames))
    for text in (str(view), view.html()):
        assert "“0000”" in text and "“4999”" in text and "“2500”" not in text
        (count, size) = re.search(r"… ([\d,]+) more messages, ([\d,]+) bytes", text).groups()
        assert int(size.replace(",", "")) == 6 * int(count.replace(",", ""))
        assert text.count("text frame") + int(count.replace(",", "")) == 5000
    assert len(str(view).splitlines()) < 500
    assert len(view.html()) < 250_000
    assert len(view.messages) == 5000


def test_a_long_head_is_folded():
    """Of a thousand headers forty lines are shown, and how many are left; of a long line, its beginning."""
    view = BytesView.of(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 1000 + b"B: " + b"c" * 9000 + b"\r\n\r\n")
    assert "… 963 more fields, 14," in str(view)
    assert "… 963 more fields, 14," in view.html()
    assert str(view).count("A: b") == view.html().count("A: b") == 39
    view = BytesView.of(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n")
    assert "bytes more" in str(view) and len(str(view)) < 2000


def test_what_the_tap_did_not_keep():
    """Bytes beyond the tap's bound are counted in the caption."""
    tap = Tap("bob", most=11)
    tap.note("sent", HELLO)
    tap.note("sent", HELLO * 200)
    view = BytesView.of_tap(tap)
    assert str(view).startswith("bob: 11 bytes sent, 0 bytes received. 2,200 bytes more were sent, and not kept.\n")
    assert "2,200 bytes more were sent, and not kept." in view.html()


def test_a_view_stays_as_it_is():
    """A view is of the bytes so far; what comes later is in the next one."""
    tap = Tap("bob")
    tap.note("sent", HELLO)
    view = BytesView.of_tap(tap)
    tap.note("sent", HELLO)
    assert len(view.messages) == 1
    assert len(BytesView.of_tap(tap).messages) == 2


# The table


def test_text_stands_beside_the_table():
    """A notebook gets the table, and the text for where no HTML is shown."""
    view = BytesView.of(HELLO)
    assert view._repr_mimebundle_() == {"text/html": view.html(), "text/plain": str(view)}


def test_the_table_has_headers():
    """Columns and groups have header cells, the table a caption; every row fills the four columns."""
    table = Table(BytesView.of(REQUEST + HELLO, RESPONSE, title="alice").html())
    assert table.open == []
    scopes = [attributes["scope"] for tag, attributes in table.tags if tag == "th"]
    assert scopes == ["col"] * 4 + ["rowgroup"] * 3
    assert [tag for tag, _ in table.tags].count("caption") == 1
    assert "alice: " in table.words
    html = BytesView.of(HELLO).html()
    spans = sum(int(n) - 1 for n in re.findall(r'rowspan="(\d)"', html))
    rows = html.split("<tr")[3:]
    assert sum(row.count("<td") for row in rows) + spans == 4 * len(rows)


def test_the_table_says_what_its_tints_say():
    """Each tinted cell has its word beside it: who spoke, which field, what was not understood."""
    words = Table(BytesView.of(REQUEST + HELLO, RESPONSE + b"\x81").html()).words
    for word in ("sent", "received", "header", "FIN", "masking key", "payload", "the rest, not understood"):
        assert word in words
    assert "1000 0001" not in words and "1··· ····" in words and "···· 0001" in words


def test_sources_are_links():
    """A source is a link to its section of the RFC."""
    html = BytesView.of(HELLO).html()
    assert 'href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2"' in html


@pytest.mark.parametrize(
    "view",
    [
        BytesView.of(received=b"\x81\x7e\x00" + bytes([len(HOSTILE.encode())]) + HOSTILE.encode()),
        BytesView.of(received=b"\x88" + bytes([2 + len(HOSTILE.encode())]) + b"\x03\xe8" + HOSTILE.encode()),
        BytesView.of(b"GET /" + HOSTILE.encode() + b" HTTP/1.1\r\n" + HOSTILE.encode() + b"\r\n\r\n"),
        BytesView.of(b"GET /<script> HTTP/1.1\r\nA: " + HOSTILE.encode() + b"\r\n\r\n"),
        BytesView.of(received=b"HTTP/1.1 200 " + HOSTILE.encode() + b"\r\n\r\n" + HOSTILE.encode()),
        BytesView.of(received=b"HTTP/1.1 200 <script>\r\n\r\n" + HOSTILE.encode()),
        BytesView.of(received=HOSTILE.encode()),
        BytesView.of(HELLO, title=HOSTILE),
    ],
)
def test_hostile_text(view):
    """Tags, terminal codes and characters that reorder a line are shown as such, wherever they stand."""
    table = Table(view.html())
    assert {tag for tag, _ in table.tags} <= TAGS
    assert table.open == []
    for text in (view.html(), str(view)):
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    for line in str(view).splitlines():
        assert len(line) < 300


# Headers that are left out


def test_some_headers():
    """With names of headers only these are shown, whatever their case; the others are counted, where they stood."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2\r\nlast-event-id: 7\r\nC: 3\r\n\r\n"
    view = BytesView([Chunk(0, "sent", request)], headers=["Last-Event-ID"])
    said = str(view)
    assert "last-event-id: 7" in said and "A: 1" not in said
    assert "… 3 more headers, 21 bytes" in said and "… 1 more header, 6 bytes" in said
    table = Table(view.html())
    assert "… 3 more headers, 21 bytes" in table.words and "B: 2" not in table.words and not table.open
    assert len(view.messages[0].message.fields) == 7
    assert "A: 1" in str(BytesView([Chunk(0, "sent", request)]))
