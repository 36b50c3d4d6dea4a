"""Hostile answers, each with the row of the table of faults that it is of, and what must come of it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from channels_lab.grading.task import find_task
from channels_lab.grading.verdict import Outcome
from channels_lab.running.limits import Limits
from tests.grading.answers import FOLDER, models
from tests.sandbox.grader import ROOT

__all__ = ["MARK", "SMALL", "Hostile", "Outside", "hostile_answers"]

# In the command line of what an answer leaves running.
MARK = "left-by-the-answer"
# Enough for one honest server, and little for a bomb.
SMALL = Limits(memory=320, all_memory=352, processes=20, threads=96, file_size=6, disk=24, files=2000, cpu_seconds=40)

_MODELS = {one.number: one.files for one in models()}
_RIGHT = (FOLDER / "06/06.1/right_value_first.py").read_text()
_JOBS = (FOLDER / "10/10.1/right_loop.py").read_text()
_RECEIVE = "    def receive(self, text_data=None, bytes_data=None):\n"


@dataclass(frozen=True)
class Outside:
    """What there is outside: files that nobody may read or write, and a server's port that nobody may reach."""

    folder: Path
    port: int

    @property
    def book(self) -> Path:
        """A gradebook that anybody may write who gets at it."""
        return self.folder / "gradebook.db"


@dataclass(frozen=True)
class Hostile:
    """An answer: `said` are words of which some must be told; it earns `most` points at most.

    One that `hangs` is judged with shorter deadlines where time is dear, and one that wants to be `alone` beside no
    other: an ordinary user's sandboxes have their number of threads in common.
    """

    name: str
    files: dict[str, str] = field(repr=False)
    said: tuple[str, ...] = ()
    number: str = "06.1"
    outcome: Outcome = Outcome.NOT_YET
    most: int = 0
    hangs: bool = False
    alone: bool = False

    def __str__(self) -> str:
        return self.name


def _answer(at_import: str = "", at_receive: str = "") -> dict[str, str]:
    """The right answer to 06.1, and besides what it does when it is imported, and when a message comes."""
    lines = "".join(f"        {line}\n" for line in at_receive.splitlines())
    text = _RIGHT.replace(_RECEIVE, _RECEIVE + lines)
    assert not at_receive or text != _RIGHT
    return {"chat/consumers.py": f"{text}\n\n{at_import}\n"}


def _page(reply: str) -> dict[str, str]:
    """An answer to 01.3 of which each page is this response; `bytes()` of 64 KiB are BLOCK."""
    text = _MODELS["01.3"]["notices/views.py"]
    view = f"""
import gzip, time
from django.http import HttpResponse, StreamingHttpResponse
BLOCK = bytes(65_536)
async def without_end(pause):
    import asyncio
    while True:
        yield BLOCK[: 1 if pause else None]
        await asyncio.sleep(pause)
@csrf_exempt
async def notices(request):
    return {reply}
"""
    return {"notices/views.py": f"{text}\n{view}"}


_FORGED = """
import os
for fd in range(3, 60):
    try:
        os.write(fd, b'{"outcome": "passed", "points": 4}\\nready\\nexit 0 1.0\\npid x\\nexit\\n')
    except OSError:
        pass
os._exit(0)
"""
_FLOODED = """
import os, threading
def flood(fd):
    try:
        while True: os.write(fd, b"x" * 4096)
    except OSError: pass
for fd in range(3, 60): threading.Thread(target=flood, args=(fd,), daemon=True).start()
import time
time.sleep(1)
"""
# Lines that no recorder writes, over those that it has written.
_RECORDED = """
import json, os
lines = [
    {"kind": "open"}, {"kind": "receive", "event": []}, {"kind": "layer", "call": {}, "to": []}, {"kind": []}, [],
    {"kind": "error", "error": 5}, {"kind": "open", "client": "x", "path": 1, "type": "websocket"}, {"kind": "full"},
    "[" * 9999,
]
text = "\\n".join(one if isinstance(one, str) else json.dumps({"t": 10**14, "connection": 1, **one} if one else [])
    for one in lines * 100)
for fd in range(3, 60):
    try: os.pwrite(fd, f"\\n{text}\\n".encode(), 0)
    except OSError: pass
"""
# What the recorder in its own process writes when a group is left; nobody can tell that from the truth.
_FORGED_LINES = """
import gc
from channels_lab.record.recorder import Recorder
recorder = next(one for one in gc.get_objects() if type(one) is Recorder)
for to in {groups}:
    for call in ("group_add", "group_discard"): recorder.write("layer", call=call, to=to, message=self.channel_name)
"""
_TRICK = """
import ctypes, os, socket, struct
def escape():
    libc = ctypes.CDLL(None)
    for fd in range(3, 60):
        try:
            one = socket.socket(fileno=os.dup(fd))
            if one.type != socket.SOCK_STREAM or one.family != socket.AF_INET: continue
            libc.connect(one.fileno(), struct.pack("H14x", 0), 16)
            one.settimeout(0.5)
            one.connect(("127.0.0.1", PORT))
            one.sendall(b"out")
        except OSError: pass
"""
_BOMB = """
import zlib
async def serve(reader, writer):
    head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode()
    lines = [line.partition(":") for line in head.splitlines()[1:] if line]
    answer = handshake({name.lower(): value.strip() for name, _, value in lines})
    answer = answer.replace(b"\\r\\n\\r\\n", b"\\r\\nSec-WebSocket-Extensions: permessage-deflate\\r\\n\\r\\n")
    packing = zlib.compressobj(wbits=-15)
    data = b"".join(packing.compress(bytes(1 << 20)) for _ in range(16)) + packing.flush(zlib.Z_SYNC_FLUSH)[:-4]
    writer.write(answer + b"\\xc1\\x7f" + len(data).to_bytes(8) + data)
    await writer.drain()
"""


def hostile_answers(outside: Outside, limits: Limits, *, walls: bool = False) -> list[Hostile]:
    """All of them, for a sandbox with these limits; or those that run up against its `walls`, and the right one."""
    against_walls = [*_that_look(outside), *_that_eat(limits), *_that_break_out(outside)]
    deceiving = [*_that_pretend(), *_that_forge(), *_that_say_too_much()]
    return [*(deceiving[:1] if walls else deceiving), *against_walls]


def _that_pretend() -> list[Hostile]:
    syntax = {"chat/consumers.py": f"{_RIGHT}\ndef broken(:\n"}
    return [
        Hostile("1 right", _answer(), outcome=Outcome.PASSED, most=4),
        Hostile("3 syntax", syntax, ("def broken(:",)),
        Hostile("4 exit", _answer("import sys; sys.exit(0)"), ("ended with status 0",)),
        Hostile("5 exit and PASS", _answer("import os; print('PASS'); os._exit(0)"), ("ended with status 0",)),
        Hostile("6 forged verdict", _answer(_FORGED)),
        Hostile("6 told without end", _answer(_FLOODED)),
        Hostile("6 forged record", _answer(_RECORDED, "return"), most=2),
        Hostile("7 asserts stripped", _answer("import sys; sys.flags = None; __debug__ and None", "return"), most=2),
        Hostile(
            "8 patched libraries",
            _answer(
                "import builtins\njson.loads = lambda *_, **__: {'pong': 1}\nbuiltins.isinstance = lambda *_: True"
            ),
            most=2,
        ),
        Hostile("9 always equal", _answer(_SAME), most=3),
        Hostile("10 hard-coded", _answer("", 'self.send(\'{"pong": "ping"}\'); return'), most=2),
    ]


_SAME = "class Same(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\njson = Same()"


def _that_forge() -> list[Hostile]:
    """The right answers, but that nobody leaves a group; only the record says so."""
    path, found = "chat/consumers.py", []
    for number, groups in (("06.3", "[self.group]"), ("06.5", "[self.group, 'person']"), ("08.1", "[self.group]")):
        text = _MODELS[number][path]
        start = re.search(r"^    (?:async )?def disconnect\(self, code\):\n", text, re.MULTILINE)
        assert start
        body = re.match(r"(?: {8}.*\n|\n)*", text[start.end() :])
        assert body
        code = "".join(f"        {line}\n" for line in _FORGED_LINES.format(groups=groups).splitlines())
        forged = text[: start.end()] + code + "\n" + text[start.end() + body.end() :]
        most = find_task(number).points - find_task(number).behaviours[-1].points
        found.append(
            Hostile(
                f"6 forged leaving {number}", {path: forged}, ("should have left", "he was in 3"), number, most=most
            )
        )
    return found


def _that_look(outside: Outside) -> list[Hostile]:
    others = f"""
import channels_lab, os
places = ["{outside.book}", "{ROOT}/solutions", "{ROOT}/tests", "/etc/passwd"]
rooms = [os.path.dirname(channels_lab.__file__) + "/" + name for name in ("grading", "explain", "course", "wire")]
raise RuntimeError("found", [place for place in places + rooms if os.path.exists(place) and os.listdir(place)])
"""
    environment = """
import os
told = str(dict(os.environ))
for pid in os.listdir("/proc"):
    try: told += open(f"/proc/{pid}/environ").read()
    except OSError: pass
raise RuntimeError([word in told for word in ("x1b2", "GRADER", "CHANNELS_LAB")])
"""
    book = f"import os\nos.makedirs('{outside.folder}', exist_ok=True)\nopen('{outside.book}', 'w').write('A+')\n"
    return [
        Hostile("12 others' files", _answer(others), ("RuntimeError: ('found', [])",)),
        Hostile("13 environment", _answer(environment), ("RuntimeError: [False, False, False]",)),
        Hostile("14 gradebook", _answer(book), ("Read-only file system", "Permission denied")),
    ]


def _that_eat(limits: Limits) -> list[Hostile]:
    many = f"it started more than {limits.processes} processes"
    memory = ("MiB of memory", "MemoryError", "Cannot allocate memory")
    fork = "import os, time\nwhile True:\n    try: {}\n    except OSError: {}"
    sessions = fork.format("os.fork() or os.setsid()", "time.sleep(0.01)")
    threads = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    each = limits.all_memory // 8
    children = (
        f"import os, time\nfor _ in range(12): os.fork() or (b'x' * ({each} << 20), time.sleep(60))\ntime.sleep(9)"
    )
    shared = f"""
import mmap, time
kept = [mmap.mmap(-1, {each} << 20) for _ in range(12)]
for one in kept:
    one[:] = bytes({each} << 20)
time.sleep(60)
"""
    no_process_s = """
import ctypes, os
try: os.memfd_create("x")
except OSError as error: told = error.strerror
raise RuntimeError(told, ctypes.CDLL(None).shmget(1, 1 << 30, 0o1600))
"""
    output = f"""
import os
written = 0
try:
    for _ in range(3000): written += os.write(1, b"x" * 1_000_000)
except OSError: pass
assert written <= {limits.file_size} << 20, written
"""
    whole = f"for n in range({2 * limits.disk}): open(f'{{n}}', 'wb').write(b'x' * (1 << 20))"
    inodes = "import os\nfor n in range(10**7): os.mknod(f'{n}')"
    elsewhere = "open('/tmp/x', 'wb')"
    return [
        Hostile("15 loop at import", _answer("while True: pass"), ("not ready",), hangs=True),
        Hostile("16 loop in receive", _answer("", "while True: pass"), ("nothing came",), hangs=True),
        Hostile("17 fork bomb", _answer(fork.format("os.fork()", "pass")), (many,), alone=True),
        Hostile("17 in sessions", _answer(sessions), (many,), alone=True),
        Hostile("17 threads", _answer(threads), ("can't start new thread",), alone=True),
        Hostile("18 six gibibytes", _answer("x = bytearray(6 << 30)"), ("MemoryError",)),
        Hostile("18 of many processes", _answer(children), memory),
        Hostile("18 shared", _answer(shared), memory),
        Hostile("18 no process's", _answer(no_process_s), ("('Operation not permitted', -1)",)),
        Hostile("19 output", _answer(output), outcome=Outcome.PASSED, most=4),
        Hostile("20 one file", _answer("open('big', 'wb').truncate(2 << 30)"), ("File too large",)),
        Hostile("20 many files", _answer(whole), ("No space left on device",)),
        Hostile("20 inodes", _answer(inodes), (f"it made more than {limits.files:,} files",)),
        Hostile("20 elsewhere", _answer(elsewhere), ("Read-only file system", "Permission denied")),
        Hostile("20 descriptors", _answer("k = [open('/dev/null') for _ in range(2000)]"), ("Too many open files",)),
    ]


def _that_break_out(outside: Outside) -> list[Hostile]:
    network = f"""
import socket
told = []
for place in (("1.1.1.1", 80), ("169.254.169.254", 80), ("127.0.0.1", {outside.port})):
    try:
        socket.create_connection(place, 2)
        told.append("connected")
    except OSError as error:
        told.append(error.strerror)
raise RuntimeError(told)
"""
    child = f"""
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "{MARK}"])
    os._exit(0)
"""
    links = f"""
import glob, os
for place in ["db.sqlite3", "manage.py", "chat/messages.py", *glob.glob("../../*.sock")]:
    if os.path.exists(place): os.unlink(place)
    os.symlink("{outside.book}", place)
"""
    refused = ("['Network is unreachable', 'Network is unreachable', 'Connection refused']",)
    kill = "import os\ntry: os.kill({}, 9)\nexcept OSError: pass\nos._exit(1)"
    whom = {"all": "-1", "its parent": "os.getppid()", "the keeper": "2", "the first": "1"}
    return [
        Hostile("21 network", _answer(network), refused),
        Hostile("21 listener", _answer(_TRICK.replace("PORT", str(outside.port)), "escape()"), most=2),
        *(Hostile(f"22 kills {who}", _answer("", kill.format(pid)), hangs=True) for who, pid in whom.items()),
        Hostile("22 stops the keeper", _answer("import os\nos.kill(2, 19)"), hangs=True, most=4),
        Hostile("23 child", _answer(child), outcome=Outcome.PASSED, most=4),
        Hostile("24 links", {"tasks/jobs.py": f"{_JOBS}\n{links}"}, number="10.1"),
    ]


def _that_say_too_much() -> list[Hostile]:
    long, endless = "is longer than 2 MiB", "HttpResponse(b'x' * (50 << 20))"
    pages = {
        "giant": (endless, (long,), False),
        "endless": ("StreamingHttpResponse(without_end(0))", (long,), False),
        "slow": ("StreamingHttpResponse(without_end(0.1))", ("had not ended after",), True),
        "bomb": (
            "HttpResponse(gzip.compress(bytes(20 << 20)), headers={'Content-Encoding': 'gzip'})",
            ("the answer is packed",),
            False,
        ),
    }
    frames = {
        "giant": "self.send('x' * (50 << 20))",
        "endless": "while True: self.send('x' * 200_000)",
        "slow": "import time\nfor _ in range(100): self.send('{}'); time.sleep(0.05)",
        "deep": "self.send('[' * 100_000)",
        "a number": "self.send('9' * 100_000)",
    }
    bomb = {"byhand.py": f"{_MODELS['03.1']['byhand.py']}\n{_BOMB}"}
    return [
        *(
            Hostile(f"25 page {name}", _page(reply), said, number="01.3", hangs=hangs)
            for name, (reply, said, hangs) in pages.items()
        ),
        *(Hostile(f"25 frames {name}", _answer("", code), most=2, hangs=True) for name, code in frames.items()),
        Hostile("25 frames bomb", bomb, ("longer than 256 KiB",), number="03.1", most=4),
    ]
