"""What a trial gives to behaviours, seen on the course's own project: whom one can be, what one can do and look at."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.grading.judge import judge
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.trial import Trial
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.running.warmstart import WarmStart

HINTS = ("?", "!", "…")


def a_task(checkpoint: str, **options: Any) -> Task:
    """A task that changes the chat's consumer."""
    options = {"number": f"{checkpoint}.9", "title": "A trial", "files": ("chat/consumers.py",), **options}
    return Task("easy", 5, hints=HINTS, checkpoint=checkpoint, **options)


async def seen(task: Task, course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> Verdict:
    """The verdict on the checkpoint's own consumer."""
    text = course.after(course.chapter(task.checkpoint)).texts()["chat/consumers.py"]
    return await judge(task, {"chat/consumers.py": text}, checkpoints=checkpoints, starter=keeper)


async def test_people_pages_and_the_record(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A behaviour can be anybody, ask for pages, wait for what the record shows, and ask the database."""
    task = a_task("10")

    @task.behaviour
    async def talks(trial: Trial) -> None:
        """A stranger and alice talk, each by the own name, and it is in the database."""
        person, word, path = trial.person(), trial.text(), f"/ws/chat/{trial.room()}/"
        async with (
            trial.connect(path, name="alice", user="alice") as alice,
            trial.connect(path, name="bob", user=person) as bob,
        ):
            await bob.send_json({"message": word})
            news = {"id": int, "username": person.name, "message": word, "at": str}
            await alice.expect_json(news)
            await bob.wait_for_json({"message": word})
            await alice.expect_nothing()
            await alice.send_json({"message": "two"})
            await bob.expect_jsons({"username": "alice", "message": "two"}, extra=True)
        rows = await trial.rows("select text from chat_message where username = ?", person.name)
        trial.expect(rows == [(word,)], "what was said should be kept")
        left = await trial.until(lambda seen: seen.layer("group_discard"), "both should leave their group")
        trial.expect(left[0].details["to"].startswith("chat."), "the group should be the chat's")
        opened = [event.details["path"] for event in trial.evidence().of("open")]
        trial.expect(opened == [path, path], f"only this behaviour should be seen: {opened}")

    @task.behaviour
    async def pages(trial: Trial) -> None:
        """Pages answer, a form is taken, a login works, a foreign page is refused."""
        await trial.get("/chat/lobby/")
        await trial.get("/rooms/", status=302)
        await trial.get("/rooms/", user=trial.person())
        await trial.post("/people/logout/", user="sam", status=302)
        cookies = await trial.login("bob")
        async with trial.connect("/ws/chat/lobby/", cookies=cookies, name="bob") as bob:
            await bob.send_json({"message": "x"})
            await bob.wait_for_json({"username": "bob", "message": "x"})
        await trial.expect_refused("/ws/chat/lobby/", origin="http://evil.example")
        printed = await trial.manage("shell", "--command", "print(6 * 7)")
        trial.expect("42" in printed, "the command should print")
        printed = await trial.manage("shell", "--command", "import os; print(os.environ['WORD'])", env={"WORD": "here"})
        trial.expect("here" in printed, "the command should have its environment")

    verdict = await seen(task, course, checkpoints, keeper)
    assert verdict.outcome is Outcome.PASSED, (verdict.reason, verdict.judged)


async def test_a_fleet_that_fails(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A behaviour can start servers and end them, restart them, and take the layer away and bring it back."""
    task = a_task("10", layer="redis")

    @task.behaviour
    async def two(trial: Trial) -> None:
        """What is said at one server is heard at the other."""
        path, word = f"/ws/chat/{trial.room()}/", trial.word()
        await trial.daphne("second")
        async with (
            trial.connect(path, name="alice") as alice,
            trial.connect(path, name="bob", server="second") as bob,
        ):
            await alice.send_json({"message": word})
            await bob.wait_for_json({"message": word})
            await trial.kill("second")
            await bob.expect_close(1006)
        await trial.daphne("second")
        async with trial.connect(path, name="bob", server="second") as bob:
            await bob.wait_for_json({"message": word})

    @task.behaviour
    async def again(trial: Trial) -> None:
        """A restarted server is found where it was."""
        path, word = f"/ws/chat/{trial.room()}/", trial.word()
        alice = await trial.connect(path, name="alice")
        await trial.restart()
        await alice.expect_close(1006)
        alice = await trial.connect(path, name="alice")
        await alice.send_json({"message": word})
        await alice.wait_for_json({"message": word})
        await alice.close()

    @task.behaviour
    async def without(trial: Trial) -> None:
        """Without the layer everybody is asked to come again, and with it again they stay."""
        path = f"/ws/chat/{trial.room()}/"
        await trial.stop_redis()
        async with trial.connect(path, name="eve") as eve:
            await eve.expect_close(4013)
        await trial.start_redis()
        async with trial.connect(path, name="alice") as alice:
            await alice.expect_nothing()

    @task.behaviour
    async def leaves_ruins(trial: Trial) -> None:
        """What it has ended is there again for the next one, and what it has started is gone."""
        await trial.restart(env={"DJANGO_DEBUG": "off"})
        await trial.get("/nowhere/", status=400)  # no host is allowed then
        await trial.daphne("third")
        await trial.stop_redis()
        await trial.kill()

    @task.behaviour
    async def finds_nothing_of_it(trial: Trial) -> None:
        """All is as it was."""
        trial.expect(trial.alive() and not trial.alive("third") and not trial.alive("second"), "one should run")
        await trial.get("/nowhere/", status=404)
        async with trial.connect(f"/ws/chat/{trial.room()}/", name="alice") as alice:
            await alice.send_json({"message": "x"})
            await alice.wait_for_json({"message": "x"})

    verdict = await seen(task, course, checkpoints, keeper)
    assert verdict.outcome is Outcome.PASSED, (verdict.reason, verdict.judged)
    assert verdict.starting > 0


async def test_many_at_once(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """Answers judged side by side in one process do not meet: each has its tree, servers and layer."""
    text = course.after(course.chapter("10")).texts()["chat/consumers.py"]
    task = a_task("10", layer="redis")

    @task.behaviour
    async def talks(trial: Trial) -> None:
        """The room is one's own, and so is what was said there."""
        async with trial.connect("/ws/chat/lobby/", name="alice") as alice:
            await alice.expect_nothing(0.3)
            await alice.send_json({"message": trial.word()})
            await alice.expect_json({"username": "guest"}, extra=True)
            await alice.expect_nothing(0.3)
        rows = await trial.rows("select count(*) from chat_message")
        trial.expect(rows == [(1,)], f"one message should be kept: {rows}")

    verdicts = await asyncio.gather(
        *(judge(task, {"chat/consumers.py": text}, checkpoints=checkpoints, starter=keeper) for _ in range(4))
    )
    assert [verdict.outcome for verdict in verdicts] == [Outcome.PASSED] * 4, [one.reason for one in verdicts]


async def test_runserver(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A behaviour can start the project with `manage.py runserver`, and is told where that cannot start."""
    task = a_task("06")

    @task.behaviour
    async def runs(trial: Trial) -> None:
        """Daphne's runserver serves pages and WebSockets, beside the main server."""
        await trial.runserver()
        await trial.get("/chat/lobby/", server="runserver")
        async with trial.connect(f"/ws/chat/{trial.room()}/", server="runserver") as alice:
            await alice.expect_nothing()

    @task.behaviour
    async def cannot(trial: Trial) -> None:
        """It cannot start."""
        await trial.runserver("other", env={"DJANGO_SETTINGS_MODULE": "nowhere.settings"})

    verdict = await seen(task, course, checkpoints, keeper)
    assert [one.passed for one in verdict.judged] == [True, False]
    assert "other" in verdict.reason and "nowhere" in verdict.details


SENTENCES = {
    "another": 'alice should have received `{"message": "b"}`; `{"username": "guest", "message": "a"}` came instead: '
    "in `message` it is `a`, not `b`.",
    "too_much": "`username` is too much.",
    "silence": 'bob should have received `{"message": "a"}`; nothing came for 0.1 s.',
    "no_silence": 'Nothing should have come to alice; `{"username": "guest", "message": "a"}` came.',
    "text": 'alice should have received `hello`; `{"error": "Send JSON like this: {\\"message\\": \\"hello\\"}"}` '
    "came instead.",
    "binary": "alice should have received `2 bytes: 01 02`; `",
    "any_order": '`{"a": 1}` or `{"b": 2}`; ',
    "open": "should have closed alice's connection with 4001; within 0.1 s that did not happen: nothing came.",
    "accepted": "eve should have been refused with 403 at /ws/chat/x/, and was accepted.",
    "not_there": "alice could not connect to /ws/nowhere/: the server answered 500 instead of 101 Switching Protocols.",
    "among": 'received `{"message": "c"}`; within 0.3 s `{"username": "guest", "message": "a"}` came.',
    "page": "GET /nowhere/ should have been answered with 200; 404 came.",
    "until": "she should have left; for 0.1 s it did not happen.",
    "said": "this is said",
    "asserted": "AssertionError",
    "table": "no such table: nowhere.",
    "command": "`python manage.py frobnicate` ended with status 1.",
    "forever": "This took more than 1 s, and was ended.",
}


async def test_what_is_said(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """Each wait that fails says in a sentence what was expected and what came; the others are seen all the same."""
    task = a_task("06", deadline=60)
    path = "/ws/chat/x/"

    async def says(trial: Trial, what: str) -> None:
        async with trial.connect(path, name="alice") as alice:
            if what in ("another", "too_much", "no_silence", "among"):
                await alice.send_json({"message": "a"})
            if what in ("text", "binary", "any_order"):
                await alice.send("hello")
            if what == "another":
                await alice.expect_json({"message": "b"}, extra=True)
            elif what == "too_much":
                await alice.expect_json({"message": "a"})
            elif what == "silence":
                async with trial.connect(path, name="bob") as bob:
                    await bob.expect_json({"message": "a"}, timeout=0.1)
            elif what == "no_silence":
                await alice.expect_nothing()
            elif what == "text":
                await alice.expect_text("hello")
            elif what == "binary":
                await alice.expect_bytes(b"\1\2")
            elif what == "any_order":
                await alice.expect_jsons({"a": 1}, {"b": 2})
            elif what == "open":
                await alice.expect_close(4001, timeout=0.1)
            elif what == "accepted":
                await trial.expect_refused(path)
            elif what == "not_there":
                await trial.connect("/ws/nowhere/")
            elif what == "among":
                await alice.wait_for_json({"message": "c"}, timeout=0.3)
            elif what == "page":
                await trial.get("/nowhere/")
            elif what == "until":
                await trial.until(lambda seen: seen.layer("group_discard"), "she should have left.", 0.1)
            elif what == "said":
                trial.expect(False, "this is said")
            elif what == "asserted":
                raise AssertionError
            elif what == "table":
                await trial.rows("select * from nowhere")
            elif what == "command":
                await trial.manage("frobnicate")
            elif what == "forever":
                while True:
                    await alice.receive_nothing(1)

    for what in SENTENCES:

        async def run(trial: Trial, what: str = what) -> None:
            """It is seen."""
            await says(trial, what)

        run.__name__ = what
        task.behaviour(deadline=1 if what == "forever" else None)(run)

    verdict = await seen(task, course, checkpoints, keeper)
    said = {judged.name: judged.said for judged in verdict.judged}
    assert {name: text for name, text in said.items() if SENTENCES[name] not in text} == {}
    assert verdict.outcome is Outcome.NOT_YET and verdict.points == 0
    assert verdict.reason == SENTENCES["another"]
    assert "≠" in verdict.text and "(another was next)" not in verdict.text


async def test_a_check_that_fails_by_itself(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A behaviour with a fault of its own is no verdict on the answer."""
    task = a_task("06")

    @task.behaviour
    async def faulty(trial: Trial) -> None:
        """It is faulty."""
        json.loads("no json")

    verdict = await seen(task, course, checkpoints, keeper)
    assert verdict.outcome is Outcome.NOT_CHECKED
    assert "“It is faulty.” failed by itself: JSONDecodeError" in verdict.reason


async def test_chance_comes_from_the_seed(checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """With the same seed words, rooms and people are the same, and with another one they differ."""
    task, words = a_task("06", files=("notes.txt",)), []

    @task.behaviour
    async def remember(trial: Trial) -> None:
        """It is remembered."""
        words.append((trial.word(), trial.text(), trial.room(), trial.number(), trial.person().name))

    for seed in (1, 1, 2):
        await judge(task, {"notes.txt": ""}, seed=seed, checkpoints=checkpoints, starter=keeper)
    assert words[0] == words[1] != words[2]


async def test_a_checkpoint_is_prepared_once(course: Course, tmp_path: Path, keeper: WarmStart) -> None:
    """A checkpoint is prepared once, with its database, and another is made where the course has changed."""
    checkpoints = Checkpoints(course, tmp_path)
    first = await checkpoints.at("06", keeper)
    assert (await checkpoints.at("6", keeper)).key == first.key
    assert (first.folder / "db.sqlite3").stat().st_size and len(first.people) == 9
    place = first.folder.parent
    place.rename(place.with_name("06-0000000000000000"))  # what an older course had
    again = await checkpoints.at("06", keeper)
    assert again.key != first.key
    assert [name.partition("-")[0] for name in os.listdir(tmp_path)] == ["06"]  # noqa: PTH208


async def test_a_message_is_put_into_a_channel(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A behaviour can put a message of its own into a worker's channel."""
    task = a_task("10", kind="worker")

    @task.behaviour
    async def is_taken(trial: Trial) -> None:
        """A message that nobody has started is taken by the worker."""
        await trial.worker("background-tasks")
        await trial.put("background-tasks", {"type": "task.run", "task": 77})
        received = await trial.until(lambda seen: seen.received("task.run"), "the worker should get it")
        trial.expect([one["task"] for one in received] == [77], f"the worker should get it as it is: {received}")

    verdict = await seen(task, course, checkpoints, keeper)
    assert verdict.outcome is Outcome.PASSED, f"{verdict.reason}\n{verdict.text}"
