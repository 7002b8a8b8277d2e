"""The real job over thousands of random histories: sends, drops, reorganisations, crashes, fees, strangers, clocks.

Chain, store and signer are models in memory; `anchoring.job`, `anchoring.drive` and `anchoring.plan` are the real ones.
What must hold after every event, and what must be reached once the faults stop, stands in `World`.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import random
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from anchoring import drive, job
from anchoring.drive import Desk
from anchoring.job import retry_refused, run
from anchoring.steps import GWEI, Policy
from registry.core.account import Address
from registry.core.digest import Digest, Root, leaf_hash
from registry.core.errors import RegistryError
from registry.core.submission import BatchRef
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential
from registry.services.seal import seal_open_batches
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"anchoring_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def no_bytes(*_: object) -> tuple[()]:
    """The model's signer writes no real transaction, and its blocks have no headers to prove anything against."""
    return ()


chains, stores = _load("model_chain"), _load("model_rows")

LONG = os.environ.get("CREDANCHOR_TEST_PROFILE") == "long"
HISTORIES = 100_000 if LONG else 10_000
PARTS = 8
EVENTS = 14
ROUNDS_TO_RECOVER = 80
CEILING = 50 * GWEI
ISSUER = Address("0x" + "3" * 40)


class Killed(BaseException):
    """The process dies here."""


@dataclass
class World:
    """One history: a chain, a store, two workers, a clock, and the dice."""

    dice: random.Random
    rows: Any = field(default_factory=stores.ModelRows)
    at: datetime = datetime(2026, 11, 22, tzinfo=UTC)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chain = chains.ModelChain(self.rows.is_stored, self.rows.carried)
        self.rows.hook = self._at_commit
        self.commits_left = 0
        """The so-many-th commit from now is the last; 0 is never."""
        self.dies = "before"
        self.guest_in = 0
        """At the so-many-th commit from now another worker comes and does a whole run."""
        self.final: set[int] = set()

    # --- The clock that the job sees

    def now(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        if self.dice.random() < 0.3:
            self.chain.mine()

    # --- What happens

    def seal(self) -> None:
        if isinstance(self.rows, TwinRows):
            self.rows.seal(self.at)
            return
        number = len(self.rows.batches) + 1
        ref = BatchRef(number, ISSUER, Root(Digest(number.to_bytes(32, "big"))), 3)
        self.rows.batches[number] = stores.ModelBatch(ref)

    def work(self, owner: str = "a", wait_seconds: float = 8, *, retry: bool = False) -> None:
        desk = Desk(
            rows=self.rows,
            chain=self.chain,
            signers={chains.SENDER: chains.ModelSigner()},
            clock=self,
            pause=self.pause,
            owner=owner,
            policy=Policy(max_fee_wei=CEILING, resend_after_seconds=30, bump_after_seconds=(60, 120)),
        )
        try:
            if retry or self.dice.random() < 0.2:
                retry_refused(desk)
            run(desk, chains.SENDER, lambda: None, wait_seconds)
        except RegistryError as error:
            self.log.append(f"  {owner}: {error}")
        except Killed:
            self.log.append(f"  {owner}: killed")

    def event(self) -> None:
        name = self.dice.choice(sorted(EVENT_KINDS))
        self.log.append(name)
        EVENT_KINDS[name](self)

    def recover(self) -> None:
        """Stop every fault, and let blocks and minutes pass until all is final."""
        chain = self.chain
        chain.base_fee, chain.may, chain.lag, chain.on_fork, chain.hides_receipts = GWEI, True, 0, False, False
        chain.fails_in, chain.send_fault, self.commits_left, self.guest_in = 0, "", 0, 0
        chain.on_send = lambda: None
        chain.blocks[-1].balance = 10**18
        for _ in range(ROUNDS_TO_RECOVER):
            self.work(self.dice.choice("ab"), retry=True)
            self.at += timedelta(seconds=60)
            chain.mine()
            self.judge()
            if all(row.state is BatchState.FINAL for row in self.rows.batches.values()):
                return
        raise AssertionError("no progress once the faults stopped")

    # --- What must hold at every moment

    def judge(self) -> None:
        for number, row in self.rows.batches.items():
            assert self.chain.successes(number) <= 1, f"batch {number} was anchored and paid for twice"
            carried = row.submission_id is not None
            assert carried or row.state is BatchState.SEALED, f"batch {number} is nobody's"
            if carried:
                refs = self.rows.submission(row.submission_id).what.batches
                assert row.ref in refs, f"batch {number} is not in its submission"
            if row.state is BatchState.FINAL:
                self.final.add(number)
                assert self.chain.holds_finally(number), f"batch {number} is called final and is not"
        assert all(self.rows.batches[number].state is BatchState.FINAL for number in self.final)
        self._judge_attempts()

    def _judge_attempts(self) -> None:
        live = set()
        for submission in self.rows.submissions():
            attempts = self.rows.attempts(submission.id)
            for older, newer in itertools.pairwise(attempts):
                if older.nonce == newer.nonce:
                    assert newer.fees.cap_wei * 10 >= older.fees.cap_wei * 11, "a bump is too small"
                    assert newer.fees.tip_wei * 10 >= older.fees.tip_wei * 11, "a bump is too small"
            assert all(one.fees.cap_wei <= CEILING for one in attempts), "above the ceiling"
            if not submission.finished and submission.nonce is not None:
                live.add(submission.nonce)
        # A reorganisation may bring spent nonces back to life; of those never spent, one at most is live.
        unspent = {nonce for nonce in live if nonce >= self.chain.most_spent}
        assert len(unspent) <= 1, f"more than one live nonce: {unspent}"

    # --- Inside

    def _at_commit(self, moment: str, name: str) -> None:
        if moment == "after" and self.guest_in:
            self.guest_in -= 1
            if not self.guest_in:
                self.log.append(f"  another worker comes after {name}")
                self.at += timedelta(seconds=self.dice.choice((0, 31, 7200)))
                self.work("b")
        if moment == self.dies and self.commits_left:
            self.commits_left -= 1
            if not self.commits_left:
                raise Killed(name)


def crash(world: World) -> None:
    world.commits_left, world.dies = world.dice.randint(1, 6), world.dice.choice(("before", "after"))
    world.work(world.dice.choice("ab"))
    world.commits_left = 0


def crash_around_the_send(world: World) -> None:
    def die() -> None:
        raise Killed("send")

    world.chain.on_send = die
    world.work()
    world.chain.on_send = lambda: None


def silence(world: World) -> None:
    world.chain.fails_in = world.dice.randint(1, 6)
    world.work()
    world.chain.fails_in = 0


def lost_send(world: World) -> None:
    world.chain.send_fault = world.dice.choice(("before", "after"))
    world.work()


def stale(world: World) -> None:
    chain = world.chain
    chain.lag = world.dice.randint(1, min(3, len(chain.blocks)))
    chain.on_fork = world.dice.random() < 0.3
    world.work()
    chain.lag, chain.on_fork = 0, False


def hidden_receipts(world: World) -> None:
    world.chain.hides_receipts = True
    world.work()
    world.chain.hides_receipts = False


def two_workers(world: World) -> None:
    world.guest_in = world.dice.randint(1, 8)
    world.work()
    world.guest_in = 0


def money(world: World) -> None:
    world.chain.blocks[-1].balance = world.dice.choice((0, 10**13, 10**18))


def fees(world: World) -> None:
    world.chain.base_fee = world.dice.choice((GWEI, 5 * GWEI, 20 * GWEI, 90 * GWEI))


def role(world: World) -> None:
    world.chain.may = not world.chain.may


def clock(world: World) -> None:
    world.at += timedelta(seconds=world.dice.choice((-86_400, -40, 40, 400, 7200)))


def competitor(world: World) -> None:
    if world.rows.batches:
        world.chain.stranger_pool.append(world.dice.choice(sorted(world.rows.batches)))


def returning_bytes(world: World) -> None:
    """A node that others forgot still had them, and hands them round again."""
    for tx in list(world.chain.forgotten.values()):
        if tx.ours and tx.nonce >= world.chain.blocks[-1].spent:
            world.chain.pool.setdefault(tx.nonce, tx)


EVENT_KINDS: dict[str, Callable[[World], None]] = {
    "seal": World.seal,
    "work": World.work,
    "work, hurried": lambda world: world.work(wait_seconds=0),
    "work, by another": lambda world: world.work("b"),
    "mine": lambda world: world.chain.mine(world.dice.randint(1, 6)),
    "reorganise": lambda world: world.chain.reorganise(world.dice.randint(1, 4), forget=world.dice.random() < 0.5),
    "drop": lambda world: world.chain.drop_pool(),
    "foreign": lambda world: world.chain.foreign_transaction(),
    "crash": crash,
    "crash around the send": crash_around_the_send,
    "silence": silence,
    "lost send": lost_send,
    "stale": stale,
    "hidden receipts": hidden_receipts,
    "two workers": two_workers,
    "money": money,
    "fees": fees,
    "role": role,
    "clock": clock,
    "competitor": competitor,
    "returning bytes": returning_bytes,
}


def play(seed: int, rows: Any = None, events: int = EVENTS) -> World:
    world = World(random.Random(seed), rows or stores.ModelRows())  # noqa: S311  dice, not secrets
    try:
        world.seal()
        for _ in range(events):
            world.event()
            world.judge()
        world.recover()
    except BaseException:
        sys.stderr.write(f"history {seed}:\n" + "\n".join(world.log) + "\n")
        raise
    return world


def short_call_data(batches: Sequence[BatchRef]) -> bytes:
    """Stand for the ABI's encoding, which nobody decodes here."""
    return ",".join(str(batch.batch_id) for batch in batches).encode()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_batch_is_anchored_once_whatever_happens(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "require_as_asked", no_bytes)
    monkeypatch.setattr(job, "save_state_proofs", no_bytes)
    monkeypatch.setattr(job.contract_calls, "anchor", short_call_data)
    for seed in range(part, HISTORIES, PARTS):
        play(seed)


class TwinRows:
    """The store and its model side by side: both are asked everything, and must say the same."""

    _COMMITS = frozenset(
        ("plan", "claim", "signed", "sent", "mined", "adopted", "finalized", "reorganised", "nonce_lost", "stopped")
    ) | {"released"}

    def __init__(self, url: str) -> None:
        engine = open_engine(url)
        self.engine = engine
        self.model, self.real, self._store = stores.ModelRows(), SubmissionRows(engine), Store(engine)
        self.batches = self.model.batches
        self.is_stored, self.carried = self.model.is_stored, self.model.carried
        self.hook: Callable[[str, str], None] = lambda _moment, _name: None
        issuer = self._store.add_issuer(IssuerRow("one", "did:web:one.example", ISSUER, {}))
        self._store.put_achievement(AchievementRow(issuer.id, "course", {"id": "urn:course"}))
        self.compared = 0

    def seal(self, now: datetime) -> None:
        number = len(self.batches) + 1
        entry = f"credential {number}".encode()
        credential = NewCredential(
            issuer_id=1,
            achievement_id=1,
            uuid=f"{number:032x}",
            row_key=Digest(number.to_bytes(32, "big")),
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=f"{number}",
            status_index=number,
            recipient="somebody",
            issued_at=now,
        )
        self._store.add_credentials([credential], now, 1)
        seal_open_batches(self._store, now)
        (ref,) = (one for one in self.real.unclaimed_batches() if one.batch_id not in self.batches)
        self.batches[ref.batch_id] = stores.ModelBatch(ref)

    def __getattr__(self, name: str) -> Any:
        def ask(*arguments: Any, **named: Any) -> Any:
            commits = name in self._COMMITS
            if commits:
                self.hook("before", name)
            said = [_outcome(getattr(rows, name), arguments, named) for rows in (self.model, self.real)]
            assert said[0] == said[1], name
            self.compared += 1
            kind, value = said[1]
            if kind is not None:
                raise kind(value)
            if commits:
                self.hook("after", name)
            return value

        return ask


def _outcome(function: Callable[..., Any], arguments: Any, named: Any) -> tuple[type[RegistryError] | None, Any]:
    try:
        return None, function(*arguments, **named)
    except RegistryError as error:
        return type(error), ""


@contextmanager
def closing_engine(engine: Any) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


@pytest.mark.parametrize("seed", range(2))
def test_the_store_behaves_as_its_model(seed: int, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "require_as_asked", no_bytes)
    monkeypatch.setattr(job, "save_state_proofs", no_bytes)
    monkeypatch.setattr(job.contract_calls, "anchor", short_call_data)
    twin = TwinRows(database_url)
    with closing_engine(twin.engine):
        play(seed, twin, events=2000 if LONG else 150)
    assert twin.compared > 500
