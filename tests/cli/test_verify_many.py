"""`credanchor verify` on folders, in one process and in several: the same reports, in the order of the names."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from registry.cli import judging
from registry.cli.judging import judged_together
from registry.core.errors import UnavailableError

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


@pytest.fixture
def folder(issued_home: Any, tmp_path: Path) -> Path:
    """Give a folder, and one below it, with two sound bundles, an altered one and a file that is none."""
    first, second, third = sorted((issued_home.folder / "bundles").glob("*.json"))
    below = tmp_path / "candidates" / "below"
    below.mkdir(parents=True)
    shutil.copy(first, below.parent / "a.json")
    shutil.copy(second, below / "b.json")
    (below / "c.json").write_text(third.read_text("utf-8").replace("Data Foundations", "Data Wizardry"), "utf-8")
    (below / "d.png").write_bytes(b"no picture")
    (below / "e.txt").write_text("not looked at")
    return below.parent


VERDICTS = {"a.json": "verified", "b.json": "verified", "c.json": "not-verified", "d.png": "not-a-credential"}


def test_a_folder_is_judged_file_by_file_and_told_by_what_is_wrong(issued_home: Any, folder: Path) -> None:
    ended = issued_home.run("verify", str(folder))

    assert ended.code == 1
    assert "c.json: Not verified" in ended.out
    assert "d.png: This is not a credential" in ended.out
    assert "a.json" not in ended.out
    assert ended.out.endswith("2 verified, 1 not-verified, 1 not-a-credential.\n")


@pytest.mark.parametrize("workers", ["1", "3"])
def test_several_processes_report_what_one_does(
    issued_home: Any, folder: Path, workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 2)

    ended = issued_home.run("verify", "--json", str(folder), "--workers", workers)

    reports = [json.loads(line) for line in ended.out.splitlines()]
    assert {Path(one["input"]).name: one["verdict"] for one in reports} == VERDICTS
    assert [one["input"] for one in reports] == sorted(one["input"] for one in reports)
    alone = [json.loads(issued_home.run("verify", "--json", one["input"]).out) for one in reports]
    assert reports == alone


def test_a_worker_that_dies_is_told_with_what_to_do(
    issued_home: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 1)
    monkeypatch.setenv("CREDANCHOR_HOME", str(issued_home.folder))
    never = tmp_path / "never.json"
    os.mkfifo(never)  # whoever opens it waits for a writer
    sources = [str(folder / "a.json"), str(never), str(never), str(never)]
    threading.Thread(target=kill_children_soon, daemon=True).start()

    with pytest.raises(UnavailableError, match=r"died after [01] credentials.*fewer --workers"):
        list(judged_together(sources, 2))


def kill_children_soon() -> None:
    time.sleep(3)
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGKILL)
