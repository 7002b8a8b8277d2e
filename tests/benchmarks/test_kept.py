"""Results stay when others are measured later, and those of another machine do not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.kept import Results
from benchmarks.machine import Machine

if TYPE_CHECKING:
    from pathlib import Path

HERE = Machine("a processor", 2, "3.11.7", "24.0.0")


def kept(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_a_row_is_there_as_soon_as_it_is_done_and_takes_its_own_place_when_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    Results(path, HERE).keep_row({"row": "a", "ours": 1}, 0.1)
    Results(path, HERE).keep_row({"row": "b", "ours": 2}, 0.2)
    Results(path, HERE).keep(store={"credentials": 5})
    Results(path, HERE).keep_row({"row": "a", "ours": 3}, 0.3)

    found = kept(path)
    assert [(one["row"], one["ours"], one["load_before"]) for one in found["rows"]] == [("a", 3, 0.3), ("b", 2, 0.2)]
    assert all(one["made_at"] for one in found["rows"])
    assert (found["cpu"], found["store"]) == ("a processor", {"credentials": 5})


def test_what_another_machine_measured_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    Results(path, HERE).keep_row({"row": "a"}, 0.1)
    Results(path, replace(HERE, cores=64)).keep_row({"row": "b"}, 0.1)

    assert [one["row"] for one in kept(path)["rows"]] == ["b"]
    assert kept(path)["cores"] == 64


def test_what_was_said_of_an_older_run_as_a_whole_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"made_at": "2020", "cpu": "a processor", "cores": 2, "python": "3.11.7"}))
    Results(path, HERE).keep_row({"row": "a"}, 0.1)

    assert "made_at" not in kept(path)
