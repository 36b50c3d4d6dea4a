"""The environment report as a notebook shows it: a table, beside plain text."""

from html import escape

from channels_lab.course.course import Course
from channels_lab.doctor import Finding, examine

__all__ = ["Report", "environment_report"]

# A sign and a word: colour alone says nothing to many.
_SIGNS = {"good": "✓", "note": "· note", "bad": "✗ mend this"}


class Report:
    """What this machine has and what is missing; shows itself."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def __repr__(self) -> str:
        lines = []
        for finding in self.findings:
            lines.append(f"{_SIGNS[finding.state]} {finding.subject}: {finding.text}")
            if _fix(finding):
                lines.append(f"    {finding.fix}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="white-space: nowrap">{_SIGNS[finding.state]}</td>'
            f'<th scope="row" style="text-align: left">{escape(finding.subject)}</th>'
            f'<td style="text-align: left">{escape(finding.text)}'
            + (f"<br><strong>{escape(_fix(finding))}</strong>" if _fix(finding) else "")
            + "</td></tr>"
            for finding in self.findings
        )
        return f"<table>{rows}</table>"


def environment_report() -> Report:
    """Look at everything that the course depends on; `channels-lab doctor` prints the same in a terminal."""
    return Report(examine(Course.find()))


def _fix(finding: Finding) -> str:
    return "" if finding.state == "good" else finding.fix
