"""The house style of notebooks, each rule a function: notebook → what is wrong, a line each."""

import re
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["RULES"]

RULES: dict[str, Callable[[Any], Iterator[str]]] = {}

MOST_CELLS = 45
MOST_WORDS = 60
MOST_LINES = 8
MOST_FILE_LINES = 40
_FENCE = re.compile(r"^```.*?^```\s*?$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +\S", re.MULTILINE)
_WORD = re.compile(r"\w")
_ADDRESS = re.compile(r"\]\([^)]*\)")
_PICTURE = re.compile(r"\.(?:diagram|show|timeline|router_tree|bytes_view|plot)\(")
_EXERCISES = re.compile(r"\]\(\.\./exercises/(\d\d_\w+)/\1\.ipynb\)")
_FILE = "%%project_file"


def rule(function: Callable[[Any], Iterator[str]]) -> Callable[[Any], Iterator[str]]:
    """Count a function among the rules."""
    RULES[function.__name__] = function
    return function


def _numbered(notebook: Any, kind: str = "") -> Iterator[tuple[int, Any]]:
    for number, cell in enumerate(notebook.cells, start=1):
        if not kind or cell.cell_type == kind:
            yield number, cell


def _is_file(cell: Any) -> bool:
    return cell.cell_type == "code" and cell.source.lstrip().startswith(_FILE)


def _prose(cell: Any) -> str:
    return _FENCE.sub("", cell.source)


@rule
def at_most_45_cells(notebook: Any) -> Iterator[str]:
    if len(notebook.cells) > MOST_CELLS:
        yield f"{len(notebook.cells)} cells"


@rule
def at_most_60_words_of_prose(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "markdown"):
        words = [word for word in _ADDRESS.sub("]", _prose(cell)).split() if _WORD.search(word)]
        if len(words) > MOST_WORDS:
            yield f"cell {number}: {len(words)} words"


@rule
def at_most_8_lines_of_code(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        lines = sum(1 for line in cell.source.splitlines() if line.strip())
        if not _is_file(cell) and lines > MOST_LINES:
            yield f"cell {number}: {lines} lines"


@rule
def at_most_40_lines_of_a_file(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        lines = sum(1 for line in cell.source.splitlines()[1:] if line.strip())
        if _is_file(cell) and lines > MOST_FILE_LINES:
            yield f"cell {number}: {lines} lines"


@rule
def one_title_in_the_first_cell(notebook: Any) -> Iterator[str]:
    titles = [
        number
        for number, cell in _numbered(notebook, "markdown")
        for marks in _HEADING.findall(_prose(cell))
        if marks == "#"
    ]
    if titles != [1]:
        yield f"titles in cells {titles}"


@rule
def headings_in_order(notebook: Any) -> Iterator[str]:
    before = 0
    for number, cell in _numbered(notebook, "markdown"):
        for marks in _HEADING.findall(_prose(cell)):
            if len(marks) > before + 1:
                yield f"cell {number}: a heading of level {len(marks)} follows one of level {before}"
            before = len(marks)


@rule
def a_picture_is_followed_by_what_to_see(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        shown = not _is_file(cell) and _PICTURE.search(cell.source)
        after = notebook.cells[number] if number < len(notebook.cells) else None
        if shown and (after is None or after.cell_type != "markdown"):
            yield f"cell {number}: no prose after its picture"


@rule
def no_outputs(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        if cell.outputs or cell.execution_count is not None or "execution" in cell.metadata:
            yield f"cell {number}: has been run"


@rule
def speaking_ids(notebook: Any) -> Iterator[str]:
    seen = set()
    for number, cell in _numbered(notebook):
        name = cell.get("id", "")
        if not re.fullmatch(r"\d\d-[a-z][a-z0-9]*(?:-[a-z0-9]+)*", name) or name in seen:
            yield f"cell {number}: id {name!r}"
        seen.add(name)


@rule
def ids_of_one_chapter(notebook: Any) -> Iterator[str]:
    chapters = {cell.get("id", "")[:2] for cell in notebook.cells}
    title = re.match(r"# (\d\d)\b", notebook.cells[0].source)
    if title and chapters != {title[1]}:
        yield f"ids of chapters {sorted(chapters)} under the title of {title[1]}"


@rule
def no_cell_sleeps(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        code = "\n".join(line.split("#")[0] for line in cell.source.splitlines())
        if not _is_file(cell) and re.search(r"\bsleep\b", code):
            yield f"cell {number}: sleeps"


@rule
def no_shell(notebook: Any) -> Iterator[str]:
    for number, cell in _numbered(notebook, "code"):
        if not _is_file(cell) and re.search(r"^\s*!|^%%(?:bash|sh|script)\b|^%(?:pip|conda|sx)\b", cell.source, re.M):
            yield f"cell {number}: a shell command"


@rule
def plain_metadata(notebook: Any) -> Iterator[str]:
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        yield f"nbformat {notebook.nbformat}.{notebook.nbformat_minor}"
    if notebook.metadata != {"kernelspec": kernel, "language_info": {"name": "python"}}:
        yield f"metadata {dict(notebook.metadata)}"
    for number, cell in _numbered(notebook):
        if set(cell.metadata) - {"tags"} or set(cell.metadata.get("tags", [])) - {"raises-exception"}:
            yield f"cell {number}: metadata {dict(cell.metadata)}"


@rule
def a_question_first_and_the_chapter_opened(notebook: Any) -> Iterator[str]:
    if "?**" not in notebook.cells[0].source:
        yield "cell 1: no question in bold"
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if not code or "%load_ext channels_lab" not in code[0] or "lab = channels_lab.open_chapter(" not in code[0]:
        yield "its first code cell does not load the extension and open the chapter"


@rule
def a_prediction_is_asked_for(notebook: Any) -> Iterator[str]:
    if not any("predict, then look" in cell.source.lower() for _, cell in _numbered(notebook, "markdown")):
        yield "nothing to predict"


@rule
def exercises_at_the_end(notebook: Any) -> Iterator[str]:
    """The notebook of exercises is named there, or three to five are told in prose."""
    if not notebook.cells or "## Exercises" not in notebook.cells[-1].source:
        yield "the last cell holds no exercises"
        return
    if _EXERCISES.search(notebook.cells[-1].source):
        return
    exercises = len(re.findall(r"^\d+\. ", notebook.cells[-1].source.split("## Exercises")[1], re.MULTILINE))
    if not 3 <= exercises <= 5:
        yield f"{exercises} exercises"


@rule
def code_that_is_python(notebook: Any) -> Iterator[str]:
    from IPython.core.inputtransformer2 import TransformerManager

    for number, cell in _numbered(notebook, "code"):
        if _is_file(cell) or "raises-exception" in cell.metadata.get("tags", []):
            continue
        state, _ = TransformerManager().check_complete(cell.source + "\n\n")
        if state != "complete":
            yield f"cell {number}: {state}"
