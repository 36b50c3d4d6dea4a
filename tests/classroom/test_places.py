"""Where the board is found: on one's own machine, on the network, through a leader's server, as a hub's service."""

import re
from collections.abc import Callable

import pytest

from channels_lab.classroom.serving import addresses, listen, only_one
from channels_lab.errors import LabError

from .room import Room

SERVICE = {
    "JUPYTERHUB_SERVICE_PREFIX": "/services/classroom/",
    "CHANNELS_LAB_PUBLIC_URL": "https://hub.example:8443/hub/",
}
USER = {"JUPYTERHUB_SERVICE_PREFIX": "/at/user/kim/", "JUPYTERHUB_BASE_URL": "/at/"}
AT = "https://hub.example/at/"
PUBLIC = USER | {"CHANNELS_LAB_PUBLIC_URL": AT}


@pytest.mark.parametrize(
    ("host", "env", "pages", "wall", "kernels"),
    [
        ("127.0.0.1", {}, *["http://127.0.0.1:8700/"] * 2, "127.0.0.1:8700"),
        ("192.168.7.5", {}, *["http://192.168.7.5:8700/"] * 2, "192.168.7.5:8700"),
        ("127.0.0.1", USER, "/at/user/kim/proxy/8700/", "/at/hub/user-redirect/proxy/8700/", "127.0.0.1:8700"),
        ("127.0.0.1", PUBLIC, f"{AT}user/kim/proxy/8700/", f"{AT}hub/user-redirect/proxy/8700/", "127.0.0.1:8700"),
        ("127.0.0.1", SERVICE, *["https://hub.example:8443/services/classroom/"] * 3),
        ("127.0.0.1", SERVICE | {"JUPYTERHUB_PUBLIC_URL": "https://x.org/s/"}, *["https://x.org/s/"] * 3),
    ],
)
def test_the_addresses_are_where_it_is_found(
    monkeypatch: pytest.MonkeyPatch, host: str, env: dict[str, str], pages: str, wall: str, kernels: str
) -> None:
    """What is printed for the leader's browser, for all browsers and for kernels fits machine, network or hub."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found = addresses(host, 8700)
    assert (found.pages, found.wall, found.kernels) == (pages, wall, kernels)
    assert found.open_to_all is (host != "127.0.0.1" or ("JUPYTERHUB_SERVICE_PREFIX" in env and "user" not in str(env)))


def test_any_address_names_one_that_others_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who listens everywhere is told an address of this machine that is not its own alone."""
    found = addresses("0.0.0.0", 8700)
    assert found.open_to_all and not re.match(r"0\.0|127\.", found.kernels)


async def test_below_a_prefix_everything_is_found(new_room: Callable[[], Room]) -> None:
    """Pages name all else by its place beside them, so that each person may have another path before it, and as a
    hub's service they answer whether its proxy takes the path away or not.
    """
    room = new_room()
    room.start(JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{room.port}", **SERVICE)
    assert f'lab.classroom("{room.code}@https://hub.example:8443/services/classroom/", name="…")' in "\n".join(
        room.said
    )
    for prefix in ("/services/classroom", ""):
        answer = room.get(f"{prefix}/?code={room.code}")
        assert answer.headers["location"] == "./"
        assert "path" not in answer.headers["set-cookie"].lower()
        cookie = {"Cookie": room.cookie(f"{prefix}/leader?key={room.key}")}
        assert room.get(f"{prefix}/leader?key={room.key}").headers["location"] == "./leader"
        for page in ("", "leader"):
            text = room.get(f"{prefix}/{page}", headers=cookie).text
            named = re.findall(r'(?:href|src|action|data-socket)="([^#"]+)"', text)
            assert len(named) == 4 and not [one for one in named if one.startswith(("/", "../", "http"))]
            assert {room.get(f"{prefix}/{one}").status_code for one in named if one.startswith("static")} == {200}
    room.below = "/services/classroom"
    async with room.kernel() as kernel, room.screen() as screen:
        await screen.until(lambda screen: screen.named("Ada"))
        assert kernel.answer["joined"] == "Ada"


def test_what_cannot_be_served_is_told(new_room: Callable[[], Room]) -> None:
    """A taken port, a room that is served already, and a room that cannot be read say what to do."""
    from channels_lab.classroom.room import Room as Kept

    with listen("127.0.0.1", 0) as taken, pytest.raises(LabError, match="Name another:  --port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(LabError, match="cannot be used"):
        listen("192.0.2.1", 8700)
    folder = new_room().folder / "classroom"
    kept = Kept.open(folder)
    assert Kept.open(folder) == kept and (folder / "room.json").stat().st_mode & 0o077 == 0
    with only_one(folder), pytest.raises(LabError, match="is being served already"), only_one(folder):
        pass
    (folder / "room.json").write_text("{")
    with pytest.raises(LabError, match="--new"):
        Kept.open(folder)
    assert Kept.open(folder, new=True) != kept
    assert list((folder.parent / "kept").iterdir())
