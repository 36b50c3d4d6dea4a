"""The markers of nbgrader's solution regions, and ours for what stands there instead of its stub.

    ### BEGIN SOLUTION
    self.send(json.dumps(message))
    ### INSTEAD
    # self.send(message)
    ### END SOLUTION

nbgrader finds a marker anywhere in a line, so any language's comment carries it: `# …`, `// …`, `<!-- … -->`.
"""

import re

from channels_lab.errors import LabError

__all__ = ["BEGIN", "END", "INSTEAD", "is_marked", "model_text", "with_instead"]

BEGIN, END, INSTEAD = "BEGIN SOLUTION", "END SOLUTION", "### INSTEAD"
_INSTEAD = re.compile(r"\s*(?:#+|/{2,}|/\*|<!--)\s*INSTEAD\s*(?:\*/|-->)?\s*\Z")
_COMMENT = re.compile(r"(?:# ?|// ?|/\* ?|<!-- ?)(.*?)(?: ?\*/| ?-->)?\Z")


def is_marked(text: str) -> bool:
    """Whether a text has such a marker."""
    return any(BEGIN in line or END in line or _INSTEAD.match(line) for line in text.split("\n"))


def model_text(text: str) -> str:
    """The answer: the text without markers and without what stands there instead."""
    lines, instead = [], False
    for line in text.split("\n"):
        if BEGIN in line or END in line:
            instead = False
        elif _INSTEAD.match(line):
            instead = True
        elif not instead:
            lines.append(line)
    return "\n".join(lines)


def with_instead(text: str) -> tuple[str, bool]:
    """Put what stands below INSTEAD in place of its region; other regions stay. Returns also whether there was one.

    Raises LabError where a line below INSTEAD is no comment.
    """
    lines: list[str] = []
    region: list[str] = []
    inside = replaced = False
    for line in text.split("\n"):
        if BEGIN in line and not inside:
            inside, region = True, [line]
        elif inside:
            region.append(line)
            if END in line:
                marks = [at for at, one in enumerate(region) if _INSTEAD.match(one)]
                lines += [_uncommented(one) for one in region[marks[0] + 1 : -1]] if marks else region
                replaced, inside, region = replaced or bool(marks), False, []
        else:
            lines.append(line)
    return "\n".join(lines + region), replaced


def _uncommented(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    if not line.strip():
        return ""
    match = _COMMENT.match(line.strip())
    if not match:
        raise LabError(
            f"Below INSTEAD this line is no comment: {line.strip()!r}.", "Begin each of its lines with `# `."
        )
    return (indent + match[1]).rstrip()
