"""Worker processes whose results come through files: whole or not at all, and none left behind."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

import pytest

from registry.services.processes import Processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A megabyte, then something at which the process that writes it is killed.
HALF_A_RESULT = """[
    bytes(10**6),
    type("Deadly", (), {"__reduce__": lambda self: __import__("os").kill(__import__("os").getpid(), 9)})(),
]"""


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Processes(2, int) as opened:
        yield opened


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_results_come_whole_and_leave_no_file(workers: Processes, tmp_path: Path) -> None:
    futures = [workers.submit(bytes, size) for size in (0, 1, 10**6, 10**7)]
    assert [len(one.result()) for one in futures] == [0, 1, 10**6, 10**7]
    assert workers.submit(os.getpid).result() != os.getpid()
    assert files(tmp_path) == []


def test_what_work_raises_is_raised_where_the_result_is_asked_for(workers: Processes) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        workers.submit(int, "x").result()


def test_a_worker_that_dies_half_way_through_a_result_is_told_and_its_half_goes_with_the_folder(
    workers: Processes, tmp_path: Path
) -> None:
    with pytest.raises(BrokenProcessPool):
        workers.submit(eval, HALF_A_RESULT).result(60)
    assert files(tmp_path)
    workers.shutdown()
    assert list(tmp_path.iterdir()) == []
