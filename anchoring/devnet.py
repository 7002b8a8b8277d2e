"""A persistent local chain: anvil in a process of its own, its state in the home folder, the contract deployed.

anvil writes its state file in place every second, so a kill can lose the last second or tear the
file. `keep_state` therefore writes a whole copy beside it after each transaction, and `up` starts
from whichever of the two is whole and newer.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anchoring import anvil_state
from anchoring.deployment import deploy_if_missing
from anchoring.endpoints import Endpoints
from anchoring.rpc import JsonRpc
from registry.chain.artifact import derived_address
from registry.core.errors import ChainUnavailableError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAIN_ID = 31337
DEFAULT_PORT = 8545
TITLE = "a local test chain"
PROC = Path("/proc")
"""Where Linux tells of processes; elsewhere `ps` does."""
_DETACHED = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
"""Starts a program that outlives us and the shell, with its output in a file, and prints its number."""
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_RELEASE_SECONDS = 2.0
_POLL_SECONDS = 0.05
_MOST_MISSED = 10
"""How often in a row a program that was just started may be looked for in vain."""


@dataclass(frozen=True, slots=True)
class DevnetStatus:
    """How the local chain stands."""

    running: bool
    """Whether our own anvil runs and answers."""
    rpc: str
    """URL of its endpoint, also while it does not run."""
    contract: str
    """Address of the contract, with checksum."""
    block: int | None
    """Newest block; None while it does not run."""

    def as_json(self) -> dict[str, object]:
        """Return the object that `devnet status --json` prints."""
        return {
            "rpc": self.rpc,
            "chainId": CHAIN_ID,
            "contract": self.contract,
            "running": self.running,
            "block": self.block,
        }


@dataclass(frozen=True, slots=True)
class Devnet:
    """The local chain of one home folder."""

    folder: Path
    """Holds pid, log, state.json and network.toml."""
    state_every_seconds: int = 1
    """How often the node writes its whole state: what a kill loses at most, and dearer the longer the chain."""

    def up(self, anvil: Path, port: int | None = None) -> DevnetStatus:
        """Start the chain unless it runs, wait until it answers, and deploy the contract if it is missing.

        `port` None means the port of last time, or 8545.

        Raises:
            StateError: it runs on another port, or the port belongs to another program.
            WrongChainError: what runs there has another chain id.
            ChainUnavailableError: anvil did not start; the message ends with its own last words.

        """
        running = self._process()
        if running is None:
            self._start(anvil, port or self._last_port())
        elif port not in (None, running.port):
            raise StateError(f"The local chain runs on port {running.port}; stop it first: `credanchor devnet down`.")
        with self._rpc() as rpc:
            deploy_if_missing(rpc)
            self.keep_state()
        self._write_network()
        return self.status()

    def status(self) -> DevnetStatus:
        """Return how the chain stands; asks it if it runs."""
        contract = derived_address().checksummed()
        running = self._process()
        if running is None:
            return DevnetStatus(running=False, rpc=_url(self._last_port()), contract=contract, block=None)
        with self._rpc() as rpc:
            block = int(rpc.call("eth_blockNumber"), 16)
        return DevnetStatus(running=True, rpc=_url(running.port), contract=contract, block=block)

    def down(self) -> bool:
        """Stop the chain, keeping its state; return whether it ran. No other program is ever signalled."""
        running = self._process()
        if running is None:
            return False
        with suppress(ChainUnavailableError):  # too much to copy in time; the node writes its state itself as it ends
            self.keep_state()
        os.kill(running.pid, signal.SIGTERM)
        for _ in _ticks(_STOP_SECONDS):
            if self._process() is None:
                return True
        raise StateError(
            f"anvil (process {running.pid}) did not stop within {_STOP_SECONDS:g} seconds; stop it yourself."
        )

    def keep_state(self) -> None:
        """Write a whole copy of the running chain's state; nothing if it does not run here."""
        if self._process() is not None:
            with self._rpc() as rpc:
                anvil_state.keep(self.folder, rpc)

    # --- Inside

    def _start(self, anvil: Path, port: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _require_free(port)
        anvil_state.restore_newest(self.folder)
        command = ["/bin/sh", "-c", _DETACHED, "anvil", "log", str(anvil), *self._flags(port)]
        started = subprocess.run(  # noqa: S603  the program is named by the operator or found beside the package
            command, cwd=self.folder, start_new_session=True, check=True, capture_output=True, text=True
        )
        self._pid_file().write_text(json.dumps({"pid": int(started.stdout), "port": port}), "utf-8")
        # A crash before this leaves anvil on its port without a name; the next `up` says that the port is taken.
        # A crash here leaves anvil running and the file naming it; the next `up` finds it.
        self._await_answer()

    def _flags(self, port: int) -> list[str]:
        state = str(self.folder.resolve() / anvil_state.LIVE)
        return [
            *("--host", "127.0.0.1", "--port", str(port), "--chain-id", str(CHAIN_ID)),
            *("--state", state, "--state-interval", str(self.state_every_seconds), "--preserve-historical-states"),
            *("--slots-in-an-epoch", "1", "--quiet"),
        ]

    def _await_answer(self) -> None:
        missed = 0
        for _ in _ticks(_START_SECONDS):
            # While the system puts one program in another's place, a process has no command line.
            missed = missed + 1 if self._process() is None else 0
            if missed > _MOST_MISSED:
                break
            try:
                with self._rpc() as rpc:
                    rpc.call("eth_blockNumber")
            except ChainUnavailableError:
                continue
            return
        log = self.folder / "log"
        last = " / ".join(log.read_text("utf-8", "replace").strip().splitlines()[-3:])
        raise ChainUnavailableError(f"anvil did not start; see {log}, which ends: {last}")

    def _pid_file(self) -> Path:
        return self.folder / "pid"

    def _recorded(self) -> _Process | None:
        try:
            stored: dict[str, Any] = json.loads(self._pid_file().read_text("utf-8"))
            return _Process(int(stored["pid"]), int(stored["port"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # never started here, or torn by a crash: then nothing of ours is known to run

    def _process(self) -> _Process | None:
        """Return our running anvil; a number that now belongs to another program is not ours."""
        recorded = self._recorded()
        if recorded is None or not _is_our_anvil(recorded, self.folder.resolve()):
            return None
        return recorded

    def _last_port(self) -> int:
        recorded = self._recorded()
        return recorded.port if recorded else DEFAULT_PORT

    def _rpc(self) -> closing[Endpoints]:
        return closing(Endpoints([JsonRpc(_url(self._last_port()), CHAIN_ID, title=TITLE)], 1, title=TITLE))

    def _write_network(self) -> None:
        text = (
            "# Written by `credanchor devnet up`.\n[local]\n"
            f'title = "{TITLE}"\nkind = "local"\nchain_id = {CHAIN_ID}\n'
            f'rpc_urls = ["{_url(self._last_port())}"]\ncontract = "{derived_address().checksummed()}"\n'
        )
        (self.folder / "network.toml").write_text(text, "utf-8")


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    port: int


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _require_free(port: int) -> None:
    """Return once nobody listens on the port; a chain that was killed a moment ago is given time to let go of it."""
    for _ in _ticks(_RELEASE_SECONDS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return
    raise StateError(
        f"Port {port} is taken by another program; stop it, or choose another port with "
        "`credanchor devnet up --port N`."
    )


def _is_our_anvil(process: _Process, folder: Path) -> bool:
    command = _command_of(process.pid)
    return "anvil" in command and str(folder / anvil_state.LIVE) in command


def _command_of(pid: int) -> str:
    """Return a process's command line; empty if there is no such process, or only what is left of one."""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    asked = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout  # noqa: S603  a number, no text


def _ticks(seconds: float) -> Iterator[None]:
    for _ in range(int(seconds / _POLL_SECONDS)):
        yield
        time.sleep(_POLL_SECONDS)
