"""`issue --dask` and `verify --dask` on a real cluster: what one process does, with nothing sent that is secret."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.checks.report import report_json
from registry.cli import judging
from registry.cli.judging import judged_together
from registry.cli.signing_keys import signers
from registry.credentials.signing import verify_proof
from registry.services import cluster as clusters
from registry.services.workers import open_workers
from registry.settings import build_verifier, load_settings, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("cluster")]

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ROWS, COPIES = 400, 200


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(HEADER + "".join(f"data-foundations,s{at}@x.example,S,{at},2026-07-01\n" for at in range(ROWS)))
    return path


@pytest.fixture
def many(issued_home: Any, tmp_path: Path) -> Path:
    """Give a folder of copies of the home's bundles, every tenth of them altered, and a file that is none."""
    bundles = [path.read_text("utf-8") for path in sorted((issued_home.folder / "bundles").glob("*.json"))]
    folder = tmp_path / "many"
    folder.mkdir()
    for at in range(COPIES):
        text = bundles[at % len(bundles)]
        altered = text.replace("Data Foundations", "Data Wizardry") if at % 10 == 0 else text
        (folder / f"{at:04}.json").write_text(altered, "utf-8")
    (folder / "none.png").write_bytes(b"no picture")
    return folder


class Wire:
    """A wire to a scheduler that keeps a copy of all that is sent to it."""

    def __init__(self, address: str) -> None:
        self._to = address.removeprefix("tcp://").split(":")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = bytearray()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((self._to[0], int(self._to[1])))
                ways = ((near, far, self.sent), (far, near, bytearray()))
                started = [threading.Thread(target=self._pass_on, args=way) for way in ways]
                self._threads += started
                for thread in started:
                    thread.start()

    @staticmethod
    def _pass_on(source: socket.socket, to: socket.socket, copy: bytearray) -> None:
        with contextlib.suppress(OSError), source:
            while data := source.recv(65536):
                copy += data
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire(cluster: Any) -> Iterator[Wire]:
    opened = Wire(cluster.address)
    yield opened
    opened.close()


def secret_key(home: Any) -> bytes:
    """Return the issuer's signing key, as its home opens it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CREDANCHOR_PASSPHRASE", homes.PASSPHRASE)
        settings = load_settings(home.folder)
        store = open_store(settings)
        key: bytes = signers(settings, store)(store.issuers()[0]).private_key.private_bytes_raw()
        store.engine.dispose()
        return key


def test_a_cluster_issues_a_roster_and_is_sent_neither_key_nor_passphrase(
    issued_home: Any, tmp_path: Path, roster: Path, cluster: Any, wire: Wire
) -> None:
    home = issued_home.copied(tmp_path / "home")

    assert home.do("issue", "--json", str(roster), "--dask", wire.address) == f'{{"issued":{ROWS},"skipped":0}}\n'

    settings = load_settings(home.folder)
    store = open_store(settings)
    documents = [json.loads(one.entry or b"") for one in store.credentials()]
    store.engine.dispose()
    assert sum(verify_proof(one).outcome == "passed" for one in documents) == ROWS + 3
    key = secret_key(home)
    forms = {key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key), homes.PASSPHRASE.encode()}
    sent = bytes(wire.sent)
    assert sent.count(b"s0@x.example") == 1
    assert sent.count(f"s{ROWS - 1}@x.example".encode()) == 1
    assert not [form for form in forms if form in sent or form.rstrip(b"=") in sent]
    told = [name for names in cluster.asked(lambda: list(os.environ)) for name in names]
    assert not [name for name in told if name.startswith("CREDANCHOR")]


def test_a_cluster_reports_what_one_process_does(issued_home: Any, many: Path, cluster: Any) -> None:
    here = issued_home.run("verify", "--json", str(many))

    there = issued_home.run("verify", "--json", str(many), "--dask", cluster.address)

    assert (there.code, there.err) == (here.code, here.err) == (1, "")
    assert there.out == here.out
    assert there.out.count('"verdict":"verified"') == COPIES * 9 // 10


def test_a_cluster_that_loses_a_worker_judges_each_file_once_and_in_order(
    issued_home: Any, many: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "TOGETHER", 8)
    monkeypatch.setenv("CREDANCHOR_HOME", str(issued_home.folder))
    sources = sorted(map(str, many.glob("*.json")))

    with open_workers(None, cluster.address) as opened:
        reports = judged_together(sources, opened)
        first = next(reports)
        killed = cluster.kill_a_worker()
        found = [first, *reports]

    assert [one["input"] for one in found] == sources
    assert [one["verdict"] for one in found] == ["not-verified" if at % 10 == 0 else "verified" for at in range(COPIES)]
    assert killed not in cluster.asked(os.getpid)


def test_the_parents_settings_decide_and_not_those_of_the_workers_machine(
    issued_home: Any, many: Path, cluster: Any, tmp_path: Path
) -> None:
    home = issued_home.copied(tmp_path / "sceptic")
    (home.folder / "networks.toml").write_text(home.network_toml.split("accreditors")[0], "utf-8")
    one = str(many / "0001.json")

    trusting = json.loads(issued_home.run("verify", "--json", one, "--dask", cluster.address).out)
    sceptical = json.loads(home.run("verify", "--json", one, "--dask", cluster.address).out)

    assert (trusting["verdict"], sceptical["verdict"]) == ("verified", "undecided")
    verifier = build_verifier(home.folder)
    assert sceptical == report_json(verifier.verify(Path(one).read_bytes()).report, one)
    verifier.close()


def test_a_cluster_that_is_not_there_ends_both_commands_with_3(
    issued_home: Any, many: Path, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    for command in (["verify", str(many)], ["issue", str(roster)]):
        ended = issued_home.run(*command, "--dask", nobody)
        assert (ended.code, ended.out) == (3, "")
        assert f"No Dask scheduler answers at {nobody}" in ended.err


def test_a_dry_run_asks_no_cluster(issued_home: Any, roster: Path) -> None:
    assert "this was a dry run" in issued_home.do("issue", "--dry-run", "--dask", "tcp://127.0.0.1:1", str(roster))


@pytest.mark.parametrize("others", [["--workers", "2"], ["--recipient", "ada@x.example"], ["--offline"]])
def test_a_cluster_is_not_mixed_with_what_it_does_not_do(issued_home: Any, many: Path, others: list[str]) -> None:
    ended = issued_home.run("verify", str(many), "--dask", "tcp://127.0.0.1:1", *others)

    assert (ended.code, ended.out) == (2, "")
    assert "leave one" in ended.err
