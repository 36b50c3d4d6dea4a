import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from channels_lab import origins
from channels_lab.notebook import pages
from channels_lab.notebook.pages import place_of

NAMES = (
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_PUBLIC_URL",
    "JUPYTERHUB_HOST",
    "CHANNELS_LAB_PUBLIC_URL",
    "JPY_PARENT_PID",
)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    pages._base_url.cache_clear()
    yield
    pages._base_url.cache_clear()


def jupyter_server(monkeypatch, text: str) -> None:
    """Let a Jupyter server have written this about itself."""
    from jupyter_core.paths import jupyter_runtime_dir

    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    Path(jupyter_runtime_dir(), f"jpserver-{os.getpid()}.json").write_text(text)


def test_on_ones_own_machine_a_page_is_shown_directly():
    """Without any prefix a page is at the server's own port, and Django is told nothing."""
    place = place_of(4321)
    assert (place.url, place.environment) == ("http://127.0.0.1:4321/", {})


@pytest.mark.parametrize("prefix", ["/user/kim/", "/user/kim"])
def test_on_a_hub_a_page_is_below_the_users_prefix(monkeypatch, prefix):
    """On a hub the page goes through the proxy, and Django is told its path."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", prefix)
    place = place_of(4321)
    assert place.url == "/user/kim/proxy/4321/"
    assert place.environment["DJANGO_SCRIPT_NAME"] == "/user/kim/proxy/4321"
    assert place.environment["DJANGO_ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert place.environment["DJANGO_TRUSTED_ORIGINS"] == ""


@pytest.mark.parametrize("name", ["JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_HOST", "CHANNELS_LAB_PUBLIC_URL"])
def test_the_hubs_public_name_is_allowed(monkeypatch, name):
    """The name under which the browser sees the hub is an allowed host and a trusted origin, port included."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/kim/")
    monkeypatch.setenv(name, "https://hub.example.org:8443/user/kim/")
    environment = place_of(4321).environment
    assert environment["DJANGO_ALLOWED_HOSTS"].split(",")[-1] == "hub.example.org"
    assert environment["DJANGO_TRUSTED_ORIGINS"] == "https://hub.example.org:8443"


def test_a_jupyter_server_with_a_prefix_is_found(monkeypatch):
    """The prefix of the Jupyter server that started this kernel is read from what it wrote about itself."""
    jupyter_server(monkeypatch, json.dumps({"base_url": "/lab here/"}))
    assert place_of(4321).url == "/lab here/proxy/4321/"


@pytest.mark.parametrize("text", ["", "{", "{}", '{"base_url": "/"}'])
def test_a_jupyter_server_that_says_nothing_has_no_prefix(monkeypatch, text):
    """A file that is broken, or names no prefix, means that there is none."""
    jupyter_server(monkeypatch, text)
    assert place_of(4321).url == "http://127.0.0.1:4321/"


def test_a_kernel_whose_parent_wrote_nothing_has_no_prefix(monkeypatch):
    """A kernel that a terminal or an editor started shows pages directly."""
    monkeypatch.setenv("JPY_PARENT_PID", "999999999")
    assert place_of(4321).url == "http://127.0.0.1:4321/"


def test_a_hub_that_does_not_say_its_name(monkeypatch):
    """The server notes from where browsers use it, if they are logged in and were answered; its kernels allow that."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/kim/")
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    logged = []
    application = SimpleNamespace(log_request=logged.append)
    origins._load_jupyter_server_extension(SimpleNamespace(web_app=application))

    def answered(origin: str, status: int = 200, user: str | None = "kim") -> None:
        request = SimpleNamespace(headers={"Origin": origin} if origin else {})
        application.log_request(SimpleNamespace(request=request, get_status=lambda: status, _current_user=user))

    answered("")
    answered("https://evil.example", status=403)
    answered("https://stranger.example", user=None)
    answered("null")
    assert place_of(4321).environment["DJANGO_TRUSTED_ORIGINS"] == ""
    for _ in range(2):
        answered("https://hub.example.org")
    environment = place_of(4321).environment
    assert environment["DJANGO_ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],hub.example.org"
    assert environment["DJANGO_TRUSTED_ORIGINS"] == "https://hub.example.org"
    assert len(logged) == 6
    origins._place(str(os.getpid())).unlink()
