"""A stage for one fault: a home with credentials issued and nothing anchored, a chain behind a proxy, an account.

Making a home by the real commands takes seconds, so it is made once; each stage is a copy of it, on the chain as it
was then (evm_revert). Tests of this folder have a chain of their own, since going back would pull it from under others.

    def test_...(stage):                              # SQLite; theatre.stage("postgresql") for the other
        stage.proxy.drop("eth_sendRawTransaction", "after")
        ended = stage.anchor()                        # one `credanchor anchor run`, as a process
        stage.recover()                               # the faults end; the job runs until there is nothing to do
        assert stage.judge(final=True).problems == []
"""

from __future__ import annotations

import json
import secrets
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_account import Account

from registry.core.account import Address
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from registry.core.submission import Attempt, Submission
    from tests.devnet import LocalChain
    from tests.faults.job_process import Ended, JobProcess, Processes
    from tests.faults.proxy import Proxy
    from tests.faults.verdict import Verdict

PASSPHRASE = "correct horse battery"
DONE = frozenset({0, 4})
"""Exit codes of `anchor run`: all is final; there was nothing to do."""
LATER_SECONDS = 31.0
"""How much later a job is started again, unless told otherwise: a second more than a lease."""


@dataclass
class Stage:
    """One home in front of one chain, for one fault."""

    folder: Path
    """The home folder."""
    database_url: str
    chain: LocalChain
    """The node itself: what is asked here is not disturbed."""
    proxy: Proxy
    """What the home's networks.toml names."""
    processes: Processes
    issuer: Address
    """The issuer's account."""
    sender: Address
    """The anchoring account."""
    credentials: int
    """How many were issued."""
    start_block: int
    start_balance: int
    foreign: set[str] = field(default_factory=set)
    """Hashes of transactions of the anchoring account that are not the store's: the test's own."""
    fresh: bool = False
    """Whether the job starts again in a new interpreter."""
    recovered_seconds: float = 0.0
    """From the start to the end of the process that ended with nothing left to do."""
    job: JobProcess | None = None
    """The process that was started last."""

    def start(self, *arguments: str, environment: dict[str, str] | None = None, **options: Any) -> JobProcess:
        """Start a command; the options are those of `Processes.start`."""
        given = {
            "CREDANCHOR_HOME": str(self.folder),
            "CREDANCHOR_DATABASE_URL": self.database_url,
            "CREDANCHOR_PASSPHRASE": PASSPHRASE,
            **(environment or {}),
        }
        self.job = self.processes.start(*arguments, environment=given, **options)
        return self.job

    def run(self, *arguments: str, **options: Any) -> Ended:
        """Run a command to its end."""
        return self.start(*arguments, **options).wait()

    def anchor(self, **options: Any) -> Ended:
        """Run `credanchor anchor run` to its end."""
        return self.run("anchor", "run", **options)

    def recover(self, later_seconds: float = LATER_SECONDS, **options: Any) -> Ended:
        """Let the faults of the proxy end, and run the job once, or twice if the first leaves something to do.

        `later_seconds` after the fault, when the lease of a process that died is over.
        """
        options = {"later_seconds": later_seconds, "fresh": self.fresh, **options}
        raws = list(self.proxy.raws)
        self.proxy.reset()
        self.proxy.raws += raws
        ended = self.anchor(**options)
        if ended.code not in DONE:
            ended = self.anchor(**options)
        assert ended.code in DONE, ended
        self.recovered_seconds = ended.seconds
        return ended

    def judge(self, **expected: Any) -> Verdict:
        """Return the verdict (verdict.py)."""
        judged: Verdict = sys.modules["tests_faults_verdict"].judge(self, **expected)
        return judged

    def open_store(self) -> Store:
        """Open the store; dispose of its engine afterwards."""
        return Store(open_engine(self.database_url))

    def balance(self) -> int:
        """Return what the anchoring account holds, in wei."""
        return int(self.chain.call("eth_getBalance", self.sender, "latest"), 16)

    def key(self, name: str = "anchoring") -> str:
        """Return a key of the home as hex, to act as its owner behind its back."""
        content = json.loads((self.folder / "keys" / f"{name}.json").read_text("utf-8"))
        return "0x" + bytes(Account.decrypt(content, PASSPHRASE)).hex()

    def tick(self, count: int = 1) -> None:
        """Mine blocks."""
        self.chain.call("anvil_mine", hex(count), "0x1")

    def automine(self, *, on: bool) -> None:
        """Let transactions be mined at once, or wait in the pool for `tick`."""
        self.chain.call("evm_setAutomine", on)

    def submissions(self) -> list[Submission]:
        """Return what the store holds."""
        store = self.open_store()
        found = store.submissions.submissions()
        store.engine.dispose()
        return [one for one in found if one.what.batches]

    def attempts(self) -> list[Attempt]:
        """Return every signed attempt to anchor."""
        mine = self.submissions()
        store = self.open_store()
        found = [attempt for one in mine for attempt in store.submissions.attempts(one.id)]
        store.engine.dispose()
        return found

    def spend_nonces(self, count: int = 1) -> None:
        """Let the owner of the anchoring key use it for something else, `count` times."""
        self.chain.call("anvil_impersonateAccount", self.sender)
        for _ in range(count):
            transfer = {"from": self.sender, "to": self.sender, "value": "0x0"}
            self.foreign.add(self.chain.call("eth_sendTransaction", transfer))
        self.chain.call("anvil_stopImpersonatingAccount", self.sender)

    def set_network(self, **members: object) -> None:
        """Change members of the home's network, for example kind="test" or rpc_urls=[...]."""
        usual = {"rpc_urls": [self.proxy.url], "contract": self.chain.contract}
        text = "\n".join(f"{name} = {json.dumps(value)}" for name, value in {**usual, **members}.items())
        (self.folder / "networks.toml").write_text(f"[local]\n{text}\n", "utf-8")


@dataclass
class Tally:
    """What the runs of the matrix came to; `make faults` prints it."""

    runs: int = 0
    passed: int = 0
    double_anchors: int = 0
    lost_leaves: int = 0
    recovered_seconds: list[float] = field(default_factory=list)
    """Of each run: the process that was started after the fault, from its start to its end."""
    waited_seconds: list[float] = field(default_factory=list)
    """The same, started at once after a kill, so that the dead process's lease has to end first."""

    def add(self, other: Tally) -> None:
        """Add another tally."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def lines(self) -> list[str]:
        """Return what to print."""
        lines = [
            f"{self.passed} of {self.runs} runs passed: a fault, a restart, a verdict from chain and store",
            f"{self.double_anchors} double anchors, {self.lost_leaves} lost leaves",
        ]
        for seconds, what in (
            (self.recovered_seconds, "from restart to recovered, the lease of the dead process being over"),
            (self.waited_seconds, "from restart to recovered, started at once: the lease of 30 s ends first"),
        ):
            if seconds:
                middle, most = statistics.median(seconds), max(seconds)
                lines.append(f"{what}: median {middle:.1f} s, longest {most:.1f} s, of {len(seconds)}")
        return lines


@dataclass(frozen=True)
class Template:
    """A home to be copied."""

    folder: Path
    database: str
    """Its file's name below the folder (SQLite), or the database's name (PostgreSQL)."""
    issuer: Address
    sender: Address
    credentials: int


@dataclass
class Theatre:
    """The chain, the proxy and the templates of a session; sets one stage after another."""

    folder: Path
    chain: LocalChain
    proxy: Proxy
    processes: Processes
    postgres_url: Callable[[], str]
    """Starts PostgreSQL when it is first asked."""
    roster: Path
    """What is issued."""
    achievement: Path
    fresh: bool
    """Whether jobs start again in a new interpreter."""
    tally: Tally = field(default_factory=Tally)
    templates: dict[str, Template] = field(default_factory=dict)
    trails: dict[str, list[str]] = field(default_factory=dict)
    snapshot: str = ""

    def stage(self, store: str = "sqlite") -> Stage:
        """Set the chain back, copy the home, and give both; `store` is sqlite or postgresql."""
        self._set_back()
        if store not in self.templates:
            self.templates[store] = self._made(store)
            self.snapshot = self.chain.call("evm_snapshot")
        template = self.templates[store]
        folder = self.folder / f"stage-{secrets.token_hex(4)}"
        shutil.copytree(template.folder, folder)
        stage = Stage(
            folder=folder,
            database_url=self._copied(store, template, folder),
            chain=self.chain,
            proxy=self.proxy,
            processes=self.processes,
            issuer=template.issuer,
            sender=template.sender,
            credentials=template.credentials,
            start_block=int(self.chain.call("eth_blockNumber"), 16),
            start_balance=int(self.chain.call("eth_getBalance", template.sender, "latest"), 16),
            fresh=self.fresh,
        )
        stage.set_network()
        return stage

    def survive(self, disturb: Callable[[Stage], None], store: str = "sqlite") -> list[str]:
        """Set a stage, disturb a run on it, let the job recover, and return what is wrong, as sentences."""
        stage = self.stage(store)
        run = Tally(runs=1)
        try:
            disturb(stage)
            problems = stage.judge().problems
            stage.recover()
            verdict = stage.judge(final=True)
            problems += verdict.problems
            run.double_anchors, run.lost_leaves = verdict.double_anchors, verdict.lost_leaves
            run.recovered_seconds = [stage.recovered_seconds]
        except AssertionError as error:
            problems = [str(error)]
        run.passed = int(not problems)
        self.tally.add(run)
        return problems

    def points(self, store: str = "sqlite") -> list[str]:
        """Return every commit of an undisturbed run, in order; whatever is added to the job is among them by itself."""
        if store not in self.trails:
            ended = self.stage(store).anchor()
            assert ended.code == 0, ended
            self.trails[store] = [point for point in ended.trail if point.startswith("commit:")]
        return self.trails[store]

    def _set_back(self) -> None:
        self.proxy.reset()
        if not self.snapshot:
            return
        self.chain.call("anvil_dropAllTransactions")
        assert self.chain.call("evm_revert", self.snapshot), "the chain went back beyond the snapshot"
        self.chain.call("evm_setAutomine", True)  # noqa: FBT003
        self.snapshot = self.chain.call("evm_snapshot")

    def _made(self, store: str) -> Template:
        """Make a home by the real commands: an issuer registered, its roster issued, nothing sealed."""
        folder = self.folder / f"template-{store}"
        folder.mkdir()
        database = f"faults_{secrets.token_hex(6)}" if store == "postgresql" else "credanchor.db"
        url = self._new_database(database) if store == "postgresql" else f"sqlite:///{folder / database}"
        entry = f'[local]\nrpc_urls = ["{self.chain.rpc}"]\ncontract = "{self.chain.contract}"\n'
        (folder / "networks.toml").write_text(entry, "utf-8")
        self._do(folder, url, "init", "--base-url", "http://localhost:9")
        sender = quicken_key(folder / "keys" / "anchoring.json")
        quicken_key(folder / "keys" / "admin.json")
        self._do(folder, url, "issuer", "register", "--name", "Northfield University", "--issuer", "northfield")
        self._do(folder, url, "achievement", "add", str(self.achievement))
        self._do(folder, url, "issue", str(self.roster))
        opened = Store(open_engine(url))
        (issuer,) = opened.issuers()
        credentials = opened.credential_count(issuer.id)
        opened.engine.dispose()
        self.chain.fund(sender)
        return Template(folder, database, issuer.account, sender, credentials)

    def _do(self, folder: Path, url: str, *arguments: str) -> None:
        given = {"CREDANCHOR_HOME": str(folder), "CREDANCHOR_DATABASE_URL": url, "CREDANCHOR_PASSPHRASE": PASSPHRASE}
        ended = self.processes.start(*arguments, environment=given).wait()
        assert ended.code == 0, ended

    def _copied(self, store: str, template: Template, folder: Path) -> str:
        if store == "sqlite":
            return f"sqlite:///{folder / template.database}"
        return self._new_database(f"faults_{secrets.token_hex(6)}", template.database)

    def _new_database(self, name: str, template: str = "template1") -> str:
        import psycopg  # noqa: PLC0415

        url = self.postgres_url()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        base, _, query = url.partition("?")
        made = base.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
        return f"{made}?{query}" if query else made


def quicken_key(path: Path) -> Address:
    """Encrypt a keystore anew so that it opens at once, and return its account; tests wait for nothing else so long."""
    key = Account.decrypt(json.loads(path.read_text("utf-8")), PASSPHRASE)
    path.write_text(json.dumps(Account.encrypt(key, PASSPHRASE, kdf="pbkdf2", iterations=2)), "utf-8")
    return Address(Account.from_key(key).address)
