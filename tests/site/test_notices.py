"""The notices over HTTP, on the finished site and a real Daphne."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.site.conftest import Serve

HOSTILE = "<script>alert('1')</script>\"; DROP TABLE notices_notice; -- \u202e\u0001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def http(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a Daphne on the site, whose board is empty."""
    async with serve() as up, httpx.AsyncClient(base_url=f"http://127.0.0.1:{up.port}", trust_env=False) as client:
        yield client


async def put_up(http: httpx.AsyncClient, text: str) -> dict[str, object]:
    """Put a notice up, and return the answer's JSON."""
    answer = await http.post("/notices/", data={"text": text})
    assert answer.status_code == 201, answer.text
    notice: dict[str, object] = answer.json()
    return notice


async def newer(http: httpx.AsyncClient, query: str = "") -> list[dict[str, object]]:
    """The notices that a GET answers with."""
    answer = await http.get(f"/notices/{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    notices: list[dict[str, object]] = answer.json()["notices"]
    return notices


async def test_what_is_put_up_is_read(http):
    """An empty board, then the notices oldest first; `after` leaves out what one has seen."""
    assert await newer(http) == []
    first, second = [await put_up(http, text) for text in ("one", "two")]
    assert (first["text"], second["text"]) == ("one", "two")
    assert await newer(http) == [first, second]
    assert await newer(http, f"?after={first['id']}") == [second]
    assert await newer(http, f"?after={second['id']}") == []
    assert await newer(http, f"?after={'9' * 19}") == []


@pytest.mark.parametrize("text", ["오늘 정오에 김치", "x" * 200, "가" * 200, "🥬" * 200, HOSTILE])
async def test_text_comes_back_as_it_was(http, text):
    """Korean, two hundred characters of any width, and hostile text are kept, and given back unchanged."""
    notice = await put_up(http, text)
    assert notice["text"] == text
    assert await newer(http) == [notice]


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "가" * 201, "nul\0"])
async def test_text_that_is_refused(http, text):
    """No text, only spaces, 201 characters or a NUL: 400 with the reason, and nothing is put up."""
    answer = await http.post("/notices/", data={"text": text})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["text"])
    assert await newer(http) == []


@pytest.mark.parametrize(
    ("content", "headers"),
    [(b"", {}), (b'{"text": "hello"}', {"Content-Type": "application/json"}), (b"\xff\xfe", FORM), (b"t=1&t=2", FORM)],
)
async def test_a_body_without_a_text(http, content, headers):
    """A body that is no form, or one without `text`, is refused with 400."""
    assert (await http.post("/notices/", content=content, headers=headers)).status_code == 400


@pytest.mark.parametrize("after", ["x", "", "-1", "1.5", "1 ", "²", "9" * 20, "9" * 5000, "%00", "%FF"])
async def test_an_after_that_is_no_id(http, after):
    """`after` is the id of a notice, in digits; all else is 400, never 500."""
    assert (await http.get(f"/notices/?after={after}")).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_not_allowed(http, method):
    """What is neither GET nor POST is answered by 405, with the methods that are allowed."""
    answer = await http.request(method, "/notices/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
