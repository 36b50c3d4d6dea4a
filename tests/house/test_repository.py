import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

BIN = Path(sys.executable).parent
PACKAGE = sorted((ROOT / "channels_lab").rglob("*.py"))
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if ROOT / "tests" / "answers" not in path.parents]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "words",
    [
        ["ruff", "check", "--no-cache"],
        ["ruff", "format", "--check", "--no-cache"],
        ["mypy", "--no-error-summary"],
        ["channels-lab", "build", "--check"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_tool_finds_nothing(words):
    """Linter, formatter, type checker and the site's own check find nothing to say."""
    done = subprocess.run([BIN / words[0], *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_is_small():
    """No module of the package has more than 250 lines."""
    lines = {names(module): len(module.read_text(encoding="utf-8").splitlines()) for module in PACKAGE}
    assert {name: number for name, number in lines.items() if number > 250} == {}


def test_a_module_says_what_it_is():
    """A module of the package begins with a docstring and names what is public."""
    texts = {module: module.read_text(encoding="utf-8") for module in PACKAGE}
    assert [names(module) for module, text in texts.items() if not text.startswith('"""')] == []
    public = re.compile(r"^__all__(: list\[str\])? = \[", re.MULTILINE)
    unnamed = [module for module, text in texts.items() if not public.search(text) and module.name != "__init__.py"]
    assert [names(module) for module in unnamed] == []


def test_every_test_says_its_behaviour_in_a_sentence():
    """A test's docstring is one sentence, and every test has one."""
    faults = []
    for module in TESTS:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said = ast.get_docstring(node) or ""
                if not said.endswith(".") or "\n\n" in said:
                    faults.append(f"{names(module)}:{node.lineno} {node.name}: {said!r}")
    assert faults == []


def test_conda_gets_what_uv_gets():
    """environment.yml takes pyproject's lowest Python, as Binder's builder reads it, the rest by `pip install -e .`."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert re.search(r"^  - conda-forge$", text, re.MULTILINE)
    assert re.search(r"^  - pip:\n      - -e \.\n\Z", text, re.MULTILINE)
    lowest = re.search(r"^  - python=([\d.]+)\b", text, re.MULTILINE)[1]
    assert f">={lowest}" == PROJECT["project"]["requires-python"]
    assert (ROOT / ".python-version").read_text().strip() == lowest
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_a_learner_installs_no_group():
    """A plain `uv run` installs what a learner needs and no group."""
    assert PROJECT["tool"]["uv"]["default-groups"] == []


def test_the_lock_is_current():
    """uv.lock agrees with pyproject.toml on every requirement of the package and its groups."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    (package,) = [package for package in lock["package"] if package["name"] == "channels-lab"]
    wanted = {re.match(r"[\w-]+", requirement)[0] for requirement in PROJECT["project"]["dependencies"]}
    assert {entry["name"] for entry in package["metadata"]["requires-dist"]} == wanted
    assert lock["requires-python"] == PROJECT["project"]["requires-python"]


def test_links_of_the_readme_lead_somewhere():
    """Every relative link in what people read first names a file that is there."""
    for name in ("README.md", "CONTRIBUTING.md", "LEADING.md", "hub/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_readme_lists_the_chapters():
    """The README's table of chapters is that of the notebooks."""
    listed = re.findall(r"^\| \[.+?\]\(notebooks/(\w+\.ipynb)\)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert listed == [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def test_the_leaders_guide_names_what_is_there():
    """Sections and exercises that its agendas name are those of the chapters."""
    text = (ROOT / "LEADING.md").read_text(encoding="utf-8")
    agendas = text.partition("\n## Agendas")[2].partition("\n## What to say")[0]
    notebooks = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    headings = {
        heading
        for notebook in notebooks
        for cell in json.loads(notebook)["cells"]
        for heading in re.findall(r"^#{2,3} (.+)", "".join(cell["source"]), re.MULTILINE)
    }
    named = re.findall(r"(?<!\*)\*([^*|]+)\*", agendas)
    assert len(named) > 20
    assert [name for name in named if not any(heading.startswith(name) for heading in headings)] == []
    tasks = {path.stem[1:].replace("_", ".") for path in (ROOT / "channels_lab/grading/tasks").glob("t??_*.py")}
    assert set(re.findall(r"\b\d\d\.\d\b", agendas)) <= tasks
