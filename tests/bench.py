"""A store with sealed batches, issuers on a real chain, and a desk to send from: the `bench` fixture.

`tests/conftest.py` loads this file by its path, after databases.py.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from anchoring import contract_calls
from anchoring.chain import Chain
from anchoring.drive import Desk
from anchoring.endpoints import Endpoints, open_endpoints
from anchoring.rpc import JsonRpc
from anchoring.sender import KeystoreSender
from anchoring.settings import ANCHORING_KEY
from anchoring.steps import Policy
from registry.chain.networks import Network
from registry.core.digest import Digest, leaf_hash
from registry.core.submission import NewSubmission, Purpose
from registry.records import AchievementRow, IssuerRow, NewCredential
from registry.services.seal import seal_open_batches
from registry.settings import write_home_file
from registry.store.engine import open_engine
from registry.store.final_heads import FinalHeads
from registry.store.repository import Store
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from registry.core.submission import BatchRef
    from tests.devnet import LocalChain

PASSPHRASE = "correct horse"
MINING_SECONDS = 20.0
"""Longest wait for a node that mines by itself."""


@dataclass
class FakeClock:
    """A clock that moves when told to, or when somebody pauses."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Killed(BaseException):
    """The process dies here."""


class FaultyRpc:
    """The real endpoint, behind something that can fail before or after it did as asked."""

    def __init__(self, rpc: JsonRpc) -> None:
        self._rpc = rpc
        self.name = rpc.name
        self.before: dict[str, BaseException] = {}
        self.after: dict[str, BaseException] = {}
        self.answers: dict[str, object] = {}
        self.calls: list[str] = []
        self._lift: dict[str, int] = {}

    def lift_after(self, count: int, method: str = "eth_sendRawTransaction") -> None:
        """Let the fault before `method` hit `count` times only."""
        self._lift[method] = count

    def close(self) -> None:
        self._rpc.close()

    def call(self, method: str, params: Sequence[object] = ()) -> Any:
        self.calls.append(method)
        if method in self.before:
            fault = self.before[method]
            if method in self._lift and self.calls.count(method) >= self._lift[method]:
                del self.before[method]
            raise fault
        result = self.answers.get(method, ...)
        if result is ...:
            result = self._rpc.call(method, params)
        if method in self.after:
            raise self.after[method]
        return result


class DyingRows(SubmissionRows):
    """The real store, in a process that dies just before or just after one of its commits."""

    def __init__(self, rows: SubmissionRows, commit: str, moment: str) -> None:
        super().__init__(rows.engine)
        self._commit, self._moment, self._dead = commit, moment, False

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name == "engine":
            return super().__getattribute__(name)
        if self._dead:
            raise Killed(name)
        found = super().__getattribute__(name)
        return self._dying(found) if name == self._commit else found

    def _dying(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def die(*arguments: object, **named: object) -> None:
            if self._moment == "after":
                method(*arguments, **named)
            self._dead = True
            raise Killed(self._commit)

        return die


@dataclass
class Bench:
    """A store, a chain, one anchoring key and any number of issuers."""

    local: LocalChain
    store: Store
    rows: SubmissionRows
    folder: Path
    sender: KeystoreSender
    clock: FakeClock
    rpc: FaultyRpc
    network: Network
    policy: Policy = field(default_factory=Policy)
    killed = Killed
    opened: list[Endpoints] = field(default_factory=list)

    def desk(self, **changes: object) -> Desk:
        usual = Desk(
            rows=self.rows,
            chain=self.chain_of(),
            signers={self.sender.address: self.sender},
            clock=self.clock,
            pause=self.clock.pause,
            owner="worker",
            policy=self.policy,
        )
        return replace(usual, **changes)

    def new_issuer(self, *, delegate: bool = True) -> IssuerRow:
        account, _ = self.local.new_account()
        slug = secrets.token_hex(4)
        self.local.transact(account, contract_calls.register_issuer(f"did:web:{slug}.example"))
        if delegate:
            roles = contract_calls.ANCHOR_ROLE
            self.local.transact(account, contract_calls.set_delegate(account, self.sender.address, roles))
        issuer = self.store.add_issuer(IssuerRow(slug, f"did:web:{slug}.example", account, {}))
        self.store.put_achievement(AchievementRow(issuer.id, "course", {"id": f"urn:{slug}"}))
        return issuer

    def issue(self, issuer: IssuerRow, count: int = 3, store: Store | None = None) -> None:
        """Put credentials into the issuer's open batch, in another store if one is given."""
        into = store or self.store
        achievement = into.achievements(issuer.id)[0].id
        first = into.credential_count(issuer.id)
        new = [self._credential(issuer.id, achievement, first + at) for at in range(count)]
        into.add_credentials(new, self.clock.now(), 2**20)

    def sealed_batch(self, count: int = 3) -> IssuerRow:
        issuer = self.new_issuer()
        self.issue(issuer, count)
        self.seal()
        return issuer

    def plan_each(self) -> list[int]:
        """Plan a submission of its own for every free batch, as if workers had died after planning."""
        return [self.rows.plan(self.anchoring([one]), self.clock.now()).id for one in self.rows.unclaimed_batches()]

    def anchoring(self, batches: Sequence[BatchRef]) -> NewSubmission:
        data = contract_calls.anchor(batches)
        chain, contract = self.network.chain_id, self.network.contract
        return NewSubmission(Purpose.ANCHOR, "anchor", chain, contract, self.sender.address, data, tuple(batches))

    def home(self) -> dict[str, str]:
        """Make a home folder around store, chain and key; return the environment of a process that works in it."""
        home = self.folder / "home"
        if not home.exists():
            (home / "keys").mkdir(parents=True)
            write_home_file(home, base_url="http://localhost:9", network="local")
            shutil.copy(self.sender.keystore, home / "keys" / ANCHORING_KEY)
            entry = f'[local]\nrpc_urls = ["{self.local.rpc}"]\ncontract = "{self.local.contract}"\n'
            (home / "networks.toml").write_text(entry, "utf-8")
        return {
            "CREDANCHOR_HOME": str(home),
            "CREDANCHOR_DATABASE_URL": self.rows.engine.url.render_as_string(hide_password=False),
            "CREDANCHOR_PASSPHRASE": PASSPHRASE,
        }

    def seal(self) -> list[int]:
        return seal_open_batches(self.store, self.clock.now())

    def dying(self, commit: str, moment: str) -> DyingRows:
        return DyingRows(self.rows, commit, moment)

    def kill(self, method: str, moment: str) -> None:
        faults = self.rpc.before if moment == "before" else self.rpc.after
        faults[method] = Killed(method)

    def chain_of(self, **changes: object) -> Chain:
        network = replace(self.network, **changes)
        finals = FinalHeads(self.rows.engine)
        if changes.keys() & {"chain_id", "rpc_urls"}:
            self.opened.append(open_endpoints(network))
            return Chain(self.opened[-1], network, finals)
        return Chain(Endpoints([self.rpc], 1, title=network.title), network, finals)

    def sender_with(self, passphrase: str) -> KeystoreSender:
        return KeystoreSender(self.sender.keystore, lambda: passphrase)

    def other_sender(self) -> KeystoreSender:
        """Return a funded key that no issuer knows."""
        _, key = self.local.new_account()
        return write_keystore(self.folder / f"{secrets.token_hex(4)}.json", key)

    def anchored_events(self, issuer: IssuerRow) -> list[dict[str, Any]]:
        topic = "0x" + keccak(b"Anchored(address,bytes32,uint64,address)").hex()
        who = "0x" + "0" * 24 + issuer.account[2:]
        wanted = {"fromBlock": "0x0", "address": self.local.contract, "topics": [topic, who]}
        found: list[dict[str, Any]] = self.local.call("eth_getLogs", wanted)
        return found

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for what the node does by itself: it mines a transaction a moment after it took it."""
        until = time.monotonic() + MINING_SECONDS
        while not condition():
            assert time.monotonic() < until, "the node mined nothing"
            time.sleep(0.01)

    def spent_nonces(self) -> int:
        return int(self.local.call("eth_getTransactionCount", self.sender.address, "latest"), 16)

    def _credential(self, issuer_id: int, achievement_id: int, index: int) -> NewCredential:
        uuid = secrets.token_hex(16)
        entry = json.dumps({"id": f"urn:uuid:{uuid}", "salt": secrets.token_hex(40)}).encode()
        return NewCredential(
            issuer_id=issuer_id,
            achievement_id=achievement_id,
            uuid=uuid,
            row_key=Digest(secrets.token_bytes(32)),
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=secrets.token_hex(8),
            status_index=index,
            recipient="somebody",
            issued_at=self.clock.now(),
        )


def network_of(local: LocalChain, **changes: object) -> Network:
    network = Network("local", "a local test chain", "local", 31337, local.contract, (local.rpc,), None, ())
    return replace(network, **changes)


def write_keystore(path: Path, key: str) -> KeystoreSender:
    path.write_text(json.dumps(Account.encrypt(key, PASSPHRASE, kdf="pbkdf2", iterations=2)), "utf-8")
    return KeystoreSender(path, lambda: PASSPHRASE)


@pytest.fixture
def bench_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of the bench's database: SQLite, unless the test is parametrised with `on_both_databases`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = sys.modules["tests_databases"].new_database(request.getfixturevalue("postgres_url"))
    return url


on_both_databases = pytest.mark.parametrize("bench_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def bench(devnet: LocalChain, tmp_path: Path, bench_url: str) -> Iterator[Bench]:
    """Give a fresh store and a fresh, funded anchoring key on the shared chain."""
    engine = open_engine(bench_url)
    _, key = devnet.new_account()
    network = network_of(devnet)
    rpc = JsonRpc(devnet.rpc, network.chain_id, title=network.title)
    sender = write_keystore(tmp_path / "anchoring.json", key)
    rows = SubmissionRows(engine)
    made = Bench(devnet, Store(engine), rows, tmp_path, sender, FakeClock(), FaultyRpc(rpc), network)
    yield made
    for one in (rpc, *made.opened):
        one.close()
    engine.dispose()
