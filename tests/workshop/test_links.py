"""Addresses that lead into a copy of the course: each names the repository and the notebook that it opens."""

import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from channels_lab.errors import LabError
from channels_lab.workshop.links import Repository, hub_address

FIRST = "00_start_here.ipynb"


@pytest.mark.parametrize(
    ("typed", "host", "path"),
    [
        ("https://github.com/ada/lab", "github.com", "ada/lab"),
        (" https://github.com/ada/lab.git/ ", "github.com", "ada/lab"),
        ("https://ada:secret@github.com/ada/lab.git", "github.com", "ada/lab"),
        ("git@github.com:ada/lab.git", "github.com", "ada/lab"),
        ("ssh://git@git.example.org:2222/a/b/lab.git", "git.example.org", "a/b/lab"),
        ("https://git.example.org:8443/a/b/lab", "git.example.org:8443", "a/b/lab"),
    ],
)
def test_an_address_is_read_as_git_or_a_browser_has_it(typed: str, host: str, path: str) -> None:
    """With or without `.git`, by https or ssh; a password in it is left out."""
    read = Repository.read(typed)
    assert (read.host, read.path, read.url) == (host, path, f"https://{host}/{path}")


@pytest.mark.parametrize("typed", ["nonsense", "/home/ada/lab", "file:///home/ada/lab", "https://github.com/", "a@b"])
def test_what_nobody_else_can_clone_is_told(typed: str) -> None:
    """What is no address of a repository is told, with one that is."""
    with pytest.raises(LabError, match="no address from which others can clone"):
        Repository.read(typed)


def test_a_copy_knows_where_it_was_cloned_from(tmp_path: Path) -> None:
    """The address is that of git's origin; without one the command says how to name it."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(LabError, match="not known here"):
        Repository.of(tmp_path)
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", "git@github.com:ada/lab.git"], check=True)
    assert Repository.of(tmp_path) == Repository("github.com", "ada/lab")


@pytest.mark.parametrize(
    ("typed", "binder"),
    [
        ("https://github.com/ada/lab", "gh/ada/lab"),
        ("https://gitlab.com/ada/more/lab", "gl/ada%2Fmore%2Flab"),
        ("https://git.example.org/ada/lab", "git/https%3A%2F%2Fgit.example.org%2Fada%2Flab"),
    ],
)
def test_links_lead_to_the_first_notebook(typed: str, binder: str) -> None:
    """Binder's, GitHub's and nbgitpuller's each have the form that these document."""
    found = Repository.read(typed)
    assert found.binder(FIRST) == (
        f"https://mybinder.org/v2/{binder}/HEAD?urlpath=lab%2Ftree%2Fworkspace%2Fnotebooks%2F{FIRST}"
    )
    assert found.codespace() == ("https://codespaces.new/ada/lab" if "github" in typed else "")
    link = urlsplit(found.pull(hub_address("https://hub.example.org/at/hub/home"), "main", FIRST))
    assert (link.netloc, link.path) == ("hub.example.org", "/at/hub/user-redirect/git-pull")
    assert parse_qs(link.query) == {
        "repo": [found.url],
        "branch": ["main"],
        "urlpath": [f"lab/tree/lab/notebooks/{FIRST}"],
    }
    with pytest.raises(LabError, match="no hub's address"):
        hub_address("hub.example.org")
