"""A home folder whose store and key are a bench's, and the anchoring command run in it, here or as a process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from typer.testing import CliRunner

from anchoring.cli import anchor
from registry.settings import write_home_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from tests.bench import Bench

PATIENCE_SECONDS = 60


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return once the condition holds; fail with `what` if it never does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.02)


class Running:
    """A command as a process of its own, its lines read while it runs."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "registry", "anchor", *arguments]
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and command
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,))
            for lines, stream in ((self.out, self.process.stdout), (self.err, self.process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return the events of a JSON log so far."""
        return [json.loads(line) for line in list(self.err) if line.startswith("{")]

    def await_event(self, name: str, count: int = 1) -> dict[str, Any]:
        """Return the newest event of a name once there are so many of them."""
        wait_until(lambda: self._ended() or len(self._named(name)) >= count, f"no {name}: {self.err}")
        assert len(self._named(name)) >= count, f"it ended without {name}: {self.err}"
        return self._named(name)[-1]

    def await_line(self, part: str, count: int = 1) -> list[str]:
        """Return the lines on standard error that hold `part` once there are so many of them."""
        wait_until(lambda: sum(part in line for line in list(self.err)) >= count, f"no {part}: {self.err}")
        return [line for line in self.err if part in line]

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Return once the condition holds."""
        wait_until(condition, what)

    def tell(self, number: int) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def await_taken(self, number: int) -> None:
        """Return once a signal was taken, which lets the next one through (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status")

        def caught() -> int:
            return int(status.read_text("ascii").split("SigCgt:")[1].split()[0], 16) >> (number - 1) & 1

        wait_until(lambda: not caught(), "the signal was not taken")

    def ended(self) -> int:
        """Return the exit code once the process ended and all its lines are read."""
        code = self.process.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join()
        return code

    def close(self) -> None:
        """End it, however it stands."""
        self.process.kill()
        self.ended()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()

    def _ended(self) -> bool:
        return self.process.poll() is not None and not any(reader.is_alive() for reader in self._readers)

    def _named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


@dataclass
class JobHome:
    """A home folder whose store and key are a bench's."""

    bench: Bench
    account: str

    @property
    def key(self) -> str:
        """Return the anchoring key as hex digits."""
        content = json.loads(self.bench.sender.keystore.read_text("utf-8"))
        return bytes(Account.decrypt(content, self.bench.sender.passphrase())).hex()

    def run(self, *arguments: str) -> Result:
        """Run a subcommand of `anchor` in this process."""
        return CliRunner().invoke(anchor, list(arguments))

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Running]:
        """Run a subcommand of `anchor` as a process while the block runs."""
        running = Running(arguments)
        try:
            yield running
        finally:
            running.close()

    def hide_key(self) -> None:
        """Take the key file out of the home's reach; the bench keeps it."""
        hidden = self.bench.folder / "elsewhere.json"
        self.bench.sender.keystore.rename(hidden)
        self.bench.sender.keystore = hidden

    def allow(self, text: str) -> None:
        """Write anchoring.toml."""
        (self.bench.folder / "anchoring.toml").write_text(text, "utf-8")

    def use_network(self, **members: object) -> None:
        """Write networks.toml."""
        known = {"title": "a local test chain", "kind": "local", "chain_id": 31337, "rpc_urls": [self.bench.local.rpc]}
        lines = [f"{name} = {json.dumps(value)}" for name, value in (known | members).items()]
        (self.bench.folder / "networks.toml").write_text("\n".join(["[local]", *lines]), "utf-8")


@pytest.fixture
def home(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> JobHome:
    """Give a home with a funded anchoring key on the shared chain."""
    write_home_file(bench.folder, base_url="http://localhost:8320", network="local")
    (bench.folder / "keys").mkdir()
    account = bench.sender.address
    bench.sender.keystore.rename(bench.folder / "keys" / "anchoring.json")
    monkeypatch.setenv("CREDANCHOR_HOME", str(bench.folder))
    monkeypatch.setenv("CREDANCHOR_DATABASE_URL", str(bench.store.engine.url))
    monkeypatch.setenv("CREDANCHOR_PASSPHRASE", bench.sender.passphrase())
    made = JobHome(bench, account)
    bench.sender.keystore = bench.folder / "keys" / "anchoring.json"
    made.use_network()
    return made
