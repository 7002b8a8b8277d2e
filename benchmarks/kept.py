"""What was measured, kept in a file as soon as it is: a row measured again takes the place of the one before."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.machine import Machine

_KEPT = ("hardware_seconds", "rows", "store")


class Results:
    """The results of one machine; those that a file has of another are forgotten."""

    def __init__(self, path: Path, machine: Machine) -> None:
        self._path = path
        same = asdict(machine)
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
        is_same = {name: found.get(name) for name in same} == same
        kept = {name: found[name] for name in _KEPT if name in found} if is_same else {}
        self._found: dict[str, Any] = {**same, **kept}

    def keep(self, **values: object) -> None:
        """Keep values about the machine and the run."""
        self._found |= values
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(json.dumps(self._found, indent=1) + "\n", "utf-8")

    def keep_row(self, row: dict[str, Any], load: float) -> None:
        """Keep a row with the time it was done at and the load of the machine before it, in its place if it has one."""
        rows: list[dict[str, Any]] = self._found.get("rows", [])
        names = [one["row"] for one in rows]
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        new = {"row": row["row"], "made_at": made_at, "load_before": load, **row}
        at = names.index(row["row"]) if row["row"] in names else len(rows)
        self.keep(rows=[*rows[:at], new, *rows[at + 1 :]])
