"""A page in a notebook's frame whose server is away while it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from channels_lab.notebook.frame import Frame

from .conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def serving(html: str, port: int = 0) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that answers all requests with a page; gives its port, and the methods of what it was asked."""
    methods: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        methods.append(head.split()[0].decode())
        body = html.encode() if methods[-1] == "GET" else b""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + body)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
        yield server.sockets[0].getsockname()[1], methods


async def test_a_server_that_comes_back(open_page: OpenPage) -> None:
    """A page whose server was away while it came is loaded when that is there again, and then left alone."""
    async with serving("nobody") as (port, _):
        pass
    frame = Frame(f"http://127.0.0.1:{port}/", 200)._repr_html_()
    async with serving(f"<!doctype html><title>a notebook</title>{frame}") as (notebook, _):
        page = await open_page(f"http://127.0.0.1:{notebook}/", expected="ERR_CONNECTION_REFUSED")
    async with serving("<p>I am back", port) as (_, methods):
        await expect(page.locator("iframe").content_frame.locator("p")).to_have_text("I am back")
        async with asyncio.timeout(10):
            while "HEAD" not in methods:
                await page.wait_for_load_state("networkidle")
        assert methods == ["GET", "HEAD"]
