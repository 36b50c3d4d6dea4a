"""HTTP in the record and the story: pages, streams, and clients that go away."""

import asyncio

import httpx
import pytest

from channels_lab.picture.story.story import Story
from channels_lab.picture.story.teller import tell
from tests.live import Host, Site

VIEWS = """
import asyncio

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path


async def stream(request):
    async def lines():
        for number in range(int(request.GET["lines"])):
            yield f"data: {number}\\n\\n"
            await asyncio.sleep(0.01)

    return StreamingHttpResponse(lines(), content_type="text/event-stream")


async def slow(request):
    await asyncio.sleep(60)


def page(request):
    print("in a view")
    return HttpResponse("x" * 5000)


def broken(request):
    return 1 / 0


urlpatterns = [path("stream/", stream), path("slow/", slow), path("page/", page), path("broken/", broken)]
"""


@pytest.fixture
async def site(host: Host) -> Site:
    """A site with pages and streams."""
    host.write("config/urls.py", VIEWS)
    return await host.serve()


def steps(story: Story) -> list[tuple[str, str, bool]]:
    """Who says what, and whether it failed."""
    return [(step.source, step.text, step.failed) for step in story.steps]


async def test_pages(site: Site) -> None:
    """A page is asked for and answered with its status; its body is not told; a view's print is its connection's."""
    await site.get("/page/")
    await site.get("/none/")
    await site.until("end", 2)
    assert steps(tell(site.everything)) == [
        ("HTTP client", "GET /page/", False),
        ("server", "200 /page/", False),
        ("HTTP client", "GET /none/", False),
        ("server", "404 /none/", True),
    ]
    assert [event.connection for event in site.recorded("print")] == [1]


async def test_a_view_that_fails(site: Site) -> None:
    """Django answers 500 for a view that raises, and what it logs has the view's line."""
    assert (await site.get("/broken/")).status_code == 500
    assert steps(tell(site.everything))[1] == ("server", "500 /broken/", True)
    [logged] = [event for event in site.recorded("log") if "error" in event.details]
    assert logged.details["error"] == "ZeroDivisionError: division by zero"
    assert logged.details["frames"][-1][::2] == ["config/urls.py", "broken"]
    assert logged.connection == 1


async def test_streamed_chunks(site: Site) -> None:
    """Each piece of a streamed response is a step."""
    assert (await site.get("/stream/?lines=3")).text.count("data: ") == 3
    await site.until("end")
    assert steps(tell(site.everything)) == [
        ("HTTP client", "GET /stream/?lines=3", False),
        ("server", "200 /stream/", False),
        ("server", "data: 0", False),
        ("server", "data: 1", False),
        ("server", "data: 2", False),
    ]


async def leave(site: Site, path: str, *, after: str) -> None:
    """Ask for a page, and hang up when so much has come."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as http:
        if not after:
            with pytest.raises(httpx.ReadTimeout):
                await http.get(path, timeout=0.3)
            return
        async with asyncio.timeout(5), http.stream("GET", path) as response:
            async for text in response.aiter_text():
                if after in text:
                    break


async def test_a_client_that_leaves_a_stream(site: Site) -> None:
    """Who leaves a stream is said to go away, and that is no failure."""
    await leave(site, "/stream/?lines=1000", after="data: 3")
    await site.until("end")
    told = steps(tell(site.everything))
    assert ("HTTP client", "went away", False) in told and ("server", "data: 3", False) in told
    assert not any(failed for _, _, failed in told)


async def test_a_client_that_leaves_without_an_answer(site: Site) -> None:
    """Who leaves before an answer has come is said to go away, and that is a failure."""
    await leave(site, "/slow/", after="")
    await site.until("end")
    assert steps(tell(site.everything)) == [
        ("HTTP client", "GET /slow/", False),
        ("HTTP client", "went away", True),
    ]
