"""An import that is killed, loses a worker or meets another one is run again, and each row is issued once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from registry.core.digest import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = pytest.mark.chain

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
databases = sys.modules["tests_databases"]
COMMAND = Path(sys.executable).parent / "credanchor"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ROWS, MORE_ROWS = 5000, 15_000
LIMIT = 2000
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Place:
    """A home folder with three credentials, and where its rows lie."""

    folder: Path
    url: str

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command as a process of its own."""
        given = {"CREDANCHOR_PASSPHRASE": homes.PASSPHRASE, "CREDANCHOR_DATABASE_URL": self.url}
        environment = {**os.environ, "CREDANCHOR_HOME": str(self.folder), **given}
        command = [COMMAND, *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603

    def begin(self, roster: Path, workers: int) -> subprocess.Popen[bytes]:
        """Start an import."""
        return self.start("issue", "--json", "--workers", str(workers), str(roster))

    def do(self, *arguments: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        child = self.start(*arguments)
        out, err = child.communicate(timeout=PATIENCE_SECONDS)
        assert child.returncode == 0, err
        return out.decode()

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return found

    def count(self) -> int:
        """Return how many credentials are stored."""
        return int(self.ask("SELECT count(*) FROM credential")[0][0])


@pytest.fixture
def sqlite(issued_home: Any, tmp_path: Path) -> Place:
    folder = issued_home.copied(tmp_path / "home").folder
    return Place(folder, f"sqlite:///{folder / 'credanchor.db'}")


@pytest.fixture
def postgresql(issued_home: Any, tmp_path: Path, postgres_url: str) -> Place:
    place = Place(tmp_path / "home", databases.new_database(postgres_url))
    issued_home.do("backup", str(tmp_path / "backup.zip"))
    place.do("restore", str(tmp_path / "backup.zip"), "--home", str(place.folder))
    return place


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def roster_of(numbers: Iterable[int], path: Path) -> Path:
    path.write_text(HEADER + "".join(f"data-foundations,s{at}@x.example,S,{at},2026-07-01\n" for at in numbers))
    return path


def steps(place: Place, child: subprocess.Popen[bytes], more: int) -> bool:
    """Wait until so many more credentials are stored; False if the command ends before."""
    before, deadline = place.count(), time.monotonic() + PATIENCE_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if place.count() >= before + more:
            return True
        time.sleep(0.002)
    return False


def require_each_row_once(place: Place, expected: int) -> None:
    rows = place.ask("SELECT recipient, entry, leaf_hash FROM credential WHERE id > 3")
    assert sorted(recipient for recipient, _, _ in rows) == sorted(f"mailto:s{at}@x.example" for at in range(expected))
    assert all(leaf_hash(entry) == leaf for _, entry, leaf in rows)
    batches = place.ask("SELECT batch_id, count(*) FROM credential GROUP BY batch_id ORDER BY batch_id")
    assert batches == place.ask("SELECT id, tree_size FROM batch ORDER BY id")
    assert "nothing differs" in place.do("fsck")


@pytest.mark.parametrize(("place", "workers"), [("sqlite", 0), ("sqlite", 2), ("postgresql", 2)], indirect=["place"])
def test_an_import_killed_at_every_step_resumes_without_a_duplicate_or_a_gap(
    place: Place, tmp_path: Path, workers: int
) -> None:
    roster, kills = roster_of(range(ROWS), tmp_path / "roster.csv"), 0
    while True:
        child = place.begin(roster, workers)
        if not steps(place, child, more=0 if kills == 0 else 1):
            break
        time.sleep(0.03 * kills)  # somewhere between two transactions, or in one
        child.kill()
        child.communicate()
        kills += 1
    out, err = child.communicate()
    assert (child.returncode, err) == (0, b"")
    assert sum(json.loads(out).values()) == ROWS
    assert kills > 1
    require_each_row_once(place, ROWS)
    assert place.do("issue", "--json", str(roster)) == f'{{"issued":0,"skipped":{ROWS}}}\n'


def test_a_worker_that_is_killed_is_told_and_a_second_run_issues_the_rest(sqlite: Place, tmp_path: Path) -> None:
    roster = roster_of(range(MORE_ROWS), tmp_path / "roster.csv")
    child = sqlite.begin(roster, 2)
    assert steps(sqlite, child, more=1)
    for worker in workers_of(child.pid):
        os.kill(worker, signal.SIGKILL)
    _, err = child.communicate(timeout=PATIENCE_SECONDS)
    stored = sqlite.count() - 3
    assert child.returncode == 3
    assert f"A worker died after {stored:,} credentials were issued, which stay." in err.decode()
    assert b"Traceback" not in err
    assert json.loads(sqlite.do("issue", "--json", str(roster))) == {"issued": MORE_ROWS - stored, "skipped": stored}
    require_each_row_once(sqlite, MORE_ROWS)


def workers_of(process: int) -> Iterator[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    for child in children:
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            yield int(child)


def test_imports_of_overlapping_rosters_at_once_issue_each_row_once_in_no_batch_over_its_limit(
    postgresql: Place, tmp_path: Path
) -> None:
    (postgresql.folder / "anchoring.toml").write_text(f"max_batch_size = {LIMIT}\n")
    rosters = {
        roster_of(range(3500), tmp_path / "first.csv"),
        roster_of(range(ROWS - 1, 1499, -1), tmp_path / "last.csv"),
    }
    while rosters:  # one that the other was quicker than is run again, as it says
        running = {roster: postgresql.begin(roster, 2) for roster in rosters}
        for roster, child in running.items():
            _, err = child.communicate(timeout=PATIENCE_SECONDS)
            assert child.returncode == 0 or b"Run the command again" in err, err
            rosters -= {roster} if child.returncode == 0 else set()
    require_each_row_once(postgresql, ROWS)
    assert max(size for (size,) in postgresql.ask("SELECT tree_size FROM batch")) == LIMIT


def test_what_was_issued_on_postgresql_is_anchored_exported_and_verified(postgresql: Place, tmp_path: Path) -> None:
    postgresql.do("issue", "--workers", "2", str(roster_of(range(300), tmp_path / "roster.csv")))

    postgresql.do("anchor", "run")

    [(batch, uuid)] = postgresql.ask("SELECT batch_id, uuid FROM credential ORDER BY id DESC LIMIT 1")
    postgresql.do("export", "--batch", str(batch), "--out", str(tmp_path / "out"))
    exported = sorted((tmp_path / "out").glob("*.json"))
    assert len(exported) == 300
    [mine] = [path for path in exported if uuid in path.name]
    assert json.loads(postgresql.do("verify", "--json", str(mine)))["verdict"] == "verified"
    assert "nothing differs" in postgresql.do("fsck", "--chain")
