"""Issuing in chunks, here and in other processes: every row once, whatever dies; what is doubted goes alone."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from registry.cli import roster_check
from registry.cli.roster_source import source_of
from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.core.errors import RosterError, StoreConflictError, StoreUnavailableError
from registry.credentials import kept_rows
from registry.credentials.roster import read_roster
from registry.credentials.signing import verify_proof
from registry.records import AchievementRow, IssuerRow
from registry.services import status_indices
from registry.services.catalogue import Catalogue
from registry.services.issue import Issuance
from registry.services.signer import Signer
from registry.services.workers import SameProcess, WorkerDiedError, open_workers
from registry.store.credential_rows import Importing
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registry.services.storing import Progress

worlds = sys.modules["services_world"]  # loaded by tests/conftest.py
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ACHIEVEMENT = {
    "id": "urn:a",
    "type": ["Achievement"],
    "name": "Data",
    "description": "Reads data.",
    "criteria": {"narrative": "Four projects."},
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(open_engine(f"sqlite:///{tmp_path / 'issue.db'}"))
    issuer = made.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), PROFILE))
    made.put_achievement(AchievementRow(issuer.id, "data", ACHIEVEMENT))
    return made


NAMES = ("data", "cloud")
PROFILE_OF_TWO = {"id": "did:web:two.example", "type": ["Profile"], "name": "Second University"}
PROFILE = {"id": "did:web:uni.example", "type": ["Profile"], "name": "Example University"}


def issuance(store: Store, key: Any) -> Issuance:
    return Issuance(
        store=store,
        catalogue=Catalogue(store),
        signer_of=lambda row: Signer(key.key, f"{row.did}#{key.public.multibase}"),
        base_url="https://uni.example",
        now=worlds.NOW,
        default_achievement="data",
    )


def rows(count: int) -> list[Any]:
    text = HEADER + "".join(f"data,s{at}@x.example,S,{at},2026-06-30\n" for at in range(count))
    return list(read_roster([text.encode()], file="roster.csv", overrides=[]).results)


def recipients(store: Store) -> list[str]:
    return sorted(one.recipient for one in store.credentials())


def require_each_once(store: Store, count: int) -> None:
    assert recipients(store) == sorted(f"mailto:s{at}@x.example" for at in range(count))
    for one in store.credentials():
        assert leaf_hash(one.entry or b"") == one.leaf_hash
        document = json.loads(one.entry or b"")
        assert document["id"] == one.credential_id
        assert verify_proof(document).outcome == "passed"
        position = int(document["credentialStatus"]["statusListIndex"])
        assert position == status_indices.list_position(one.status_index or 0)


@pytest.mark.parametrize("workers", [0, 2])
def test_every_row_is_issued_once_by_any_number_of_processes(
    store: Store, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 7)
    with open_workers(workers) as opened:
        progress = list(issuance(store, worlds.new_issuer()).run(rows(50), opened.executor))
    assert [one.issued for one in progress] == [7, 14, 21, 28, 35, 42, 49, 50]
    require_each_once(store, 50)


def test_a_row_that_comes_again_before_it_is_stored_is_issued_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 4)
    [*_, done] = issuance(store, worlds.new_issuer()).run(rows(4) + rows(6))
    assert (done.issued, done.skipped) == (6, 4)
    require_each_once(store, 6)


def test_a_row_that_comes_again_among_those_that_are_looked_up_together_is_issued_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 4)
    monkeypatch.setattr("registry.services.issue.STORED_SHARE", 1)  # as many at once as there are already
    asked: list[int] = []
    look_up = store.known_row_keys
    monkeypatch.setattr(store, "known_row_keys", lambda keys: asked.append(len(keys)) or look_up(keys))
    [*_, done] = issuance(store, worlds.new_issuer()).run(rows(9) + rows(12) + rows(30))
    assert max(asked) > 8
    assert (done.issued, done.skipped) == (30, 21)
    require_each_once(store, 30)


def test_a_row_that_stands_twice_among_those_looked_up_together_is_prepared_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 4)
    monkeypatch.setattr("registry.services.issue.STORED_SHARE", 1)
    monkeypatch.setattr(Issuance, "settled", lambda *_: pytest.fail("the store had to refuse it"))
    [*_, done] = issuance(store, worlds.new_issuer()).run(rows(16) + 2 * rows(20)[16:])
    assert (done.issued, done.skipped) == (20, 4)
    require_each_once(store, 20)


def test_a_worker_that_is_killed_is_told_and_a_second_run_issues_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 5)
    key = worlds.new_issuer()
    with open_workers(2) as opened:
        progress = issuance(store, key).run(rows(60), opened.executor)
        next(progress)
        for process in list(opened.executor._pool._processes.values()):  # type: ignore[attr-defined]
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(WorkerDiedError, match=r"after [\d,]+ credentials were issued, which stay\. Run the same"):
            list(progress)
    stored = len(recipients(store))
    assert 5 <= stored < 60
    [*_, done] = issuance(store, key).run(rows(60))
    assert (done.issued, done.skipped) == (60 - stored, stored)
    require_each_once(store, 60)


@pytest.mark.xdist_group("cluster")
def test_a_cluster_that_loses_a_worker_issues_every_row_once(
    store: Store, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 50)
    with open_workers(None, cluster.address) as opened:
        progress = issuance(store, worlds.new_issuer()).run(rows(2000), opened.executor)
        next(progress)
        killed = cluster.kill_a_worker()
        [*_, done] = progress
    assert (done.issued, done.skipped) == (2000, 0)
    require_each_once(store, 2000)
    assert killed not in cluster.asked(os.getpid)


@pytest.mark.xdist_group("cluster")
def test_rows_that_kill_every_worker_of_a_cluster_are_told_and_what_is_stored_stays(
    store: Store, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 5)
    key = worlds.new_issuer()
    with open_workers(None, cluster.address) as opened:
        list(issuance(store, key).run(rows(5), opened.executor))
        monkeypatch.setattr("registry.services.issue.prepare", lambda _: os.kill(os.getpid(), 9))
        with pytest.raises(WorkerDiedError, match=r"which stay\. Run the same.*2 different workers.*worker logs"):
            list(issuance(store, key).run(rows(60), opened.executor))
    assert len(recipients(store)) == 5
    monkeypatch.undo()
    [*_, done] = issuance(store, key).run(rows(60))
    assert (done.issued, done.skipped) == (55, 5)
    require_each_once(store, 60)


def test_workers_do_not_outlive_the_process_they_work_for() -> None:
    program = (
        "import os\nfrom registry.services.workers import open_workers\n"
        "if __name__ == '__main__':\n"
        "    with open_workers(2) as workers:\n"
        "        print(*{workers.executor.submit(os.getpid).result() for _ in range(20)}, flush=True)\n"
        "        os.kill(os.getpid(), 9)\n"
    )
    workers = run_program(program)
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers
    assert not any(map(is_alive, workers))


def run_program(program: str) -> list[int]:
    import subprocess  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(program)
        file.flush()
        done = subprocess.run([sys.executable, file.name], capture_output=True, text=True, check=False)  # noqa: S603
    return [int(number) for number in done.stdout.split()]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


MIXED = [f"data,s{at}@x.example,S,{at},{'2026-06-30' if at % 5 else 'never'}" for at in range(24)]
"""Every fifth row fails; all others are good."""


@pytest.mark.parametrize("first", [0, 1, 7, 19, 24])
@pytest.mark.parametrize("kept", [0, 60, 10_000])
def test_good_rows_come_once_and_in_order_however_many_are_taken_before_all_are_checked(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, kept: int
) -> None:
    monkeypatch.setattr(kept_rows, "BLOCK_ROWS", 2)
    monkeypatch.setattr(roster_check, "MAX_KEPT_BYTES", kept)
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + "\n".join(MIXED) + "\n")
    source = source_of(roster, mapping=None, overrides=[], achievement=None, awarded_on=None)
    check = roster_check.RosterCheck(source, issuance(store, worlds.new_issuer()), skip_bad=True)
    rows = check.rows()
    taken = list(islice(rows, first))
    checked = check.finish()
    assert (checked.good, checked.failed) == (19, 5)
    assert [row.recipient.email for row in (*taken, *rows)] == [f"s{at}@x.example" for at in range(24) if at % 5]


def test_rows_are_prepared_while_others_are_checked_and_none_is_signed_if_one_fails(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 3)
    monkeypatch.setattr("registry.services.issuing.AHEAD", 2)
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + "\n".join([*MIXED[1:5], *MIXED[6:10], MIXED[0]]) + "\n")
    source = source_of(roster, mapping=None, overrides=[], achievement=None, awarded_on=None)
    signs = issuance(store, worlds.new_issuer())
    check = roster_check.RosterCheck(source, signs, skip_bad=False)
    with open_workers(2) as opened:
        issuing = signs.begin(check.rows(), opened.executor)
        assert [len(parts[0].prepared.result()) for _, parts in issuing.waiting] == [3, 3]
        with pytest.raises(RosterError, match="row 10"):
            check.finish()
    assert recipients(store) == []


def test_a_chunk_that_cannot_be_stored_is_raised_and_those_before_it_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 4)
    key = worlds.new_issuer()
    whole = Importing.add_credentials
    stored: list[int] = []

    def taken_meanwhile(self: Importing, credentials: Any, *rest: Any) -> None:
        if stored:
            raise StoreUnavailableError("The disk is full.")
        stored.append(len(credentials))
        whole(self, credentials, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Importing, "add_credentials", taken_meanwhile)
        progress = issuance(store, key).run(rows(20))
        assert next(progress).issued == 4
        with pytest.raises(StoreUnavailableError, match="full"):
            list(progress)
    [*_, done] = issuance(store, key).run(rows(20))
    assert (done.issued, done.skipped) == (16, 4)
    require_each_once(store, 20)


@pytest.fixture
def two_stores(database_url: str) -> Iterator[tuple[Store, Store]]:
    """Give one database opened twice, as two processes open it."""
    first, second = Store(open_engine(database_url)), Store(open_engine(database_url))
    issuer = first.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), PROFILE))
    first.put_achievement(AchievementRow(issuer.id, "data", ACHIEVEMENT))
    yield first, second
    first.engine.dispose()
    second.engine.dispose()


def test_two_imports_of_one_issuer_side_by_side_issue_every_row_once(
    two_stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 5)
    monkeypatch.setattr(status_indices, "LIST_ENTRIES", 64)
    monkeypatch.setattr(status_indices, "FILLED_ENTRIES", 32)
    key, everybody = worlds.new_issuer(), rows(120)
    settled: list[int] = []
    whole = Issuance.settled
    monkeypatch.setattr(Issuance, "settled", lambda self, signed: settled.append(1) or whole(self, signed))

    def import_into(store: Store, some: list[Any]) -> Progress:
        [*_, done] = issuance(store, key).run(some)
        return done

    with ThreadPoolExecutor(2) as threads:  # thirty rows are in both rosters
        one, other = threads.map(import_into, two_stores, (everybody[:75], everybody[45:]))
    assert (one.issued + other.issued, one.skipped + other.skipped) == (120, 30)
    require_each_once(two_stores[0], 120)
    assert settled, "they were in each other's way"


def test_rows_of_two_issuers_are_counted_once_if_only_one_of_them_was_stored_by_another(
    two_stores: tuple[Store, Store],
) -> None:
    store, other = two_stores
    second = store.add_issuer(IssuerRow("two", "did:web:two.example", Address("0x" + "2" * 40), PROFILE_OF_TWO))
    store.put_achievement(AchievementRow(second.id, "cloud", ACHIEVEMENT))
    text = HEADER + "".join(f"{name},{name}{at}@x.example,S,{at},2026-06-30\n" for at in range(3) for name in NAMES)
    mixed = list(read_roster([text.encode()], file="roster.csv", overrides=[]).results)
    key = worlds.new_issuer()
    issuing = issuance(store, key).begin(mixed)  # type: ignore[arg-type]
    issuing.prepare_ahead()  # it looked for these rows, and found none
    [*_, quicker] = issuance(other, key).run(mixed[1:2])  # type: ignore[arg-type]
    [*_, done] = issuing.finish()
    assert quicker.issued == 1
    assert (done.issued, done.skipped) == (5, 1)
    assert len(recipients(store)) == 6


def test_a_conflict_that_does_not_end_is_raised(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise StoreConflictError("Another process is always quicker.")

    monkeypatch.setattr(Importing, "add_credentials", never)
    with pytest.raises(StoreConflictError, match="always quicker"):
        list(issuance(store, worlds.new_issuer()).run(rows(2)))


def test_a_document_that_cannot_be_signed_names_its_row(store: Store) -> None:
    bad = {**ACHIEVEMENT, "id": "urn:b", "colour": "blue"}
    store.put_achievement(AchievementRow(store.issuers()[0].id, "bad", bad))
    text = HEADER + "bad,a@x.example,A,A,2026-06-30\n"
    bad_rows = read_roster([text.encode()], file="roster.csv", overrides=[]).results
    with pytest.raises(RosterError, match=r"row 2.*colour"):
        list(issuance(store, worlds.new_issuer()).run(bad_rows))  # type: ignore[arg-type]
    assert recipients(store) == []


def test_a_row_awarded_before_the_achievement_was_offered_is_not_prepared(store: Store) -> None:
    offered = {"type": "Alignment", "targetName": "x", "targetUrl": "https://x.example", "targetCode": "2026-07-01"}
    document = {**ACHIEVEMENT, "alignment": [{**offered, "targetType": "ext:OfferedFrom"}]}
    store.put_achievement(AchievementRow(store.issuers()[0].id, "data", document))
    with pytest.raises(RosterError, match="offered from 2026-07-01"):
        list(issuance(store, worlds.new_issuer()).run(rows(1)))
    assert recipients(store) == []


def test_a_defect_of_bulk_signing_is_reported_and_the_credential_is_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.credentials.graph_template.GraphTemplate.filled", lambda *_: b"another graph")
    [done] = issuance(store, worlds.new_issuer()).run(rows(3))
    assert done.issued == 3
    assert len(done.defects) == 1
    require_each_once(store, 3)


def test_what_goes_wrong_in_this_process_is_raised_where_the_result_is_asked_for() -> None:
    future = SameProcess().submit(int, "x")
    with pytest.raises(ValueError, match="invalid literal"):
        future.result()


def test_a_worker_knows_nothing_of_what_the_parent_was_told_by_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE", "correct horse")

    with open_workers(2) as opened:
        assert opened.executor.submit(os.getenv, "CREDANCHOR_PASSPHRASE").result() is None
