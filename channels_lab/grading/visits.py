"""Visits: what a trial has of people with accounts, and of the answer's pages over HTTP."""

import asyncio
import re
import time
from typing import Any

import httpx

from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.listening import Listening
from channels_lab.grading.reply import Bounded
from channels_lab.grading.tree import Person
from channels_lab.grading.unmet import Unmet, difference, quoted

__all__ = ["Visits", "told"]

# Where a module of pages cannot be imported, Django makes its debug page once for each middleware, which takes seconds.
_ANSWER_SECONDS = 8

_OVER_SECONDS = 0.5
_LOOK_AGAIN = 0.01  # seconds: a record is a file, and tells nobody


def told(answer: httpx.Response) -> str:
    """An answer's question, in words: "GET /notices/?after=3"."""
    return f"{answer.request.method} {answer.request.url.raw_path.decode()}"


class Visits:
    """People, and requests to the answer's server; a part of `Trial`."""

    patience: float

    def __init__(self, box: Box, chance: Chance) -> None:
        self.box = box
        self.chance = chance
        self.random = chance.random
        self._https: list[httpx.AsyncClient] = []

    async def close(self) -> None:
        """Close what the behaviour has left open."""
        for http in self._https:
            await http.aclose()

    def person(self, name: str = "") -> Person:
        """Somebody with an account: alice, bob, sam of the staff; without a name, a stranger by chance."""
        people = self.box.checkpoint.people
        if name:
            return people[name]
        return self.random.choice([person for person in people.values() if person.name not in ("alice", "bob", "sam")])

    def people(self, count: int) -> list[Person]:
        """So many different strangers (at most six) with accounts."""
        people = [one for one in self.box.checkpoint.people.values() if one.name not in ("alice", "bob", "sam")]
        return self.random.sample(people, count)

    def http(self, *, user: Person | str | None = None, server: str = "main", **options: Any) -> httpx.AsyncClient:
        """An HTTP client, closed with the trial; `user` is who is logged in. Options are httpx' own.

        Its answers are bounded, as in `Bounded`, and `timeout` seconds (None: no end) are for a whole one.
        """
        person = self.person(user) if isinstance(user, str) else user
        base = f"http://127.0.0.1:{self.box.ports[server]}"
        bounded = Bounded(options.pop("timeout", _ANSWER_SECONDS))
        cookies = options.pop("cookies", {}) | (person.cookies if person else {})
        http = httpx.AsyncClient(
            base_url=base, trust_env=False, transport=bounded, timeout=None, cookies=cookies, **options
        )
        self._https.append(http)
        return http

    def listen(
        self, path: str, *, name: str = "alice", headers: dict[str, str] | None = None, patience: float = 0
    ) -> Listening:
        """An answer that does not end, read as it comes; see `Listening`. `patience` is the trial's own by default."""
        http, patience = self.http(timeout=None), patience or self.patience
        return Listening(http, path, name=name, headers=headers or {}, patience=patience)

    async def get(
        self, path: str, *, status: int | None = 200, user: Person | str | None = None, **options: Any
    ) -> Any:
        """GET a page, and expect this status (None: any); returns httpx' response. Options are those of `http.get`."""
        return await self.ask("GET", path, status=status, user=user, **options)

    async def post(
        self, path: str, *, status: int | None = 200, user: Person | str | None = None, **options: Any
    ) -> Any:
        """POST to a page as its own form does, with Django's token; expects a status as `get`."""
        return await self.ask("POST", path, status=status, user=user, **options)

    async def ask(
        self, method: str, path: str, *, status: int | None = 200, user: Person | str | None = None, **options: Any
    ) -> Any:
        """Ask with any method, as `get` does."""
        server = options.pop("server", "main")
        http = self.http(user=user, server=server)
        if method == "POST":
            # Any value will do, when cookie and header are alike.
            token = "".join(self.random.choices("abcdefghijkmnopqrstuvwxyz", k=32))
            http.cookies.set("csrftoken", token)
            options["headers"] = {"X-CSRFToken": token, **options.get("headers", {})}
        try:
            answer = await http.request(method, path, **options)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise Unmet(f"{method} {path} should have been answered; {said.removesuffix('.')}.") from None
        if status is not None and answer.status_code != status:
            await self._over(answer.request.url.path)
            raise Unmet(f"{told(answer)} should have been answered with {status}; {answer.status_code} came.")
        return answer

    def expect_body(self, answer: httpx.Response, value: Any, *, extra: bool = False) -> Any:
        """The body of an answer is this JSON; returns it. A type and `extra` are as in `Caller.expect_json`."""
        wish = f"{told(answer)} should have been answered with {quoted(value)}"
        try:
            body = answer.json()
        except (ValueError, RecursionError):
            came = quoted(answer.text) if answer.text else "nothing"
            raise Unmet(f"{wish}; {came} came, which is no JSON.") from None
        if said := difference(body, value, extra=extra):
            raise Unmet(f"{wish}; {quoted(body)} came: {said}.")
        return body

    async def _over(self, path: str) -> None:
        """Wait, a little, until requests of a page are over: an exception may be recorded after its answer has come."""
        deadline = time.monotonic() + _OVER_SECONDS
        while time.monotonic() < deadline:
            if all(one.over for one in self.box.evidence([]).connections if one.path == path):
                return
            await asyncio.sleep(_LOOK_AGAIN)

    async def login(self, name: str, password: str | None = None) -> dict[str, str]:
        """Log in through the site's own page, as a browser does; returns the cookies. `user=` is quicker."""
        http = self.http()
        page = await http.get("/people/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(.+?)"', page.text)
        form = {"username": name, "password": password or name, "csrfmiddlewaretoken": token[1] if token else ""}
        answer = await http.post("/people/login/", data=form)
        if "sessionid" not in http.cookies:
            raise Unmet(f"{name} should have been able to log in; the page answered {answer.status_code}.")
        return dict(http.cookies)
