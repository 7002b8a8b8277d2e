"""`credanchor verifier`: it serves, says where, and explains why it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.core.errors import SettingsError
from verifier_web.cli import verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
UNSIGNED = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:key:z6Mk",
}
SCRIPT = "import typer; from verifier_web.cli import verifier; typer.run(verifier)"


@pytest.fixture
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """Run it with the options that a test names as the fixture's parameter."""
    environment = {**os.environ, "CREDANCHOR_HOME": str(tmp_path / "none"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(  # noqa: S603  our own interpreter and script
        [sys.executable, "-c", SCRIPT, "--port", "0", *getattr(request, "param", ())],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def address_of(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    told = running.stdout.readline()
    return next(word for word in told.split() if word.startswith("http://127.0.0.1:"))


def test_it_serves_where_it_says_until_it_is_interrupted(running: subprocess.Popen[str]) -> None:
    url = address_of(running)

    answer = httpx.get(url + "healthz")
    judged = httpx.post(url + "v1/verifications", json=UNSIGNED)
    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=20)

    assert answer.json() == {"status": "ok"}
    assert (judged.json()["verdict"], judged.json()["input"]) == ("not-verified", "request body")
    assert "server" not in answer.headers
    assert "Traceback" not in complaints


@pytest.fixture
def metrics_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.parametrize("running", [["--metrics-port", "0"]], indirect=True)
def test_a_metrics_port_of_nothing_is_refused(running: subprocess.Popen[str]) -> None:
    _, complaints = running.communicate(timeout=20)

    assert running.returncode == 2
    assert "--metrics-port" in complaints


def test_metrics_are_served_at_their_own_port_and_not_at_the_public_one(tmp_path: Path, metrics_port: int) -> None:
    environment = {**os.environ, "CREDANCHOR_HOME": str(tmp_path / "none"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", SCRIPT, "--port", "0", "--metrics-port", str(metrics_port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        told = process.stdout.readline()
        url = address_of(process)
        httpx.post(url + "v1/verifications", json=UNSIGNED)
        metrics = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics").text
        public = httpx.get(url + "metrics")
        process.send_signal(signal.SIGINT)
        process.wait(20)

    assert told == f"Metrics at http://127.0.0.1:{metrics_port}/metrics.\n"
    assert 'credanchor_verifier_verifications_total{verdict="not-verified"} 1.0' in metrics
    assert public.status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no-such-host.invalid"])
def test_a_place_that_cannot_be_listened_at_is_an_input_error_with_a_way_out(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SettingsError, match="--port"):
        verifier(host=host, port=taken.getsockname()[1])


def test_a_fonts_folder_without_a_font_is_refused_before_anything_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDANCHOR_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("CREDANCHOR_FONTS", str(tmp_path))

    with pytest.raises(SettingsError, match="holds no font"):
        verifier(port=0)


@pytest.mark.parametrize(
    ("running", "statuses"),
    [
        (["--per-minute", "1"], [200, 429, 429]),
        (["--per-minute", "1", "--proxy", "192.0.2.7"], [200, 429, 429]),
        (["--per-minute", "1", "--proxy", "127.0.0.1"], [200, 200, 429]),
    ],
    indirect=["running"],
)
def test_a_client_is_who_a_proxy_says_it_is_only_if_that_proxy_is_named(
    running: subprocess.Popen[str], statuses: list[int]
) -> None:
    url = address_of(running)

    answers = [
        httpx.post(url + "v1/verifications", json=UNSIGNED, headers={"X-Forwarded-For": client})
        for client in ("198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.1")
    ]

    assert [one.status_code for one in answers] == statuses
