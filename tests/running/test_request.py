"""Requests on their way from a kernel to its keeper."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from channels_lab.running.request import Request, receive, send


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a control socket."""
    left, right = socket.socketpair()
    right.settimeout(5)
    with left, right:
        yield left, right


def test_a_message_arrives_with_its_descriptors(ends: tuple[socket.socket, socket.socket]) -> None:
    """The receiver gets the same message, and descriptors that lead to the same pipe."""
    left, right = ends
    read, write = os.pipe()
    request = Request("m:f", ["a b", "한글"], {"KEY": "välue\n"}, "/tmp", {"status": write})
    send(left, vars(request), [write])
    message, [descriptor] = receive(right) or ({}, [])
    assert Request(**message) == request
    os.write(descriptor, b"through")
    assert os.read(read, 20) == b"through"
    for number in (read, write, descriptor):
        os.close(number)


def test_messages_keep_their_borders(ends: tuple[socket.socket, socket.socket]) -> None:
    """Two messages sent at once are received as two, each with its own descriptors."""
    left, right = ends
    read, write = os.pipe()
    send(left, {"number": 1}, [read])
    send(left, {"number": 2})
    send(left, {"number": 3}, [write])
    got = [receive(right) for _ in range(3)]
    assert [message["number"] for message, _ in got if message] == [1, 2, 3]  # type: ignore[misc]
    assert [len(descriptors) for _, descriptors in got] == [1, 0, 1]  # type: ignore[misc]
    for number in (read, write, got[0][1][0], got[2][1][0]):  # type: ignore[index]
        os.close(number)


def test_a_message_larger_than_the_socket_holds(ends: tuple[socket.socket, socket.socket]) -> None:
    """A large environment arrives whole."""
    left, right = ends
    sent = {"env": {f"VARIABLE_{number}": "x" * 1000 for number in range(2000)}}
    sender = threading.Thread(target=send, args=(left, sent))
    sender.start()
    assert receive(right) == (sent, [])
    sender.join(5)


def test_a_header_in_pieces(ends: tuple[socket.socket, socket.socket]) -> None:
    """A length that arrives in two pieces is put together."""
    left, right = ends
    # What comes with a descriptor is never read together with what follows.
    socket.send_fds(left, [b"\0\0"], [left.fileno()])
    left.sendall(b'\0\x08{"a": 1}')
    message, [descriptor] = receive(right) or ({}, [])
    os.close(descriptor)
    assert message == {"a": 1}


@pytest.mark.parametrize("cut", [b"", b"\0\0", b"\0\0\0\x09", b'\0\0\0\x09{"a": '])
def test_the_end_of_the_file(ends: tuple[socket.socket, socket.socket], cut: bytes) -> None:
    """An end, also in the middle of a message, is None."""
    left, right = ends
    left.sendall(cut)
    left.close()
    assert receive(right) is None


def test_what_is_no_json_is_an_end(ends: tuple[socket.socket, socket.socket]) -> None:
    """A body that is no JSON ends the conversation."""
    left, right = ends
    left.sendall(b"\0\0\0\x03abc")
    assert receive(right) is None


def test_a_request_survives_as_json() -> None:
    """A name that is no valid UTF-8 comes through the dump."""
    import json

    request = Request("m:f", [], {"NAME": os.fsdecode(b"\xff")}, "/tmp")
    assert Request(**json.loads(request.dump())) == request
