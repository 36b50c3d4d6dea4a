"""What a leader is told the evening before."""

import http.server
import threading
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.doctor import Finding
from channels_lab.workshop.readiness import examine_room


def examined(course: Course, learners: int, bundle: Path | None = None, board: str = "") -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine_room(course, learners, bundle, board)}


@pytest.fixture
def board():
    """A page that answers, an hour late, and says so in its Date."""

    class Late(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/": 200, "/?code=K7QF2M": 302, "/?code=OTHER2": 403}.get(self.path, 503))
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return "Thu, 01 Jan 2026 00:00:00 GMT"

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Late) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_whether_a_machine_holds_a_room(course, workspace, board, tmp_path):
    """One learner is good news; a million are not, each want with what to do; board, clock and bundle are looked at."""
    found = examined(course, 1, board=f"{board}/")
    assert {finding.state for name, finding in found.items() if name != "board's clock"} == {"good"}
    assert found["board's clock"].state == "note" and "times on the board are its own" in found["board's clock"].fix
    found = examined(course, 1_000_000, tmp_path, f"{board}/broken")
    for subject in ("memory", "processes", "disk", "bundle", "board"):
        assert found[subject].state == "bad" and found[subject].fix, subject
    assert "503" in found["board"].text and "no finished bundle" in found["bundle"].text
    for typed in ("file:///etc/passwd", "http:///", "K7QF2M@"):
        assert "no board's address" in examined(course, 1, board=typed)["board"].text
    assert "refused" in examined(course, 1, board="http://127.0.0.1:1/")["board"].text
    # As learners type it.
    place = board.removeprefix("http://")
    assert examined(course, 1, board=place)["board"].state == "good"
    assert examined(course, 1, board=f"K7QF2M@{place}")["board"].state == "good"
    assert "does not know the code OTHER2" in examined(course, 1, board=f"OTHER2@{place}")["board"].text
