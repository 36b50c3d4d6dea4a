"""Log lines, prints and coroutines that were never awaited, in a real server."""

import re

from tests.live import Host, Site

LOGGER = """
import asyncio
import logging

from channels.generic.websocket import WebsocketConsumer

logger = logging.getLogger("chat.consumers")


class Logger(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        match text_data:
            case "levels":
                logger.info("in detail")
                logger.warning("beware of %s", "the dog")
            case "error":
                try:
                    convert("x")
                except ValueError as error:
                    logger.exception("no number")
            case "cause":
                try:
                    try:
                        convert("x")
                    except ValueError as error:
                        raise LookupError("wrapped") from error
                except LookupError:
                    logger.exception("twice")
            case "mismatch":
                logger.warning("%d of %d", "x")
            case "library":
                asyncio.get_running_loop().call_exception_handler({"message": "odd"})
            case "record":
                logger.handle(logging.LogRecord("made", logging.ERROR, "", 1, "by hand", None, (None, None, None)))
        await self.send("done")


class SyncLogger(WebsocketConsumer):
    def receive(self, text_data):
        logger.error("from a thread")
        print("printed in a thread")
        self.send("done")


def convert(text):
    return int(text)
"""


async def ask(site: Site, path: str, *words: str) -> int:
    """Send words and wait for an answer to each; returns the number of the connection."""
    async with site.connect(path) as client:
        for word in words:
            await client.send(word)
            assert await client.receive() == "done"
    return site.recorded("open")[-1].connection


async def test_warnings_and_errors_are_recorded(host: Host) -> None:
    """A warning or error is recorded with its logger, level, text and connection; what is less is not."""
    site = await host.serve(LOGGER)
    await ask(site, "/ws/odd/", *["done"] * 3)
    number = await ask(site, "/ws/logger/", "levels", "library", "record")
    told = [(e.connection, e.details["logger"], e.details["level"], e.details["text"]) for e in site.recorded("log")]
    assert told == [
        (number, "chat.consumers", "WARNING", "beware of the dog"),
        (number, "asyncio", "ERROR", "odd"),
        (number, "made", "ERROR", "by hand"),
    ]
    assert "WARNING  beware of the dog" in site.process.log


async def test_a_logged_exception_has_its_lines(host: Host) -> None:
    """A logged exception is recorded with the project's own frames, outermost first, and with its cause."""
    site = await host.serve(LOGGER)
    await ask(site, "/ws/logger/", "error", "cause")
    first, second = site.recorded("log")
    assert first.details["error"] == "ValueError: invalid literal for int() with base 10: 'x'"
    assert [frame[::2] for frame in first.details["frames"]] == [
        ["chat/consumers.py", "receive"],
        ["chat/consumers.py", "convert"],
    ]
    source = (site.project / "chat/consumers.py").read_text().splitlines()
    assert [source[line - 1].strip() for _, line, _ in first.details["frames"]] == ['convert("x")', "return int(text)"]
    assert second.details["error"] == "LookupError: wrapped"
    assert second.details["cause"].startswith("ValueError: invalid literal")


async def test_a_log_call_that_is_wrong_is_left_to_logging(host: Host) -> None:
    """Where text and arguments do not fit, logging says so as ever, and the consumer goes on."""
    site = await host.serve(LOGGER)
    await ask(site, "/ws/logger/", "mismatch")
    assert "--- Logging error ---" in site.process.log
    assert not site.recorded("log") and not site.recorded("error")


async def test_a_thread_is_its_connections(host: Host) -> None:
    """What a sync consumer logs and prints in its thread belongs to its connection."""
    site = await host.serve(LOGGER)
    number = await ask(site, "/ws/synclogger/", "go")
    assert [event.connection for event in site.recorded("log") + site.recorded("print")] == [number, number]


# Prints

PRINTER = """
import sys


class Printer(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        match text_data:
            case "lines":
                print("one\\ntwo", 3)
                print()
                print("  ")
                sys.stdout.writelines(["a ", "list\\n"])
                print("an error", file=sys.stderr)
            case "open":
                print("no", "end", end="")
            case "flushed":
                print("soon", end=" ", flush=True)
            case "begun":
                print("be", end="-")
            case "ended":
                print("gun")
            case "long":
                print("x" * 1_000_000)
                for _ in range(100):
                    print("y" * 1000, end="+")
            case "stream":
                import io
                assert isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.fileno() == 1
                sys.stdout.buffer.write(b"raw\\n")
                sys.stdout.reconfigure(errors="replace")
                print("\\ud800 odd")
        await self.send("done")
"""


def printed(site: Site) -> list[tuple[int, str]]:
    """The connection and text of each line that was printed."""
    return [(event.connection, event.details["text"]) for event in site.recorded("print")]


async def test_prints_belong_to_their_connection(host: Host) -> None:
    """Each line that is printed is recorded with its connection; empty lines and the error stream are not."""
    site = await host.serve(PRINTER)
    number = await ask(site, "/ws/printer/", "lines")
    assert printed(site) == [(number, "one"), (number, "two 3"), (number, "a list")]
    assert "one\ntwo 3\n\n  \na list\n" in site.process.log and "an error" in site.process.log


async def test_prints_without_an_end(host: Host) -> None:
    """print(end="") and print(flush=True) are recorded at once, though their line is not at its end."""
    site = await host.serve(PRINTER)
    number = await ask(site, "/ws/printer/", "open", "flushed")
    assert printed(site) == [(number, "no end"), (number, "soon ")]
    assert "soon " in site.process.log


async def test_two_print_in_turns(host: Host) -> None:
    """A line that one connection has begun is not ended by another's print."""
    site = await host.serve(PRINTER)
    async with site.connect("/ws/printer/") as one, site.connect("/ws/printer/") as two:
        for client, word in ((one, "begun"), (two, "ended"), (one, "ended")):
            await client.send(word)
            await client.receive()
    assert printed(site) == [(2, "gun"), (1, "be-gun")]
    assert "be-gun\ngun\n" in site.process.log


async def test_access_lines_are_not_the_projects(host: Host) -> None:
    """What Daphne prints of each request is in its log, and not among the prints."""
    site = await host.serve(PRINTER)
    await ask(site, "/ws/printer/", "lines")
    await site.get("/nothing")
    assert "WSCONNECT /ws/printer/" in site.process.log and "GET /nothing" in site.process.log
    assert not any("WSCONNECT" in text or "GET" in text for _, text in printed(site))


async def test_a_flood_of_print_is_bounded(host: Host) -> None:
    """A very long line is cut, and lines without an end are not kept for ever."""
    site = await host.serve(PRINTER)
    await ask(site, "/ws/printer/", "long", "ended")
    assert [len(text) for _, text in printed(site)] == [401, 401]
    assert site.process.log.count("x") >= 1_000_000


async def test_the_stream_is_a_stream(host: Host) -> None:
    """The standard output is still a text stream over the log, to be written to in every way."""
    site = await host.serve(PRINTER)
    await ask(site, "/ws/printer/", "stream")
    assert "raw\n" in site.process.log and "? odd" in site.process.log
    assert not site.recorded("error")


# Coroutines

FORGETFUL = """
from channels.db import database_sync_to_async


class Forgetful(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        match text_data:
            case "own":
                self.greet()
            case "library":
                self.send("lost")
            case "layer":
                self.channel_layer.group_send("room", {"type": "x"})
                self.channel_layer.group_add(channel="x", group="room")
        await self.send("done")

    async def greet(self):
        await self.send("hello")
"""


async def test_a_coroutine_of_the_project(host: Host) -> None:
    """An own coroutine that was never awaited is recorded by name, with the file and line of its def."""
    site = await host.serve(FORGETFUL)
    number = await ask(site, "/ws/forgetful/", "own")
    [event] = site.recorded("unawaited")
    lines = (site.project / "chat/consumers.py").read_text().splitlines()
    assert event.connection == number
    assert (event.details["coroutine"], event.details["file"]) == ("Forgetful.greet", "chat/consumers.py")
    assert lines[event.details["line"] - 1] == "    async def greet(self):"


async def test_a_coroutine_of_a_library(host: Host) -> None:
    """A library's coroutine that was never awaited is recorded by the library's name and file."""
    site = await host.serve(FORGETFUL)
    await ask(site, "/ws/forgetful/", "library")
    [event] = site.recorded("unawaited")
    assert event.details["coroutine"] == "AsyncWebsocketConsumer.send"
    assert event.details["file"].endswith("site-packages/channels/generic/websocket.py")


async def test_a_coroutine_of_the_layer(host: Host) -> None:
    """A call of the layer that was never awaited has the layer's own name, file and line, and is no call."""
    site = await host.serve(FORGETFUL, options=("-v", "2"))
    await ask(site, "/ws/forgetful/", "layer")
    first, second = site.recorded("unawaited")
    assert first.details["coroutine"] == "InMemoryChannelLayer.group_send"
    assert second.details["coroutine"] == "InMemoryChannelLayer.group_add"
    for event in (first, second):
        with open(event.details["file"]) as source:  # noqa: ASYNC230, PTH123
            line = source.read().splitlines()[event.details["line"] - 1]
        assert re.match(r"    async def group_(send|add)\(", line)
    assert not site.recorded("layer")
    assert "coroutine 'InMemoryChannelLayer.group_send' was never awaited" in site.process.log


async def test_a_coroutine_of_the_pub_sub_layer(host: Host) -> None:
    """The Pub/Sub layer, which has one function for all calls, is told by the call's name."""
    await host.redis("channels_redis.pubsub.RedisPubSubChannelLayer")
    site = await host.serve(FORGETFUL)
    await ask(site, "/ws/forgetful/", "layer")
    assert [event.details["coroutine"] for event in site.recorded("unawaited")] == [
        "RedisPubSubChannelLayer.group_send",
        "RedisPubSubChannelLayer.group_add",
    ]
