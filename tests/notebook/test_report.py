"""The environment report as a notebook shows it."""

from channels_lab.doctor import Finding
from channels_lab.notebook.report import Report, environment_report

FINDINGS = [
    Finding("Python", "good", "3.12", "not shown"),
    Finding("redis <8>", "bad", "closes idle sockets", "uv pip install 'redis<8'"),
]


def test_a_fault_is_shown_with_its_fix_and_a_good_thing_without_one() -> None:
    """The text names each finding, and a fix only where something is to be mended."""
    assert repr(Report(FINDINGS)).splitlines() == [
        "✓ Python: 3.12",
        "✗ mend this redis <8>: closes idle sockets",
        "    uv pip install 'redis<8'",
    ]


def test_the_table_is_escaped() -> None:
    """What a finding says is shown as text, never taken for HTML."""
    html = Report(FINDINGS)._repr_html_()
    assert "redis &lt;8&gt;" in html
    assert "<8>" not in html
    assert "not shown" not in html


def test_the_report_looks_at_python_and_its_packages() -> None:
    """A notebook's report holds what the terminal's holds."""
    subjects = [finding.subject for finding in environment_report().findings]
    assert {"Python", "packages", "workspace"} <= {*subjects}
