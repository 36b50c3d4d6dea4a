"""A learner on a hub without a browser: logs in on its page, waits for their server, runs cells, reads pages."""

import asyncio
import json
import secrets
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import connect

from .hub import PASSWORD, Hub

__all__ = ["Learner"]

_START_SECONDS = 150
_DEADLINE = 60


class Learner:
    """Somebody who has logged in, with the cookies of their browser."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub = hub
        self.name = name
        self.home = f"/user/{name}/"
        self._http = httpx.AsyncClient(base_url=hub.local, follow_redirects=True, trust_env=False, timeout=_DEADLINE)

    async def __aenter__(self) -> Self:
        form = await self.get("/hub/login")
        about = {"username": self.name, "password": PASSWORD, "_xsrf": self._token("/hub/")}
        assert 'name="_xsrf"' in form.text
        (await self._http.post("/hub/login", data=about)).raise_for_status()
        async with asyncio.timeout(_START_SECONDS):
            await self._until_started()
        self.first = str((await self.get("/hub/user-redirect/")).url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> httpx.Response:
        """GET a page that must be there."""
        answer = await self._http.get(path)
        answer.raise_for_status()
        return answer

    async def run(self, *cells: str) -> str:
        """Run cells in a new kernel, and return what the last shows as text."""
        answer = await self._http.post(f"{self.home}api/kernels", headers={"X-XSRFToken": self._token(self.home)})
        answer.raise_for_status()
        address = f"{self.hub.local.replace('http', 'ws')}{self.home}api/kernels/{answer.json()['id']}/channels"
        cookies = "; ".join(
            f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar if self.home.startswith(cookie.path)
        )
        async with (
            asyncio.timeout(_DEADLINE),
            connect(address, additional_headers={"Cookie": cookies}, origin=self.hub.local, proxy=None) as socket,  # type: ignore[arg-type]
        ):
            shown = ""
            for cell in cells:
                shown = await self._cell(socket, cell)
        return shown

    async def _cell(self, socket: Any, source: str) -> str:
        number, shown = secrets.token_hex(8), ""
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number, "version": "5.3"}
        asked = {"code": source, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": asked, "channel": "shell"}
        await socket.send(json.dumps(message))
        async for text in socket:
            said = json.loads(text)
            kind, content = said["msg_type"], said["content"]
            if said["parent_header"].get("msg_id") != number:
                continue
            assert kind != "error", content
            if kind == "stream":
                shown += content["text"]
            if kind == "status" and content["execution_state"] == "idle":
                break
        return shown

    async def _until_started(self) -> None:
        """Read how the hub's start of the server goes, as its page does, until it has come to something."""
        path = f"/hub/api/users/{self.name}/server/progress"
        headers = {"X-XSRFToken": self._token("/hub/"), "Referer": f"{self.hub.local}/hub/spawn-pending/{self.name}"}
        async with self._http.stream("GET", path, headers=headers) as progress:
            progress.raise_for_status()
            async for line in progress.aiter_lines():
                said = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                assert not said.get("failed"), f"{said}\n{self.hub.said()}"
                if said.get("ready"):
                    return

    def _token(self, path: str) -> str:
        return next(
            str(cookie.value) for cookie in self._http.cookies.jar if (cookie.name, cookie.path) == ("_xsrf", path)
        )
