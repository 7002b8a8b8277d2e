"""A verifier with bounds of memory around it, in a process of its own, that is handed what strangers make."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0
"""How long an answer is waited for before the server counts as hung; the slowest takes a few seconds."""


def _load(name: str, path: Path) -> None:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


_load("services_world", TESTS / "services" / "world.py")
_load("hostile_documents", TESTS / "hostile" / "documents.py")
_load("hostile_carriers", TESTS / "hostile" / "carriers.py")
_load("e2e_browser", TESTS / "e2e" / "browser.py")


@pytest.fixture(scope="session")
def hostile_site() -> Iterator[str]:
    """Give the address of the verifier; whatever broke it before, each test finds it answering."""
    command = [sys.executable, str(TESTS / "hostile" / "server.py")]
    # One arena for all threads: each of its own takes address space that nobody uses.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1", "PYTHONPATH": str(TESTS.parent)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  ours
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture
def visitor(hostile_site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hostile_site, timeout=PATIENCE_SECONDS, trust_env=False) as client:
        yield client
        assert client.get("/healthz").json() == {"status": "ok"}
