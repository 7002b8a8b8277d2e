"""Fuzz both HTTP interfaces by their own descriptions (schemathesis): `python -m pytest tests/fuzz/api_fuzz.py`.

`make test` does not collect this file; it needs the packages below `.fuzz/packages`, which `make fuzz` installs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.homes import Home

ROOT = Path(__file__).parents[2]
EXAMPLES = os.environ.get("CREDANCHOR_FUZZ_EXAMPLES", "100")
"""Examples of each operation in each phase."""
TOKEN = "only-for-fuzzing-0123456789"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
SERVERS = {"verifier": "/v1/openapi.json", "serve": "/openapi.json"}
"""The commands that serve, and where each describes its interface."""


@contextmanager
def serving(home: Home, command: str) -> Iterator[str]:
    """Run a command that serves on a home, and give its address."""
    environment = {
        **os.environ,
        "CREDANCHOR_HOME": str(home.folder),
        "CREDANCHOR_PASSPHRASE": "correct horse battery",
        "CREDANCHOR_VC_API_TOKEN": TOKEN,
        "PYTHONUNBUFFERED": "1",
    }
    words = [sys.executable, "-m", "registry", command, "--port", "0"]
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        yield next(word for word in server.stdout.readline().split() if word.startswith("http://")).rstrip(";/")
        server.terminate()


@pytest.mark.chain
@pytest.mark.parametrize("command", SERVERS)
def test_no_request_that_the_description_leads_to_is_answered_otherwise_than_described(
    command: str, issued_home: Home, tmp_path: Path
) -> None:
    paths = map(str, (ROOT / ".fuzz" / "packages", ROOT / "tests" / "fuzz", ROOT))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "SCHEMATHESIS_HOOKS": "api_bodies"}
    with serving(issued_home, command) as address:
        words = [
            *(sys.executable, "-m", "schemathesis.cli", "run", address + SERVERS[command]),
            *("--checks", ",".join(CHECKS), "--max-examples", EXAMPLES, "--no-color", "--workers", "2"),
            *("--header", f"Authorization: Bearer {TOKEN}", "--continue-on-failure"),
        ]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        alive = httpx.get(f"{address}/healthz", trust_env=False).status_code

    sys.stdout.write(done.stdout[-20_000:])
    assert (done.returncode, alive) == (0, 200), done.stdout[-20_000:] + done.stderr[-2_000:]
