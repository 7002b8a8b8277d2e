"""A restored copy older than the chain signs nothing for what the chain holds already, whatever happened since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from anchoring.chain import Chain
from anchoring.drive import LEASE_SECONDS
from anchoring.endpoints import Endpoints
from anchoring.job import run
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.engine import open_engine
from registry.store.final_heads import FinalHeads
from registry.store.repository import Store
from registry.store.snapshot import consistent, load_snapshot, row_counts, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anchoring.job import RunReport
    from tests.bench import Bench

pytestmark = pytest.mark.chain

ON, OFF = (True,), (False,)


class Copies:
    """Backups of the bench's store, and jobs run on what was restored from them."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench = bench
        self._folder = folder
        self._opened: list[Store] = []
        self._rows: dict[Path, dict[str, int]] = {}

    def taken(self) -> Path:
        """Take a snapshot as `backup` does."""
        path = self._folder / f"snapshot-{len(list(self._folder.iterdir()))}.db"
        with consistent(self._bench.store.engine) as connection:
            self._rows[path] = row_counts(connection)
            take_snapshot(connection, path, lambda _: None)
        return path

    def restored(self, snapshot: Path) -> Store:
        """Load a snapshot into a new database as `restore` does."""
        store = Store(open_engine(f"sqlite:///{snapshot}.restored"))
        load_snapshot(snapshot, store.engine, self._rows[snapshot], lambda _: None)
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.engine.dispose()


@pytest.fixture
def copies(bench: Bench, tmp_path: Path) -> Iterator[Copies]:
    (tmp_path / "copies").mkdir()
    made = Copies(bench, tmp_path / "copies")
    yield made
    made.close()


def run_job(bench: Bench, **changes: Any) -> RunReport:
    return run(bench.desk(**changes), bench.sender.address, bench.seal, 10)


def run_copy(bench: Bench, store: Store) -> RunReport:
    """Run the job on a restored store; opening the key there fails the test."""
    bench.clock.pause(LEASE_SECONDS)
    locked = {bench.sender.address: bench.sender_with("nobody knows it")}
    chain = Chain(Endpoints([bench.rpc], 1, title="the copy's view"), bench.network, FinalHeads(store.engine))
    desk = bench.desk(rows=store.submissions, chain=chain, owner="the restored copy", signers=locked)
    return run(desk, bench.sender.address, lambda: None, 10)


def stopped_at(bench: Bench, moment: str) -> None:
    """Bring the original to a state of its submission, as a process that dies there leaves it."""
    if moment == "sealed":
        bench.seal()
        return
    commit, when = {
        "planned": ("plan", "after"),
        "signed": ("signed", "after"),
        "sent-and-not-noted": ("sent", "before"),
        "sent": ("sent", "after"),
        "mined": ("mined", "after"),
        "final": ("finalized", "after"),
    }[moment]
    with pytest.raises(bench.killed):
        run_job(bench, rows=bench.dying(commit, when))
    bench.clock.pause(LEASE_SECONDS)


def ends_final_for_nothing(bench: Bench, store: Store) -> None:
    nonces = bench.spent_nonces()
    report = run_copy(bench, store)
    assert not report.needs_person
    assert {batch.state for batch in store.batches()} == {BatchState.FINAL}
    assert {one.state for one in store.submissions.submissions()} <= {SubmissionState.FINALIZED}
    assert bench.spent_nonces() == nonces


MOMENTS = ["sealed", "planned", "signed", "sent-and-not-noted", "sent", "mined", "final"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_copy_of_any_moment_finds_the_anchor_that_the_original_made_since(
    bench: Bench, copies: Copies, moment: str
) -> None:
    issuer = bench.sealed_batch()
    stopped_at(bench, moment)
    snapshot = copies.taken()
    run_job(bench, owner="the original")
    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]

    ends_final_for_nothing(bench, copies.restored(snapshot))

    assert len(bench.anchored_events(issuer)) == 1


@pytest.mark.parametrize("moment", ["planned", "signed", "sent"])
def test_a_copy_finds_the_anchor_also_when_fees_were_raised_and_later_nonces_used_since(
    bench: Bench, copies: Copies, moment: str
) -> None:
    issuer = bench.sealed_batch()
    bench.local.call("evm_setAutomine", *OFF)
    try:
        stopped_at(bench, moment)
        snapshot = copies.taken()
        run(bench.desk(owner="the original"), bench.sender.address, bench.seal, 0)
        bench.clock.pause(400)
        run(bench.desk(owner="the original"), bench.sender.address, bench.seal, 0)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")
    (submission,) = bench.rows.submissions()
    assert len(bench.rows.attempts(submission.id)) > 1
    run_job(bench, owner="the original")
    others = [bench.sealed_batch() for _ in range(2)]
    run_job(bench, owner="the original")

    restored = copies.restored(snapshot)
    ends_final_for_nothing(bench, restored)

    assert [len(bench.anchored_events(one)) for one in (issuer, *others)] == [1, 1, 1]
    assert len(restored.batches()) == 1


def test_a_copy_goes_on_with_batches_of_its_own_under_the_next_free_nonce(bench: Bench, copies: Copies) -> None:
    bench.sealed_batch()
    stopped_at(bench, "signed")
    snapshot = copies.taken()
    run_job(bench, owner="the original")
    restored = copies.restored(snapshot)
    ends_final_for_nothing(bench, restored)
    before = bench.spent_nonces()

    bench.store, bench.rows = restored, restored.submissions
    later = bench.sealed_batch()
    run_job(bench, owner="the restored copy")

    assert len(bench.anchored_events(later)) == 1
    assert bench.spent_nonces() == before + 1
    assert {batch.state for batch in restored.batches()} == {BatchState.FINAL}


def test_two_copies_of_a_signed_transaction_that_was_never_sent_anchor_once(bench: Bench, copies: Copies) -> None:
    issuer = bench.sealed_batch()
    stopped_at(bench, "signed")
    restored = copies.restored(copies.taken())

    run_copy(bench, restored)
    run_job(bench, owner="the original")

    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1
    assert [batch.state for store in (bench.store, restored) for batch in store.batches()] == [BatchState.FINAL] * 2
