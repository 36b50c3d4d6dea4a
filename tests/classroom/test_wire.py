"""The room over the wire: what kernels say, what boards are told, and what nobody gets through."""

import asyncio
import contextlib
import secrets
from contextlib import AsyncExitStack

import pytest

from .room import Room


async def test_a_board_sees_what_a_learner_does(room: Room) -> None:
    """Where a learner is, what passed, the mistake and the hand are on the boards at once; words are the leader's."""
    async with room.screen(leader=True) as leader, room.screen() as wall, room.kernel("Ada") as ada:
        assert ada.answer["joined"] == "Ada"
        assert await ada.report({"chapter": "06", "task": ""}) == {"have": 1}
        await ada.report({"task": "06.1", "outcome": "not yet", "mistake": "handler-typo"})
        await ada.report({"task": "06.2", "outcome": "passed", "mistake": ""}, {"hand": True, "words": "why?"})
        for board in (leader, wall):
            await board.until(lambda board: board.named("Ada").get("hand") is not None)
            row = board.named("Ada")
            assert (row["here"], row["chapter"], row["task"]) == (True, "06", "06.2")
            assert (row["passed"], row["tried"]) == (["06.2"], {"06.1": 1})
            (mistake,) = board.told["mistakes"]
            assert (mistake["task"], mistake["now"], mistake["ever"]) == ("06.1", 1, 1)
            assert mistake["sentence"].endswith(".")
        assert (leader.named("Ada")["words"], leader.told["mistakes"][0]["who"]) == ("why?", ["Ada"])
        assert "words" not in wall.named("Ada") and "who" not in wall.told["mistakes"][0]
        await leader.send({"command": "lower", "seat": leader.named("Ada")["seat"]})
        assert await ada.wait_for("hand") == {"hand": False}
        await ada.report({"task": "06.1", "outcome": "passed", "mistake": ""})
        await wall.until(lambda wall: "06.1" in wall.named("Ada")["passed"])
        assert (wall.told["mistakes"][0]["now"], wall.told["mistakes"][0]["ever"]) == (0, 1)
        await ada.send({"leave": True})
        assert await ada.closed() == 1000
        await wall.until(lambda wall: not wall.named("Ada"))
        assert wall.told["mistakes"] == []


async def test_a_wrong_code_is_told_and_costs_time(room: Room) -> None:
    """A wrong code is answered with where the right one stands, after a second, and the connection ends."""
    began = asyncio.get_running_loop().time()
    async with room.kernel("Eve", join="WRONG1") as eve:
        assert eve.answer["error"] == "WRONG_CODE" and "board" in eve.answer["detail"]
        assert await eve.closed() == 4003
    assert asyncio.get_running_loop().time() - began >= 1


async def test_a_code_is_read_as_people_type_it(room: Room) -> None:
    """Small letters and what is put between them do not matter."""
    async with room.kernel("Lee", join=f" {room.code[:3]}-{room.code[3:].lower()}") as lee:
        assert lee.answer["joined"] == "Lee"


async def test_two_of_one_name_are_told_apart_and_told_so(room: Room) -> None:
    """The second of a name gets a number, whatever its capitals, and both are told."""
    async with room.kernel("Kim") as one, room.kernel("KIM") as two:
        assert (one.answer["joined"], two.answer["joined"]) == ("Kim", "KIM (2)")
        assert await one.wait_for("twin") == {"twin": "KIM (2)"}


async def test_the_same_learner_is_the_same_from_another_notebook(room: Room) -> None:
    """Whoever brings the secret of a seat has its name, and reports of each kernel are counted apart."""
    secret = "a" * 24
    async with room.kernel("Max", secret=secret) as one, room.kernel("Max", secret=secret, sender="other") as two:
        assert two.answer["joined"] == "Max"
        for kernel in (one, two):
            assert await kernel.report({"chapter": "05", "task": ""}) == {"have": 1}


async def test_a_report_counts_once(room: Room) -> None:
    """What is sent again is known by its id, also after a reconnection, which says what is known."""
    tried = {"task": "04.1", "outcome": "not yet", "mistake": ""}
    async with room.screen() as wall:
        async with room.kernel("Uma", secret="u" * 24, stay=True) as uma:
            await uma.report(tried)
            for _ in range(2):
                await uma.send({"reports": [{"id": 1, "ago": 0} | tried]})
                assert await uma.receive() == {"have": 1}
        async with room.kernel("Uma", secret="u" * 24) as uma:
            assert uma.answer["have"] == 1
            await uma.send({"reports": [{"id": 1} | tried, {"id": 2} | tried]})
            assert await uma.receive() == {"have": 2}
            await wall.until(lambda wall: wall.named("Uma").get("tried") == {"04.1": 2})


async def test_hands_are_in_the_servers_order(room: Room) -> None:
    """How long a hand is up counts by the server's clock: a report that waited says how long ago it was, bounded."""
    async with AsyncExitStack() as stack:
        ann, bea, cat = [await stack.enter_async_context(room.kernel(name)) for name in ("Ann", "Bea", "Cat")]
        board = await stack.enter_async_context(room.screen(leader=True))
        await cat.report({"hand": True, "words": "since for ever"}, ago=1e300)
        await ann.report({"hand": True, "words": "now"})
        await bea.report({"hand": True, "words": "I waited"}, ago=120)
        await board.until(lambda board: board.named("Bea").get("hand") is not None)
        assert 120 <= board.named("Bea")["hand"] < 130 and board.named("Ann")["hand"] < 10
        await bea.report({"hand": True, "words": "again"}, ago=0)
        await board.until(lambda board: board.named("Bea").get("words") == "again")
        assert board.named("Bea")["hand"] >= 120 and board.named("Cat")["hand"] < 3700


NO_REPORTS = [
    "{",
    b"\x00\x01",
    "[]",
    '{"reports": 1}',
    '{"reports": []}',
    '{"reports": [1]}',
    '{"reports": [{"id": true, "hand": true}]}',
    '{"reports": [{"id": -1, "hand": true}]}',
    '{"reports": [{"id": 1, "ago": NaN, "hand": true}]}',
    '{"reports": [{"id": 1, "ago": 1e999, "hand": true}]}',
    '{"reports": [{"id": 1, "hand": "yes"}]}',
    '{"reports": [{"id": 1, "hand": true, "words": ["x"]}]}',
    '{"reports": [{"id": 1, "chapter": "6", "task": ""}]}',
    '{"reports": [{"id": 1, "chapter": "٠٦", "task": ""}]}',
    '{"reports": [{"id": 1, "task": "06.1", "outcome": "perfect"}]}',
    '{"reports": [{"id": 1, "task": "06.1", "outcome": ["passed"]}]}',
    '{"reports": [{"id": 1, "task": "06.1", "outcome": "not yet", "mistake": "<script>"}]}',
    '{"reports": [' + ",".join(['{"id": 1, "hand": true}'] * 21) + "]}",
    "[" * 5000,
]


async def test_what_is_no_report_is_answered_and_hinders_nothing(room: Room) -> None:
    """A frame of a wrong kind is refused by a code and a sentence; the next right one is kept."""
    async with room.kernel("Ned") as ned:
        for frame in NO_REPORTS:
            await ned.send(frame)
            answer = await ned.receive()
            assert answer["error"] in ("BAD_FRAME", "BAD_VALUE") and answer["detail"].endswith("."), frame
            assert "have" in await ned.report({"hand": False})


async def test_a_page_takes_no_body(room: Room) -> None:
    """Who sends more than a few kilobytes to a page is hung up on, however it is sent, and others are served."""
    for head in (b"Content-Length: 9000000", b"Transfer-Encoding: chunked"):
        reader, writer = await asyncio.open_connection("127.0.0.1", room.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 9_000_000:
                writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n" if b"chunked" in head else b"x" * 65_536)
                sent += 65_536
                async with asyncio.timeout(10):
                    await writer.drain()
            await reader.read()
        assert sent < 9_000_000
        writer.close()
    async with room.kernel("Oda") as oda:
        assert oda.answer["joined"] == "Oda"


async def test_a_frame_that_is_too_large_ends_the_connection(room: Room) -> None:
    """More than sixteen kibibytes in one frame are refused, and more than half a mebibyte is not even read."""
    async with room.kernel("Big") as big:
        await big.send('{"reports": "' + "x" * 20_000 + '"}')
        assert (await big.receive())["error"] == "BAD_FRAME"
        await big.send("x" * 600_000)
        assert await big.closed() in (1006, 1009)


async def test_a_flood_is_bounded_and_others_are_served(room: Room) -> None:
    """Who reports without end is told to wait, then cut off and not let in again soon; others notice nothing."""
    secret = secrets.token_urlsafe(24)
    async with room.kernel("Mal", secret=secret) as mal, room.kernel("Pia") as pia:
        for number in range(200):
            await mal.send({"reports": [{"id": 10 * number + n, "ago": 0, "hand": True} for n in range(10)]})
        told = []
        with pytest.raises(Exception, match="4029"):
            while True:
                told.append(await mal.receive())
        assert sum("have" in answer for answer in told) <= 7
        assert all(answer["wait"] > 0 for answer in told if answer.get("error") == "TOO_FAST")
        assert await pia.report({"chapter": "03", "task": ""}) == {"have": 1}
    async with room.kernel("Mal", secret=secret) as mal:
        assert mal.answer.get("error") == "TOO_FAST" or "joined" in mal.answer


async def test_a_name_is_a_name(room: Room) -> None:
    """A name of HTML is text; one that steers, is empty, is too long or is no text becomes harmless or is refused."""
    async with room.kernel("<b>Ada</b> \u202e\x07\n  Lovelace") as ada:
        assert ada.answer["joined"] == "<b>Ada</b> Lovelace"
    for name in ("", " \u202e ", "x" * 41, 7, None, ["Ada"]):
        async with room.kernel(name) as nobody:
            assert nobody.answer["error"] == "BAD_NAME"


async def test_pages_of_others_open_no_socket(room: Room) -> None:
    """A board's socket opens to our own pages with their cookie; a kernel's to programs, not to a page."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    cookie = {"Cookie": room.cookie(f"/leader?key={room.key}")}
    for path, options in (
        ("leader", {"origin": "http://evil.example", "additional_headers": cookie}),
        ("leader", {"additional_headers": cookie}),
        ("learner", {"origin": "http://evil.example", "subprotocols": ["classroom"]}),
        ("elsewhere", {"origin": room.url}),
    ):
        with pytest.raises(InvalidStatus, match="403"):
            await connect(f"ws://127.0.0.1:{room.port}/ws/{path}/", proxy=None, **options)
    guest = {"Cookie": room.cookie(f"/?code={room.code}")}
    for path, headers in (("leader", guest), ("leader", {}), ("board", {}), ("board", {"Cookie": "classroom-x=1"})):
        address = f"ws://127.0.0.1:{room.port}/ws/{path}/"
        async with connect(address, origin=room.url, additional_headers=headers, proxy=None) as socket:
            async with asyncio.timeout(10):
                await socket.wait_closed()
            assert socket.close_code == 4001


async def test_only_the_leader_leads(room: Room) -> None:
    """The wall's commands are refused; the leader's timer and offer reach kernels, and door and way out hold."""
    secret = secrets.token_urlsafe(24)
    async with room.screen() as wall, room.screen(leader=True) as leader, room.kernel("Zoe", secret=secret) as zoe:
        await wall.send({"command": "goto", "chapter": "07"})
        assert (await wall.wait_for("error"))["error"] == "NOT_THE_LEADER"
        for bad in ({"command": "goto", "chapter": 7}, {"command": "x"}, {"command": "timer", "seconds": -1}):
            await leader.send(bad)
            assert (await leader.wait_for("error"))["error"] in ("BAD_VALUE", "UNKNOWN_COMMAND")
        await leader.send({"command": "goto", "chapter": "07"})
        assert (await zoe.wait_for("goto"))["goto"] == "07"
        await leader.send({"command": "timer", "seconds": 60})
        assert 55 < (await zoe.wait_for("timer"))["timer"]["left"] <= 60
        await wall.until(lambda wall: wall.told["room"]["timer"] and wall.told["room"]["goto"] == "07")
        await leader.send({"command": "door", "open": 0})
        await leader.until(lambda leader: not leader.told["room"]["door_open"])
        async with room.kernel("Late") as late:
            assert late.answer["error"] == "DOOR_CLOSED"
        await leader.send({"command": "door", "open": 1})
        await leader.until(lambda leader: leader.told["room"]["door_open"])
        await leader.until(lambda leader: leader.named("Zoe"))
        await leader.send({"command": "send_out", "seat": leader.named("Zoe")["seat"]})
        assert (await zoe.wait_for("error"))["error"] == "SENT_OUT"
        assert await zoe.closed() == 4003
        await wall.until(lambda wall: not wall.named("Zoe"))
        for command in ({"command": "goto", "chapter": ""}, {"command": "timer", "seconds": 0}):
            await leader.send(command)
    async with room.kernel("Zoe", secret=secret) as zoe:
        assert zoe.answer["error"] == "SENT_OUT"


async def test_a_board_that_does_not_read_is_kept_nothing(room: Room) -> None:
    """A board is sent one message until it says that it has it; then all that has changed meanwhile, in one."""
    async with room.screen() as wall, room.kernel("Gil") as gil:
        await wall.until(lambda wall: wall.named("Gil"))
        have, epoch = wall.told["revision"], wall.told["epoch"]
        async with room.screen() as slow:
            for number in range(1, 9):
                await gil.report({"task": f"02.{number}", "outcome": "passed", "mistake": ""})
            await wall.until(lambda wall: len(wall.named("Gil")["passed"]) == 8)
            before = slow.frames
            await slow.until(lambda slow: len(slow.named("Gil")["passed"]) == 8)
            assert slow.frames - before <= 2
        async with room.screen(have=have, epoch=epoch) as again:
            assert not again.told["whole"] and [row["name"] for row in again.told["people"]] == ["Gil"]
        async with room.screen(have=have, epoch="another run") as again:
            assert again.told["whole"]


async def test_a_large_room_comes_in_pieces(room: Room) -> None:
    """What a board is told is bounded, however long names and lists are; it asks for what comes behind."""
    async with AsyncExitStack() as stack:
        for number in range(40):
            kernel = await stack.enter_async_context(room.kernel(f"{number:02} {'왜' * 30}"))
            await kernel.report({"hand": True, "words": "왜" * 200})
        async with room.screen(leader=True) as leader:
            assert leader.told["whole"]
            assert sum("왜" in person["name"] for person in leader.people.values()) < 40
            await leader.until(lambda leader: sum("왜" in person["name"] for person in leader.people.values()) == 40)
            assert not leader.told["whole"]
