"""Fuzz both HTTP interfaces by their own descriptions (schemathesis): `python -m pytest tests/fuzz/api_fuzz.py`.

`make test` does not collect this file; it needs the packages below `.fuzz/packages`, which `make fuzz` installs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.services.share_links import share_link_for
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.homes import Home

ROOT = Path(__file__).parents[2]
EXAMPLES = os.environ.get("CREDANCHOR_FUZZ_EXAMPLES", "40")
"""Examples of each operation in each phase."""
TOKEN = "only-for-fuzzing-0123456789"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
SERVERS = {"verifier": "/v1/openapi.json", "serve": "/openapi.json"}
NO_LIMIT = {"verifier": ["--per-minute", "0"]}
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
    words = [sys.executable, "-m", "registry", command, "--port", "0", *NO_LIMIT.get(command, [])]
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        yield next(word for word in server.stdout.readline().split() if word.startswith("http://")).rstrip(";/")
        server.terminate()


def write_names(home: Home, folder: Path) -> None:
    """Tell schemathesis, by its file of settings, what there is in a home: it cannot guess a secret."""
    store = open_store(load_settings(home.folder))
    credential = list(store.credentials())[-1]
    shared = share_link_for(store, credential, "Fuzz", datetime(2026, 11, 22, tzinfo=UTC))
    store.engine.dispose()
    names = {
        "/c/": {"token": shared},
        "/r/": {"token": credential.recipient_token},
        "/issuers/": {"slug": "northfield", "short_id": "data-foundations", "number": "1"},
        "/receipts/": {"credential_id": f"urn:uuid:{credential.uuid}"},
    }
    lines = [
        f'[[operations]]\ninclude-path-regex = "^{path}"\n[operations.parameters]\n'
        + "".join(f'"path.{name}" = "{value}"\n' for name, value in known.items())
        for path, known in names.items()
    ]
    (folder / "schemathesis.toml").write_text("\n".join(lines), "utf-8")


@pytest.mark.chain
@pytest.mark.parametrize("known", [False, True], ids=["guessing", "knowing"])
@pytest.mark.parametrize("command", SERVERS)
def test_no_request_that_the_description_leads_to_is_answered_otherwise_than_described(
    command: str,
    known: bool,  # noqa: FBT001  a parameter
    issued_home: Home,
    tmp_path: Path,
) -> None:
    home = issued_home.copied(tmp_path / "home")
    if known:
        write_names(home, tmp_path)
    paths = map(str, (ROOT / ".fuzz" / "packages", ROOT / "tests" / "fuzz", ROOT))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "SCHEMATHESIS_HOOKS": "api_bodies"}
    with serving(home, command) as address:
        words = [
            *(sys.executable, "-m", "schemathesis.cli", "run", address + SERVERS[command]),
            *("--checks", ",".join(CHECKS), "--max-examples", EXAMPLES, "--no-color", "--workers", "2"),
            *("--header", f"Authorization: Bearer {TOKEN}", "--continue-on-failure"),
        ]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        alive = httpx.get(f"{address}/healthz", trust_env=False).status_code

    sys.stdout.write(done.stdout[-20_000:])
    assert (done.returncode, alive) == (0, 200), done.stdout[-20_000:] + done.stderr[-2_000:]
