"""Running the real commands as a user would, in processes of their own, and timing each stage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from registry.cli.output import say
from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSPHRASE = "demo"  # noqa: S105  the demo's keys hold play money on a local chain
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Commands:
    """The `credanchor` command in one home folder."""

    home: Path
    """Its home folder."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each stage took, whole processes."""

    def run(self, *arguments: str, may_fail: bool = False) -> str:
        """Run a command, show it, and return what it printed; StateError with its own words if it fails."""
        say(f"$ credanchor {' '.join(_shown(one) for one in arguments)}")
        done = subprocess.run(  # noqa: S603  our own interpreter and command
            self._command(arguments), env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode and not may_fail:
            raise StateError(
                f"`credanchor {arguments[0]}` ended with exit code {done.returncode}: {done.stderr.strip()}"
            )
        return done.stdout

    def json_lines(self, *arguments: str, may_fail: bool = False) -> list[dict[str, Any]]:
        """Run a command and return the objects it printed, one a line."""
        return [json.loads(line) for line in self.run(*arguments, may_fail=may_fail).splitlines()]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began

    @contextmanager
    def serving(self, *arguments: str, url: str) -> Iterator[None]:
        """Run a server while the block runs, once it answers at `url`."""
        server = subprocess.Popen(  # noqa: S603  our own interpreter and command
            self._command(arguments),
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _await_answer(server, url)
            yield
        finally:
            server.terminate()
            server.wait()
            if server.stderr is not None:
                server.stderr.close()

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "registry", *arguments]

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("CREDANCHOR_")}
        kept = {"CREDANCHOR_ANVIL": os.environ["CREDANCHOR_ANVIL"]} if "CREDANCHOR_ANVIL" in os.environ else {}
        return {**own, **kept, "CREDANCHOR_HOME": str(self.home), "CREDANCHOR_PASSPHRASE": PASSPHRASE}


def _await_answer(server: subprocess.Popen[str], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            words = server.stderr.read() if server.stderr is not None else ""
            raise StateError(f"The server for {url} ended at once: {words.strip()}")
        try:
            httpx.get(url, timeout=1, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise StateError(f"The server for {url} did not answer within {START_SECONDS:.0f} seconds.")


def _shown(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument
