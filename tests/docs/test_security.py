"""docs/security.md names tests of hostile input that exist, and all of those in tests/hostile."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SECTION = (ROOT / "docs" / "security.md").read_text("utf-8").split("## Hostile input\n")[1].split("\n## ")[0]
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ")][2:]
DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def names_in(folder: str) -> set[str]:
    return {name for path in (ROOT / folder).rglob("test_*.py") for name in DEFINED.findall(path.read_text("utf-8"))}


def test_every_kind_of_hostile_input_names_what_bounds_it_and_a_test_that_exists() -> None:
    named = [re.findall(r"`(test_\w+)`", row) for row in ROWS]

    assert len(ROWS) > 15
    assert [row for row, names in zip(ROWS, named, strict=True) if not names or "|  |" in row] == []
    assert {name for names in named for name in names} - names_in("tests") == set()


def test_every_test_of_hostile_input_stands_in_the_table() -> None:
    assert names_in("tests/hostile") - set(re.findall(r"`(test_\w+)`", SECTION)) == set()
