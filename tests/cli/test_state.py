"""Exporting state proofs and judging by them, by the real commands, with no endpoint to ask."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


class Exported:
    """One credential's bundle and state proof, in a home whose endpoint does not exist."""

    def __init__(self, home: Any, folder: Path, devnet: Any) -> None:
        self.home = home.copied(folder / "home")
        self.said = self.home.do("export", "--all", "--with-state", "--out", str(folder / "out"))
        self.folder = folder / "out"
        self.state = min(self.folder.glob("*.state.json"))
        self.bundle = self.folder / self.state.name.replace(".state", "")
        self.devnet = devnet
        entry = self.home.network_toml.replace(devnet.rpc, "http://127.0.0.1:9")
        assert entry != self.home.network_toml
        (self.home.folder / "networks.toml").write_text(entry, "utf-8")

    def verify(self, *options: str) -> Any:
        return self.home.run("verify", str(self.bundle), "--offline", "--state", str(self.state), *options)

    def report(self, *options: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.verify("--json", *options).out)
        return value

    def block_hash(self) -> str:
        """Return the hash that the chain gives the block of the report."""
        number = int(self.report()["summary"].partition("block ")[2].partition(" ")[0].replace(",", ""))
        return str(self.devnet.call("eth_getBlockByNumber", hex(number), False)["hash"])  # noqa: FBT003

    def forge(self, change: Any) -> None:
        value = json.loads(self.state.read_text("utf-8"))
        change(value)
        self.state.write_text(json.dumps(value), "utf-8")


@pytest.fixture(scope="module")
def exported_once(issued_home: Any, devnet: Any, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(issued_home, tmp_path_factory.mktemp("state"), devnet)


@pytest.fixture
def exported(issued_home: Any, devnet: Any, tmp_path: Path) -> Exported:
    """Give an export of the test's own, to be forged."""
    return Exported(issued_home, tmp_path, devnet)


def test_each_final_credential_gets_a_state_proof_beside_its_bundle(exported_once: Exported) -> None:
    assert len(list(exported_once.folder.glob("*.state.json"))) == 3
    assert len(list(exported_once.folder.iterdir())) == 6
    assert "Beside 3 of them lies a state proof." in exported_once.said


def test_a_credential_is_verified_offline_as_of_the_trusted_block(exported_once: Exported) -> None:
    value = exported_once.report("--trust-block", exported_once.block_hash())
    assert (value["verdict"], value["reason"], value["network"]) == ("verified", "verified", "local")
    assert ", as of block " in value["summary"]
    identity = next(check for check in value["checks"] if check["check"] == "issuer-identity")
    assert identity["code"] == "accredited"
    assert exported_once.verify("--trust-block", exported_once.block_hash().upper().replace("0X", "0x")).code == 0


def test_without_a_trusted_block_the_hash_is_named_and_nothing_is_called_verified(exported_once: Exported) -> None:
    outcome = exported_once.verify()
    assert outcome.code == 3
    assert exported_once.block_hash() in outcome.out
    assert "nobody has confirmed this" in outcome.out
    assert exported_once.report()["reason"] == "block-unconfirmed"


def test_the_same_home_online_cannot_tell_because_nothing_answers(exported_once: Exported) -> None:
    outcome = exported_once.home.run("verify", "--json", str(exported_once.bundle))
    assert json.loads(outcome.out)["reason"] == "chain-unreachable"


def test_no_request_is_made_offline(exported_once: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = exported_once.block_hash()

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a request was made")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", refuse)
    assert exported_once.verify("--trust-block", trusted).code == 0


def test_an_altered_credential_is_refused_offline(exported: Exported) -> None:
    trusted = exported.block_hash()
    exported.bundle.write_text(exported.bundle.read_text("utf-8").replace("Data Foundations", "Data Mastery"), "utf-8")
    value = exported.report("--trust-block", trusted)
    assert (value["verdict"], value["reason"]) == ("not-verified", "altered")


def test_the_state_proof_of_another_credential_leaves_the_verdict_open(exported: Exported) -> None:
    other = sorted(exported.folder.glob("*.state.json"))[1]
    trusted = exported.block_hash()
    exported.state = other
    value = exported.report("--trust-block", trusted)
    assert (value["verdict"], value["reason"]) == ("undecided", "status-not-proven")
    assert "does not say whether this credential was revoked" in json.dumps(value)


def test_a_revocation_before_the_export_shows_offline(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "own")
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
        "data-foundations,offline@learners.example,Off,Line,2026-06-30\n"
    )
    home.do("issue", str(roster))
    home.do("anchor", "run")
    known = {path.name for path in (home.folder / "bundles").iterdir()}
    home.do("export", "--all", "--out", str(tmp_path / "all"))
    mine = next(path for path in (tmp_path / "all").iterdir() if path.name not in known)
    home.do("revoke", f"urn:uuid:{mine.stem}", "--reason", "issued in error")
    home.do("export", "--credential", f"urn:uuid:{mine.stem}", "--with-state", "--out", str(tmp_path / "one"))
    state = tmp_path / "one" / f"{mine.stem}.state.json"
    outcome = home.run("verify", "--json", "--offline", "--state", str(state), str(tmp_path / "one" / mine.name))
    value = json.loads(outcome.out)
    assert (outcome.code, value["verdict"], value["reason"]) == (1, "not-verified", "revoked")
    assert "This is as of block" in value["summary"]


def test_a_proof_that_calls_itself_of_another_chain_says_nothing_of_this_one(exported: Exported) -> None:
    trusted = exported.block_hash()
    exported.forge(lambda value: value.update(chain="eip155:1"))
    assert exported.report("--trust-block", trusted)["reason"] == "wrong-network"


# --- Refused


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["storageProof"][0].update(value="0x" + "00" * 31 + "07"),
        lambda value: value["storageProof"][0].update(key="0x" + "00" * 32),
        lambda value: value["storageProof"][0]["proof"].pop(),
        lambda value: value["accountProof"].pop(),
        lambda value: value.update(header=value["header"][:-2] + "00"),
        lambda value: value.update(header="0x"),
        lambda value: value.update(contract="0x" + "11" * 20),
        lambda value: value.update(version=2),
        lambda value: value.update(more=1),
        lambda value: value.clear(),
    ],
)
def test_a_forged_state_proof_is_refused_before_anything_is_judged(exported: Exported, change: Any) -> None:
    trusted = exported.block_hash()
    exported.forge(change)
    outcome = exported.verify("--trust-block", trusted)
    assert (outcome.code, outcome.out) == (2, "")
    assert "state proof" in outcome.err.lower()


def test_a_state_proof_of_another_block_than_the_trusted_is_refused(exported_once: Exported) -> None:
    outcome = exported_once.verify("--trust-block", "0x" + "11" * 32)
    assert outcome.code == 2
    assert "not of the trusted" in outcome.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--offline",), "--offline needs --state"),
        (("--state", "nowhere.json"), "belong to --offline"),
        (("--trust-block", "0x" + "11" * 32), "belong to --offline"),
        (("--offline", "--state", "nowhere.json"), "nowhere.json cannot be read"),
    ],
)
def test_options_that_do_not_go_together_say_what_to_do(
    exported_once: Exported, options: tuple[str, ...], words: str
) -> None:
    outcome = exported_once.home.run("verify", str(exported_once.bundle), *options)
    assert outcome.code == 2
    assert words in outcome.err


def test_a_block_hash_that_is_none_says_how_one_is_written(exported_once: Exported) -> None:
    outcome = exported_once.verify("--trust-block", "12345")
    assert outcome.code == 2
    assert "0x and 64 hex digits" in outcome.err


# --- The saved proof, where the chain is gone


@pytest.fixture
def left_alone(issued_home: Any, devnet: Any, tmp_path: Path) -> Exported:
    """Give an export that was made when no endpoint answered any more."""
    home = issued_home.copied(tmp_path / "silent")
    silent = home.network_toml.replace(devnet.rpc, "http://127.0.0.1:9")
    (home.folder / "networks.toml").write_text(silent, "utf-8")
    return Exported(home, tmp_path, devnet)


def test_without_a_chain_the_saved_proof_is_exported_and_leaves_only_the_status_open(left_alone: Exported) -> None:
    value = left_alone.report("--trust-block", left_alone.block_hash())
    assert (value["verdict"], value["reason"]) == ("undecided", "status-not-proven")
    assert [one["check"] for one in value["checks"] if one["outcome"] == "undecided"] == ["status"]
    assert "As of block" in value["summary"] or "as of block" in value["summary"]
    assert "those saved when the batch became final, as of block" in left_alone.said
    assert "nothing is called verified" in left_alone.said


def test_a_program_is_told_which_block_a_saved_proof_is_of_and_that_it_covers_no_status(left_alone: Exported) -> None:
    lines = left_alone.home.do("export", "--all", "--with-state", "--json", "--out", str(left_alone.folder))
    values = [json.loads(line) for line in lines.splitlines()]
    assert [value["stateCoversStatus"] for value in values] == [False, False, False]
    named = int(left_alone.report()["summary"].partition("block ")[2].partition(" ")[0].replace(",", ""))
    assert {value["stateBlock"] for value in values} == {named}


def test_with_neither_chain_nor_saved_proof_the_export_says_so(left_alone: Exported) -> None:
    with contextlib.closing(sqlite3.connect(left_alone.home.folder / "credanchor.db")) as database:
        database.execute("DELETE FROM state_proof")
        database.commit()
    outcome = left_alone.home.run("export", "--all", "--with-state", "--out", str(left_alone.folder))
    assert outcome.code == 3
    assert "127.0.0.1:9" in outcome.err


def test_a_pending_credential_gets_no_state_proof(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
        "data-foundations,waits@learners.example,Still,Waiting,2026-06-30\n"
    )
    home.do("issue", str(roster))
    lines = home.do("export", "--all", "--with-state", "--json", "--out", str(tmp_path / "out")).splitlines()
    values = [json.loads(line) for line in lines]
    assert sorted("state" in value for value in values) == [False, True, True, True]
    assert all(value["pending"] == ("state" not in value) for value in values)
