import re

import nbformat
import pytest

from tests.conftest import ROOT
from tests.house.style import RULES

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_a_notebook_is_in_house_style(notebook):
    """Every notebook keeps every rule of the house."""
    assert {rule.__name__: said for rule in RULES.values() if (said := list(rule(notebook)))} == {}


def test_a_notebook_is_valid(notebook):
    """Every notebook is one by nbformat's own schema."""
    nbformat.validate(notebook)


def test_links_to_other_chapters_lead_somewhere(notebook):
    """A link to another notebook names one that is there."""
    links = [link for cell in notebook.cells for link in re.findall(r"\]\((\w+\.ipynb)\)", cell.source)]
    assert [link for link in links if not (ROOT / "notebooks" / link).exists()] == []
