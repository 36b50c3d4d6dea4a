"""The router tree of a server that the lab has started."""

from typing import Any

import pytest

from channels_lab.course.filecell import parse_cell
from channels_lab.errors import LabError
from tests.small_course import hello


async def test_the_router_tree_of_a_server(lab: Any) -> None:
    """`server.router_tree()` is the tree of the application that it runs, with the way of whoever connected."""
    lab.workspace.write(parse_cell(hello()), lab.chapter)
    server = await lab.daphne("hello:application")
    assert str(server.router_tree()) == "The routing\napplication"
    async with server.connect("/", name="ada"):
        pass
    await server.get("/page/")
    assert str(server.router_tree()) == "ada: WebSocket /\n● application  accepted"
    assert str(server.router_tree("HTTP client")) == "HTTP client: GET /page/\n● application  answered, HTTP 200"
    with pytest.raises(LabError, match="eve has no connection in the record"):
        server.router_tree("eve")
