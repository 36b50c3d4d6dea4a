"""Look at a case's evidence while writing a rule: `python -m tests.explain.look "part of the case's name"`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from channels_lab.explain.book import explain

from .cases import all_cases
from .test_rules import run_case

__all__ = ["look"]


async def look(name: str) -> None:
    """Run the first case of this name, and print events, logs, the error, and what the rules say."""
    case = next(case for case in all_cases() if name in case.name)
    with tempfile.TemporaryDirectory() as folder:
        evidence = await run_case(case, Path(folder))
    for event in evidence.events:
        number = f" #{event.connection}" if event.connection else ""
        print(f"{event.t:.3f} {event.side:7} {event.name}{number} {event.kind} {event.details}"[:400])
    for process, log in evidence.logs.items():
        print(f"\n--- {process}: {evidence.commands[process]}\n{log}")
    print(f"--- the cell raised: {evidence.error!r}\n")
    print(explain(evidence, strict=True))


if __name__ == "__main__":
    asyncio.run(look(sys.argv[1]))
