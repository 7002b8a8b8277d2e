"""An import that is killed, however often, or that loses a worker, is run again and issues each row once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.digest import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.chain

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
COMMAND = Path(sys.executable).parent / "credanchor"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ROWS, MORE_ROWS = 5000, 15_000
PATIENCE_SECONDS = 120.0


@pytest.fixture
def home(issued_home: Any, tmp_path: Path) -> Any:
    return issued_home.copied(tmp_path / "home")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return roster_of(ROWS, tmp_path)


def roster_of(rows: int, folder: Path) -> Path:
    path = folder / "roster.csv"
    path.write_text(HEADER + "".join(f"data-foundations,s{at}@x.example,S,{at},2026-07-01\n" for at in range(rows)))
    return path


def started(home: Any, roster: Path, workers: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "CREDANCHOR_HOME": str(home.folder), "CREDANCHOR_PASSPHRASE": homes.PASSPHRASE}
    command = [COMMAND, "issue", "--json", "--workers", str(workers), str(roster)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603


def count(home: Any) -> int:
    with closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        return int(database.execute("SELECT count(*) FROM credential").fetchone()[0])


def steps(home: Any, child: subprocess.Popen[bytes], more: int) -> bool:
    """Wait until so many more credentials are stored; False if the command ends before."""
    before, deadline = count(home), time.monotonic() + PATIENCE_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if count(home) >= before + more:
            return True
        time.sleep(0.002)
    return False


def require_each_row_once(home: Any, expected: int) -> None:
    with closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        rows = database.execute("SELECT recipient, entry, leaf_hash FROM credential WHERE id > 3").fetchall()
        batches = database.execute("SELECT batch_id, count(*) FROM credential GROUP BY 1").fetchall()
        assert batches == database.execute("SELECT id, tree_size FROM batch ORDER BY id").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sorted(recipient for recipient, _, _ in rows) == sorted(f"mailto:s{at}@x.example" for at in range(expected))
    assert all(leaf_hash(entry) == leaf for _, entry, leaf in rows)


@pytest.mark.parametrize("workers", [0, 2])
def test_an_import_killed_at_every_step_resumes_without_a_duplicate_or_a_gap(
    home: Any, roster: Path, workers: int
) -> None:
    kills = 0
    while True:
        child = started(home, roster, workers)
        if not steps(home, child, more=0 if kills == 0 else 1):
            break
        time.sleep(0.03 * kills)  # somewhere between two transactions, or in one
        child.kill()
        child.communicate()
        kills += 1
    out, err = child.communicate()
    assert (child.returncode, err) == (0, b"")
    assert sum(json.loads(out).values()) == ROWS
    assert kills > 1
    require_each_row_once(home, ROWS)
    assert home.run("issue", "--json", str(roster)).out == f'{{"issued":0,"skipped":{ROWS}}}\n'


def test_a_worker_that_is_killed_is_told_and_a_second_run_issues_the_rest(home: Any, tmp_path: Path) -> None:
    roster = roster_of(MORE_ROWS, tmp_path)
    child = started(home, roster, 2)
    assert steps(home, child, more=1)
    for worker in workers_of(child.pid):
        os.kill(worker, signal.SIGKILL)
    _, err = child.communicate(timeout=PATIENCE_SECONDS)
    stored = count(home) - 3
    assert child.returncode == 3
    assert f"A worker process died after {stored:,} credentials were issued, which stay." in err.decode()
    assert b"Traceback" not in err
    assert json.loads(home.do("issue", "--json", str(roster))) == {"issued": MORE_ROWS - stored, "skipped": stored}
    require_each_row_once(home, MORE_ROWS)


def workers_of(process: int) -> Iterator[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for child in children:
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            yield int(child)
