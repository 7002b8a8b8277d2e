"""Run one of the W3C's test suites against our VC-API, and name what failed and what was passed over.

`make w3c SUITE=FOLDER`; docs/interop.md says how a suite comes into its folder. Commands make a fresh home on a
local chain, which is thrown away afterwards. Exit code 0 if nothing failed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tls_front import tls_front, write_certificate  # beside this script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TAGS = ["vc2.0", "eddsa-rdfc-2022", "BitstringStatusList"]
"""What a suite looks for in an implementation; each knows its own."""
ISSUING = {"anchor": False, "credentialStatus": {"type": "BitstringStatusListEntry"}}
VERIFYING = {"checks": ["proof", "credentialStatus"]}
SECONDS = 600
START_SECONDS = 30


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def called(environment: Mapping[str, str], *words: str) -> str:
    """Run a command and return what it says; SystemExit with its own words if it fails."""
    done = subprocess.run(  # noqa: S603  our own commands
        ["credanchor", *words],  # noqa: S607
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"credanchor {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def serving(environment: Mapping[str, str], base_url: str) -> Iterator[str]:
    """Make a home with one issuer, serve it, and give the issuer's DID."""
    called(environment, "devnet", "up", "--port", str(free_port()))
    try:
        called(environment, "init", "--base-url", base_url)
        called(environment, "issuer", "register", "--name", "Suite")
        [did] = json.loads(called(environment, "issuer", "show", "--did-documents"))
        plain = free_port()
        command = ["credanchor", "serve", "--port", str(plain)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            wait_for(plain)
            port = int(base_url.rpartition(":")[2])
            with tls_front(Path(environment["NODE_EXTRA_CA_CERTS"]), port, plain):
                yield did
        finally:
            server.terminate()
            server.wait(START_SECONDS)
    finally:
        called(environment, "devnet", "down")


def wait_for(port: int) -> None:
    """Return as soon as somebody listens; SystemExit if nobody does."""
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"Nobody listens at port {port} after {START_SECONDS} seconds.")


def local_config(base_url: str, did: str, token: str) -> str:
    """Return the file in which a suite reads where we are."""
    common = {"id": did, "tags": TAGS, "headers": {"Authorization": f"Bearer {token}"}, "supports": {"vc": ["2.0"]}}
    issuer = {**common, "endpoint": f"{base_url}/credentials/issue", "options": ISSUING}
    verifier = {**common, "endpoint": f"{base_url}/credentials/verify", "options": VERIFYING}
    us = {"name": "Credanchor", "implementation": "Credanchor", "issuers": [issuer], "verifiers": [verifier]}
    return f"module.exports = {json.dumps({'settings': {}, 'implementations': [us]}, indent=2)};\n"


def results(suite: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run the suite's own tests and return what mocha found."""
    file = Path(environment["CREDANCHOR_HOME"]) / "mocha.json"
    command = ["npm", "test", "--", "--reporter", "json", "--reporter-option", f"output={file}"]
    done = subprocess.run(  # noqa: S603  npm as the suite says
        command, cwd=suite, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if not file.exists():
        raise SystemExit(f"The suite in {suite} did not run:\n{done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the counts, each failure with its reason, and what was passed over."""
    stats = found["stats"]
    yield f"{stats['passes']} passed, {stats['failures']} failed, {stats['pending']} pending of {stats['tests']}"
    for one in found["failures"]:
        yield f"FAILED  {one['fullTitle']}\n        {one['err'].get('message', '').partition(chr(10))[0][:300]}"
    for one in found["pending"]:
        yield f"PENDING {one['fullTitle']}"


def main(suite: Path) -> int:
    """Run the suite in a folder and return the exit code."""
    if not (suite / "node_modules").is_dir():
        raise SystemExit(f"No suite is installed in {suite}; docs/interop.md says how.")
    with tempfile.TemporaryDirectory() as folder:
        base_url, token = f"https://localhost:{free_port()}", secrets.token_urlsafe(24)
        environment = {
            **os.environ,
            "CREDANCHOR_HOME": folder,
            "CREDANCHOR_PASSPHRASE": secrets.token_urlsafe(24),
            "CREDANCHOR_VC_API_TOKEN": token,
            "NODE_EXTRA_CA_CERTS": str(write_certificate(Path(folder))),
        }
        config = suite / "localConfig.cjs"
        with serving(environment, base_url) as did:
            config.write_text(local_config(base_url, did, token), "utf-8")
            try:
                found = results(suite, environment)
            finally:
                config.unlink()
        sys.stdout.writelines(f"{line}\n" for line in lines(found))
    return 1 if found["stats"]["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(*sys.argv[1:2]).resolve()))
