"""Back, and into its rooms."""

from channels_lab.grading.script_trial import ScriptTrial
from channels_lab.grading.site import Visit
from channels_lab.grading.task import Task
from channels_lab.grading.unmet import Unmet, quoted

__all__ = ["task"]

task = Task(
    kind="client",
    difficulty="medium",
    minutes=20,
    files=("listener.py",),
    hints=(
        "What does the server know of a new connection: its rooms, what it has heard?",
        "Joining belongs to connecting: both stand in one loop. Keep the newest `id` of each room, catch what a lost "
        "or refused connection raises, wait a little; look at the close code before you come back.",
        "while True: try: async with connect(…) as socket: for room, after in newest.items(): await socket.send(…"
        "after…); then recv until it raises    except ConnectionClosed as closed: if closed.rcvd and closed.rcvd.code "
        "== 4001: return",
    ),
)


class Rooms:
    """Rooms by chance, and the newest message of each that was told."""

    def __init__(self, trial: ScriptTrial, count: int) -> None:
        self.trial = trial
        self.names = [str(number) for number in trial.random.sample(range(1, 100), count)]
        self.newest: dict[str, int | None] = dict.fromkeys(self.names)
        self.ids = trial.number()

    async def let_in(self, visit: Visit) -> None:
        """Expect that each room is joined, in any order, after what was told last; and answer."""
        wanted = [{"command": "join", "room": room, "after": after} for room, after in self.newest.items()]
        for _ in self.names:
            came = await visit.wait_for_json({"command": "join"})
            room = str(came.get("room"))
            if (fitting := {"command": "join", "room": room, "after": self.newest.get(room)}) not in wanted:
                first = quoted(wanted[0])
                raise Unmet(f"your script should have joined each of its rooms once; {quoted(came)} came, not {first}.")
            if (after := came.get("after", 0)) != fitting["after"]:
                because = ": that message was another room's" if after in self.newest.values() and after else ""
                raise Unmet(f"your script should have sent {quoted(fitting)}; {quoted(came)} came instead{because}.")
            wanted.remove(fitting)
            await visit.send_json({"join": room, "title": self.trial.word(), "last": self.ids, "people": []})

    async def say(self, visit: Visit, room: str) -> str:
        """Tell a message in a room; returns the line that is printed of it."""
        self.ids += self.trial.random.randint(1, 9)
        self.newest[room] = self.ids
        name, text = self.trial.word(), self.trial.text()
        about = {"id": self.ids, "at": "2026-01-01T10:00:00+00:00"}
        await visit.send_json({"msg_type": 0, "room": room, "username": name, "message": text, **about})
        return f"{name}: {text}"


@task.behaviour
async def listens(trial: ScriptTrial) -> None:
    """It joins each of its rooms, and prints what is said there, a line each; and nothing else."""
    rooms = Rooms(trial, 3)
    async with trial.site() as site:
        script = trial.run(site.url, *rooms.names)
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        await visit.send_json({"msg_type": 4, "room": rooms.names[0], "username": trial.word()})
        for room in trial.random.choices(rooms.names, k=3):
            await script.expect_line(await rooms.say(visit, room))


@task.behaviour(points=2)
async def joins_again(trial: ScriptTrial) -> None:
    """Cut off, it comes back, and joins each of its rooms after the newest message that it has of it."""
    rooms = Rooms(trial, 3)
    async with trial.site() as site:
        script = trial.run(site.url, *rooms.names)
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        for room in trial.random.choices(rooms.names[:2], k=2):
            await script.expect_line(await rooms.say(visit, room))
        await visit.drop()
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        await script.expect_line(await rooms.say(visit, rooms.names[2]))


@task.behaviour
async def a_restart(trial: ScriptTrial) -> None:
    """Where the server restarts, closing in an orderly way and refusing for a while, it comes back, patiently."""
    rooms = Rooms(trial, 1)
    async with trial.site() as site:
        script = trial.run(site.url, *rooms.names)
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        site.refuse(503, 503)
        await visit.close(trial.random.choice([1000, 1001, 1012]))
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        await script.expect_line(await rooms.say(visit, rooms.names[0]))
        await visit.drop()
        await site.expect_patience(0.6, least=0.05)


@task.behaviour(points=2)
async def logged_out(trial: ScriptTrial) -> None:
    """Closed with 4001, for its person is logged out, it ends with status 0, and does not come back."""
    rooms = Rooms(trial, 2)
    async with trial.site() as site:
        script = trial.run(site.url, *rooms.names)
        visit = await site.visit("/ws/rooms/")
        await rooms.let_in(visit)
        await script.expect_line(await rooms.say(visit, rooms.names[1]))
        await visit.close(4001)
        await script.expect_end()
        trial.expect(len(site.paths) == 1, "it should not come back")
