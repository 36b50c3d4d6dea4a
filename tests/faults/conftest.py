"""A small course with a chat, and kernels that work on it; and the finished site over a layer that can be hurt."""

import functools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from channels_lab.course.course import Course
from tests import chat_project, small_course
from tests.site.conftest import migrated, migrated_once, serve  # noqa: F401 - fixtures
from tests.site.test_projects import manage

from .kernel import Kernel
from .layered import BACKENDS, Chat, Valkey, log_in

CONSUMERS = next(cell.text for cell in chat_project.CELLS if cell.path == "chat/consumers.py")
OPEN = small_course.OPEN.format(number="06")
START = "server = await lab.daphne()"
CHAT = """\
async with server.connect("/ws/chat/lobby/", name="alice") as alice:
    await alice.send_json({"message": "hi"})
    print(await alice.receive_json(5))"""
NOTEBOOK = [
    small_course.prose("# A chat"),
    small_course.code(OPEN, name="06-open"),
    small_course.code(f"%%project_file chat/consumers.py\n{CONSUMERS}", name="06-consumers"),
    small_course.code(START, name="06-start"),
    small_course.code(CHAT, name="06-chat"),
    small_course.code("await lab.stop()", name="06-stop"),
]


@dataclass
class Place:
    """A course and a workspace, and the kernels that work there."""

    course: Course
    workspace: Path
    make: Callable[..., Kernel]

    def kernel(self, **options: Any) -> Kernel:
        """A new kernel in the folder of the workspace's notebooks."""
        env = {"CHANNELS_LAB_ROOT": str(self.course.root), "CHANNELS_LAB_WORKSPACE": str(self.workspace)}
        return self.make(self.workspace.parent / "beside", env=env | options.pop("env", {}), **options)

    def started(self, **options: Any) -> Kernel:
        """A kernel in which the cells up to the start of the server were run."""
        kernel = self.kernel(**options)
        for cell in self.cells[:3]:
            kernel.ok(cell["source"], cell["id"])
        return kernel

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The notebook's code cells."""
        return [cell for cell in self.course.chapter("06").cells if cell["cell_type"] == "code"]


@pytest.fixture
def kernels() -> Iterator[Callable[..., Kernel]]:
    """Makes kernels, and shuts them down after the test."""
    made: list[Kernel] = []

    def make(*args: Any, **options: Any) -> Kernel:
        made.append(Kernel(*args, **options))
        return made[-1]

    yield make
    for kernel in made:
        kernel.close()


@pytest.fixture
def place_in(kernels: Callable[..., Kernel]) -> Callable[[Path], Place]:
    """Makes a course and a workspace in a folder."""
    return functools.partial(_place, kernels)


@pytest.fixture
def place(place_in: Callable[[Path], Place], tmp_path: Path) -> Place:
    """A course and a workspace."""
    return place_in(tmp_path)


def _place(kernels: Callable[..., Kernel], folder: Path) -> Place:
    texts = chat_project.replay().texts()
    del texts["chat/consumers.py"]
    given = {f"06/{path}": text for path, text in texts.items()}
    course = small_course.write(folder / "course", {"05_before": [], "06_chat": NOTEBOOK}, given)
    return Place(course, folder / "workspace", kernels)


# The finished site


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    """A Valkey of the test's own."""
    made = Valkey()
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture(scope="session")
def people_in(migrated_once: Path) -> tuple[Path, dict[str, dict[str, str]]]:  # noqa: F811
    """The finished site with its people logged in, and their cookies."""
    return migrated_once, log_in(migrated_once, manage)


@pytest.fixture(params=BACKENDS)
async def chat(
    request: pytest.FixtureRequest,
    people_in: tuple[Path, dict[str, dict[str, str]]],
    valkey: Valkey,
    tmp_path: Path,
) -> AsyncIterator[Chat]:
    """A copy of the finished site over each of the layers, or over those that a test names; "hub" is core with it."""
    site, of_people = people_in
    layer = "core" if request.param == "hub" else request.param
    env = {"MULTICHAT_CONSUMER": "multichat.hub.HubConsumer"} if request.param == "hub" else {}
    async with AsyncExitStack() as stack:
        made = Chat(Path(shutil.copytree(site, tmp_path / "site")), layer, of_people, valkey, stack, env)
        made.configure()
        yield made
