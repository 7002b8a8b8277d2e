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
import typer
from typer.testing import CliRunner

from verifier_web.cli import verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCRIPT = "import typer; from verifier_web.cli import verifier; typer.run(verifier)"


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(verifier)
    return app


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "CREDANCHOR_HOME": str(tmp_path / "none"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(  # noqa: S603  our own interpreter and script
        [sys.executable, "-c", SCRIPT, "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_it_serves_where_it_says_until_it_is_interrupted(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    told = running.stdout.readline()
    url = next(word for word in told.split() if word.startswith("http://127.0.0.1:"))

    answer = httpx.get(url + "healthz")
    refused = httpx.post(url + "v1/verifications", content="hello", headers={"Content-Type": "text/plain"})
    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=20)

    assert answer.json() == {"status": "ok"}
    assert refused.json()["code"] == "not-a-credential"
    assert "server" not in answer.headers
    assert "Traceback" not in complaints


def test_a_port_in_use_is_a_sentence_and_exit_code_2(command: typer.Typer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = CliRunner().invoke(command, ["--port", str(port)])

    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1, port {port}" in result.output
    assert "--port" in result.output


def test_an_address_that_is_not_this_machines_is_a_sentence_and_exit_code_2(command: typer.Typer) -> None:
    result = CliRunner().invoke(command, ["--host", "192.0.2.1", "--port", "0"])

    assert result.exit_code == 2
    assert "cannot listen on 192.0.2.1" in result.output
