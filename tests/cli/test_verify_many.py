"""`credanchor verify` on folders, in one process and in several: the same reports, in the order of the names."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from registry.cli import judging
from registry.cli.judge import Judge
from registry.cli.judging import judged_together
from registry.services.workers import WorkerDiedError, open_workers
from registry.settings import load_accepted
from registry.system import SystemClock

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


def test_what_is_read_at_once_is_bounded_by_number_and_by_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_BYTES", 1000)
    (folder / "large").write_bytes(bytes(900))
    small, large = str(folder / "below" / "d.png"), str(folder / "large")

    groups = judging._groups([small] * 100 + [small] * 9 + [large] * 3 + [str(folder / "gone")])

    assert [len(group) for group in groups] == [96, 14, 2, 1]


def test_a_file_that_cannot_be_read_keeps_its_place_among_those_that_can(issued_home: Any, folder: Path) -> None:
    asked = [
        str(folder / "a.json"),
        str(folder / "gone.json"),
        str(folder / "below" / "b.json"),
        str(folder / "a.json"),
    ]

    ended = issued_home.run("verify", "--json", *asked)

    reports = [json.loads(line) for line in ended.out.splitlines()]
    assert [one["input"] for one in reports] == asked
    assert [one["verdict"] for one in reports] == ["verified", "not-a-credential", "verified", "verified"]


def test_a_judge_goes_by_the_time_it_was_given(issued_home: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDANCHOR_HOME", str(issued_home.folder))
    named = [("a", (folder / "a.json").read_bytes())]
    before = datetime(2020, 1, 1, tzinfo=UTC)

    verdicts = []
    for now in (SystemClock().now(), before):
        verdicts += [one["verdict"] for one in Judge(load_accepted(), now).reports(named)]
    Judge.put_away()

    assert verdicts == ["verified", "not-verified"]


def test_a_worker_that_dies_is_told_with_what_to_do(
    issued_home: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 1)
    home = issued_home.copied(tmp_path / "home")
    monkeypatch.setenv("CREDANCHOR_HOME", str(home.folder))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        entry = f'[local]\nrpc_urls = ["http://127.0.0.1:{silent.getsockname()[1]}"]\n'
        (home.folder / "networks.toml").write_text(entry, "utf-8")
        threading.Thread(target=kill_children_that_ask, args=(silent,)).start()

        with (
            open_workers(2) as workers,
            pytest.raises(
                WorkerDiedError, match=r"died after 0 credentials were judged; nothing is wrong.*fewer workers"
            ),
        ):
            list(judged_together([str(folder / "a.json")] * 4, workers))


def kill_children_that_ask(silent: socket.socket) -> None:
    asking, _ = silent.accept()
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGKILL)
    asking.close()
