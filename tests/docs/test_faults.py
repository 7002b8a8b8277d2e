"""docs/faults.md names tests that exist, and one at least for each fault."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = (ROOT / "docs" / "faults.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)


def test_every_fault_has_a_row_that_names_tests_which_exist() -> None:
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }

    rows = {int(number): set(re.findall(r"`(test_\w+)`", tests)) for number, tests in ROW.findall(TABLE)}

    assert sorted(rows) == list(range(1, max(rows) + 1))
    assert [number for number, tests in rows.items() if not tests] == []
    assert set().union(*rows.values()) - defined == set()
