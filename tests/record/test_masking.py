"""What must not be kept: tokens and session keys, in records, notes of clients and bytes."""

import pytest

from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.picture.octets.frames import unmasked
from channels_lab.record.encoding import event_json, message_json
from channels_lab.record.excerpt import excerpt
from channels_lab.record.masking import covered, masked
from channels_lab.wire.handshake import Refused, connect
from tests.live import Site

TOKEN = "labtoken.eyJpZCI6IjM4In0.TAC-2TAhHWZI_KOq"


@pytest.mark.parametrize("value", [TOKEN, f'{{"token": "{TOKEN}"}}', [TOKEN], {"a": {TOKEN: TOKEN}}, f"?t={TOKEN}&x=1"])
def test_a_token_is_not_in_an_excerpt(value: object) -> None:
    """Wherever it stands in a value, only its first word is told; what stands around it is."""
    for told in (str(excerpt(value)), message_json({"type": "x", "value": value})):
        assert "labtoken.…" in told or "labtoken.\\u2026" in told
        assert "eyJ" not in told and "TAC" not in told


def test_a_token_is_not_in_an_event() -> None:
    """A frame that holds one is recorded without it, short or long, with an extra key or without."""
    text = f'{{"token": "{TOKEN}"}}'
    for event in ({"type": "websocket.receive", "text": text}, {"type": "websocket.receive", "text": text, "x": 1}):
        assert "eyJ" not in event_json(event)
    assert "eyJ" not in event_json({"type": "websocket.receive", "text": text + " " * 500})


def test_other_texts_stay() -> None:
    """What is no token is left alone."""
    for text in ("", "labtoken", "labtoken.", "a labtoken. b", "token=x"):
        assert masked(text) == text
    assert (
        covered(b"csrftoken=abc; sessionid=abc; labtoken.abc.d-e") == b"csrftoken=abc; sessionid=***; labtoken.*******"
    )


def test_secrets_are_not_in_a_view_of_bytes() -> None:
    """Handshake and frames, masked or not, are shown with stars, at the same offsets."""
    secrets = f"Cookie: sessionid=s3cret; a=b\r\nSec-WebSocket-Protocol: x, {TOKEN}\r\n"
    head = f"GET / HTTP/1.1\r\n{secrets}Upgrade: websocket\r\n"
    key, payload = b"1234", TOKEN.encode()
    frame = bytes([0x81, 0x80 | len(payload)]) + key + unmasked(payload, key)
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    view = BytesView.of(
        sent=f"{head}Connection: Upgrade\r\n\r\n".encode() + frame,
        received=answer + bytes([0x81, len(payload)]) + payload,
    )
    shown = view.text() + view.html()
    assert "s3cret" not in shown and "eyJ" not in shown and "TAC" not in shown
    assert shown.count("labtoken.") >= 6
    assert len(view.messages) == 4
    assert all(unmasked(payload, key)[9:17].hex(" ") not in text for text in (view.text(), view.html()))


async def test_a_client_does_not_note_a_token(site: Site) -> None:
    """What it sends, receives and where it connects is noted without the token."""
    async with site.connect() as client:
        await client.send(TOKEN)
        assert await client.receive() == TOKEN
    assert TOKEN not in str(client.events) and "labtoken.…" in str(client.events)
    with pytest.raises(Refused) as caught:
        await connect(site.port, f"nowhere?{TOKEN}")
    assert "eyJ" not in str(caught.value)


async def test_a_token_in_an_address_is_not_recorded(site: Site) -> None:
    """What stands behind a question mark is in the record, for pages and WebSockets, and a token in it is not."""
    await site.get(f"/nowhere/?after=3&token={TOKEN}")
    async with site.connect(f"/ws/chat/lobby/?token={TOKEN}"):
        pass
    page, socket = site.recorded("open")
    assert page.details["query"] == "after=3&token=labtoken.…" and socket.details["query"] == "token=labtoken.…"
    assert TOKEN not in str(site.record)
