"""Pages in frames, and servers that are started anew before a browser has them."""

import pytest
from IPython.utils.capture import capture_output

from channels_lab.course.filecell import parse_cell
from channels_lab.notebook.frame import Frame, still_coming
from channels_lab.record.events import Event
from tests.happened import asgi, server
from tests.small_course import hello


def page(start: float, end: float, path: str = "/page/", number: int = 1) -> list[Event]:
    """A request for a page, and the end of the answer."""
    opened = server(start, "open", number, type="http", path=path, client=None)
    return [opened, asgi(end, "send", number, type="http.response.body", body={"bytes": 2, "start": "hi"})]


def shown(at: float, path: str = "/page/") -> Frame:
    """A frame that was shown at this time."""
    frame = Frame(f"http://127.0.0.1:1{path}", path, 300)
    frame.shown = at
    return frame


@pytest.mark.parametrize(
    ("events", "is_coming"),
    [
        (page(2, 3), False),
        (page(2, 9.5), True),  # its styles may be on their way
        (page(0.2, 0.5), True),  # another visit
        (page(2, 3, "/other/"), True),
        (page(2, 3)[:1], True),
        ([server(0, "begin", 0)], True),
        ([], False),  # nobody knows, and there was time
    ],
)
def test_a_page_has_come(events: list[Event], is_coming: bool) -> None:
    """A frame's page has come when its server has answered with it, and a while has passed."""
    frame = shown(1)
    assert still_coming([frame], events, 10) == [frame] * is_coming


def test_a_page_that_nobody_records() -> None:
    """Where nothing is recorded a page has come after some seconds; a frame that nobody has shown has not to come."""
    assert still_coming([late := shown(9), shown(1), shown(0)], [], 10) == [late]


async def test_it_is_shown_again_in_its_place(lab, shell) -> None:
    """A page that has not come when its server is replaced is shown again when the new one is ready; then no more."""
    lab.workspace.write(parse_cell(hello()), lab.chapter)
    one = await lab.daphne("hello:application")
    with capture_output() as first:
        one.show("/a/?b=1")._ipython_display_()
    with capture_output() as again:
        two = await lab.daphne("hello:application")
    [before] = first.outputs
    [after] = [output for output in again.outputs if "<iframe" in output.data.get("text/html", "")]
    assert after.update and after.transient == before.transient
    assert f'src="http://127.0.0.1:{two.port}/a/?b=1"' in after.data["text/html"]
    assert (await two.get("/a/")).text == "hello"
    end = two.events[-1].t
    assert still_coming(two.frames, two.events, end) == two.frames != []
    assert still_coming(two.frames, two.events, end + 2) == []
