"""The chat of many rooms: the old example's client, the protocol, rights, and the pages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.multichat import Chat, Person
from tests.site.test_projects import plain

pytestmark = pytest.mark.timeout(90)


# The client of the old example


class OldClient(Person):
    """Sends what the old example's page sends, letter for letter, and does with answers what that page does."""

    async def click(self, command: str, room: str) -> None:
        """What a click on a room sends: the number is the text of an attribute."""
        await self.client.send(f'{{"command":"{command}","room":"{room}"}}')

    async def submit(self, room: str, message: str) -> None:
        """What its form sends."""
        await self.client.send(f'{{"command":"send","room":"{room}","message":{json.dumps(message)}}}')

    async def shows(self) -> tuple[Any, ...]:
        """What the page does with the next frame."""
        data = json.loads(await self.client.receive(8))
        if data.get("error"):
            return "alert", data["error"]
        if data.get("join"):
            return "open", data["join"], data["title"]
        if data.get("leave"):
            return "remove", data["leave"]
        if data.get("message") or data.get("msg_type") != 0:
            kinds = {0: "message", 4: "joined", 5: "left"}
            if data.get("msg_type") not in kinds:
                return ("unsupported",)
            return kinds[data["msg_type"]], data["room"], data["username"], data.get("message")
        return ("cannot handle",)


async def test_the_old_examples_client_works(chat):
    """At the old path, the old frames get the old answers, key for key: two people join, talk, are told, and leave."""
    async with chat.enter("alice", "bob", path="/chat/stream/") as (first, second):
        alice, bob = OldClient(first.client), OldClient(second.client)
        await alice.click("join", "1")
        assert await alice.shows() == ("open", "1", "Lobby")
        await bob.click("join", "1")
        assert await bob.shows() == ("open", "1", "Lobby")
        assert await alice.shows() == ("joined", "1", "bob", None)
        await bob.submit("1", 'hello "Alice"')
        for person in (alice, bob):
            assert await person.shows() == ("message", "1", "bob", 'hello "Alice"')
        await bob.click("leave", "1")
        assert await bob.shows() == ("remove", "1")
        assert await alice.shows() == ("left", "1", "bob", None)
        await bob.submit("1", "still there?")
        assert await bob.shows() == ("alert", "ROOM_ACCESS_DENIED")
        await bob.click("join", "99")
        assert await bob.shows() == ("alert", "ROOM_INVALID")
        await bob.click("join", "3")
        assert await bob.shows() == ("alert", "ROOM_ACCESS_DENIED")
        await alice.submit("1", "alone")
        assert await alice.shows() == ("message", "1", "alice", "alone")
        await alice.hears_nothing_more()
        await bob.hears_nothing_more()


# The defects of the old example


async def test_a_room_is_one_whether_a_number_or_a_text(chat):
    """Who joins "1" may send to 1, and leave 01."""
    async with chat.enter("alice") as alice:
        await alice.joins("1")
        await alice.says("send", room=1, message="hi")
        await alice.hears(msg_type=0, room="1", username="alice", message="hi")
        await alice.says("leave", room="01")
        await alice.hears(leave="1")


async def test_leaving_without_being_in_is_answered(chat):
    """Nobody is told that somebody left who was not there."""
    async with chat.enter("alice", "bob") as (alice, bob):
        await alice.joins()
        await bob.says("leave", room=1)
        await bob.hears(error="ROOM_ACCESS_DENIED", room="1")
        await alice.hears_nothing_more()


BAD_FRAMES = [
    ("hello?", "BAD_JSON"),
    ("[1]", "BAD_JSON"),
    ("null", "BAD_JSON"),
    ("{}", "MISSING_KEY"),
    ('{"command": "shout"}', "UNKNOWN_COMMAND"),
    ('{"command": ["join"]}', "UNKNOWN_COMMAND"),
    ('{"command": "join"}', "MISSING_KEY"),
    ('{"command": "join", "room": null}', "BAD_VALUE"),
    ('{"command": "join", "room": true}', "BAD_VALUE"),
    ('{"command": "join", "room": "lobby"}', "ROOM_INVALID"),
    ('{"command": "join", "room": "٣"}', "ROOM_INVALID"),
    ('{"command": "join", "room": -1}', "ROOM_INVALID"),
    ('{"command": "join", "room": 1, "after": "x"}', "BAD_VALUE"),
    ('{"command": "send", "room": 1}', "MISSING_KEY"),
    ('{"command": "send", "room": 1, "message": 5}', "BAD_VALUE"),
    ('{"command": "send", "room": 1, "message": "  "}', "BAD_VALUE"),
    ('{"command": "read", "room": 1, "id": 1.5}', "BAD_VALUE"),
]


async def test_each_bad_frame_is_answered_with_its_code(chats):
    """A sentence and a code for each; what is said about a room or a message of the client's names it."""
    async with chats() as one, one.enter("alice") as alice:
        await alice.joins()
        for frame, code in BAD_FRAMES:
            await alice.client.send(frame)
            assert (await alice.hears(error=code))["detail"], frame
        await alice.says("send", room=1, message="x" * 2001, key="k1")
        await alice.hears(error="TOO_LONG", room="1", key="k1")
        await alice.says("send", room=2, message="x", key="k2")
        await alice.hears(error="ROOM_ACCESS_DENIED", room="2", key="k2")
        await alice.sends("x" * 2000, unknown="keys are left alone")


async def test_korean_titles_names_and_texts(chats, migrated):
    """A room, a person and a message in Korean arrive as they are."""
    manage_shell(
        migrated,
        "from django.contrib.auth.models import User as U; U.objects.filter(username='bob').update(username='지우')",
    )
    async with chats("redis") as one, one.enter("bob", "alice") as (jiwoo, alice):
        assert (await alice.joins(2))["title"] == "한국어 방"
        assert (await jiwoo.joins(2))["people"] == ["alice", "지우"]
        await alice.hears(msg_type=4, username="지우")
        await jiwoo.sends("안녕하세요 👩‍👩‍👧", 2)
        await alice.hears(msg_type=0, username="지우", message="안녕하세요 👩‍👩‍👧")
        async with one.browser("alice") as http:
            assert "한국어 방" in (await http.get("/rooms/")).text
            assert "한국어 방" in (await http.get("/rooms/2/")).text


# Rights


async def test_who_is_not_logged_in_is_told_and_shut_out(chat):
    """A stranger is accepted, told USER_HAS_TO_LOGIN, and closed with 4001; a page sends one to the login."""
    async with chat.enter("") as stranger:
        await stranger.hears(error="USER_HAS_TO_LOGIN")
        assert await stranger.client.wait_closed() == 4001
    async with chat.browser() as http:
        for page in ("/rooms/", "/rooms/1/"):
            answer = await http.get(page)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (302, "/people/login/")


async def test_the_staffs_room_is_the_staffs(chats):
    """Others neither see nor enter it: not by command, not in the list, not by its page."""
    async with chats() as one, one.enter("alice", "sam") as (alice, sam):
        await alice.says("join", room=3)
        await alice.hears(error="ROOM_ACCESS_DENIED", room="3")
        assert (await sam.joins(3))["title"] == "Staff"
        for person, ids in ((alice, ["1", "2"]), (sam, ["1", "2", "3"])):
            await person.says("rooms")
            assert [room["id"] for room in (await person.hears())["rooms"]] == ids
        for name, status in (("alice", 403), ("sam", 200)):
            async with one.browser(name) as http:
                assert (await http.get("/rooms/3/")).status_code == status
                assert (await http.get("/rooms/99/")).status_code == 404
                assert ("Staff" in (await http.get("/rooms/")).text) == (status == 200)
                assert (await http.get("/")).headers["location"] == "rooms/"


@pytest.mark.parametrize(
    "program",
    ["u = U.objects.get(username='sam'); u.is_staff = False; u.save()", "R.objects.get(pk=3).delete()"],
    ids=["no staff any more", "the room is deleted"],
)
async def test_rights_withdrawn_in_mid_session_count_at_once(chats, migrated, program):
    """Told from another process by way of Redis: out of that room, with the reason; the others stay, nothing leaks."""
    async with chats("redis") as one, one.enter("sam") as sam:
        await sam.joins(3)
        await sam.joins(1)
        manage_shell(migrated, f"{MODELS}\n{program}", REDIS_URL=one.redis)
        await sam.hears(leave="3")
        await sam.hears(error="ROOM_ACCESS_DENIED", room="3")
        await sam.says("send", room=3, message="secret")
        await sam.hears(error="ROOM_ACCESS_DENIED")
        await sam.sends("still here")


MODELS = """
from django.contrib.auth.models import User as U
from django.contrib.sessions.models import Session as S
from multichat.models import Message as M, Presence as P, Room as R
"""


@pytest.mark.parametrize(
    "program",
    ["u = U.objects.get(username='sam'); u.is_active = False; u.save()", "S.objects.all().delete()"],
    ids=["deactivated", "logged out"],
)
async def test_who_is_shut_out_in_mid_session_is_closed(chats, migrated, program):
    """Deactivated, or the session ended: told USER_HAS_TO_LOGIN, and closed with 4001."""
    async with chats("redis") as one, one.enter("sam") as sam:
        await sam.joins(1)
        manage_shell(migrated, f"{MODELS}\n{program}", REDIS_URL=one.redis)
        await sam.hears(error="USER_HAS_TO_LOGIN")
        assert await sam.client.wait_closed() == 4001


async def test_logging_out_on_the_site_closes_that_sessions_tabs_only(chats):
    """In memory, too: the view tells the consumers of its process. Another session of the same person stays."""
    async with chats() as one, one.enter("alice", "alice") as (tab, same):
        other_session = await log_in(one, "alice")
        one.cookies["elsewhere"] = other_session
        async with one.enter("elsewhere") as elsewhere, one.browser("alice") as http:
            token = (await http.get("/people/login/")).cookies["csrftoken"]
            await http.post(
                "/people/logout/", data={"csrfmiddlewaretoken": token}, headers={"Cookie": cookie_line(http, token)}
            )
            for person in (tab, same):
                await person.hears(error="USER_HAS_TO_LOGIN")
                assert await person.client.wait_closed() == 4001
            await elsewhere.joins()


async def test_rights_that_nobody_was_told_of_are_noticed(chats, migrated):
    """Written past Django's signals, they count for the next message at once, and for who only listens at a beat."""
    env = {"MULTICHAT_BEAT": "0.5"}
    async with chats(env=env) as one, one.enter("sam", "sam", "alice", "bob") as (talks, listens, alice, bob):
        for person, room in (talks, 3), (listens, 3), (alice, 2), (bob, 1):
            await person.joins(room)
        of_alice = f"S.objects.filter(session_key='{one.cookies['alice']}')._raw_delete('default')"
        program = f"{MODELS}\nU.objects.filter(username='sam').update(is_staff=False)\n{of_alice}"
        manage_shell(migrated, program)
        await listens.hears(leave="3")
        await listens.hears(error="ROOM_ACCESS_DENIED")
        await talks.says("send", room=3, message="secret")
        await talks.hears_until(error="ROOM_ACCESS_DENIED")
        await alice.hears(error="USER_HAS_TO_LOGIN")
        await bob.hears_nothing_more()


def manage_shell(site: Path, program: str, **env: str) -> str:
    """Run a program in `manage.py shell`; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", program],
        cwd=site,
        env=plain() | env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def log_in(one: Chat, name: str) -> str:
    """A new session of somebody, by the site's own page."""
    async with one.browser() as http:
        token = (await http.get("/people/login/")).cookies["csrftoken"]
        form = {"username": name, "password": name, "csrfmiddlewaretoken": token}
        await http.post("/people/login/", data=form)
        return str(http.cookies["sessionid"])


def cookie_line(http: Any, token: str) -> str:
    """Both cookies, as a browser sends them."""
    return f"csrftoken={token}; sessionid={http.cookies['sessionid']}"
