"""`anchor sign` and `anchor relay` by the real commands: two homes, one chain, and a credential that verifies."""

from __future__ import annotations

import json
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.devnet import LocalChain

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py


@dataclass
class Pair:
    """An issuer whose anchoring key has no ether, and a relayer that has some."""

    local: LocalChain
    issuer: Any
    relayer: Any
    folder: Path

    def account(self, home: Any) -> str:
        return "0x" + json.loads((home.folder / "keys" / "anchoring.json").read_text("utf-8"))["address"]

    def worth(self, home: Any) -> tuple[int, int]:
        account = self.account(home)
        balance = self.local.call("eth_getBalance", account, "latest")
        return int(balance, 16), int(self.local.call("eth_getTransactionCount", account, "latest"), 16)

    def issue(self) -> str:
        """Issue one credential and return the recipient's name in the roster."""
        name = secrets.token_hex(6)
        roster = self.folder / f"{name}.csv"
        header = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
        roster.write_text(f"{header}data-foundations,{name}@learners.example,New,{name},2026-06-30\n", "utf-8")
        self.issuer.do("issue", str(roster))
        return name

    def sign(self, *options: str) -> Path:
        path = self.folder / f"{secrets.token_hex(4)}.json"
        self.issuer.do("anchor", "sign", "--out", str(path), *options)
        return path

    def relay(self, path: Path, *options: str) -> dict[str, Any]:
        outcome = self.relayer.run("anchor", "relay", str(path), "--json", *options)
        value: dict[str, Any] = json.loads(outcome.out)
        codes = {"relayed": 0, "already-anchored": 0, "quoted": 0, "refused": 2, "on-its-way": 3}
        assert outcome.code == codes[value["outcome"]], outcome
        return value

    def changed(self, path: Path, **members: object) -> Path:
        value = json.loads(path.read_text("utf-8"))
        value["requests"][0].update(members)
        target = self.folder / f"{secrets.token_hex(4)}.json"
        target.write_text(json.dumps(value), "utf-8")
        return target


@pytest.fixture(scope="module")
def both(issued_home: Any, devnet: LocalChain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("relaying")
    made = Pair(devnet, issued_home.copied(folder / "issuer"), homes.new_home(folder / "relayer", devnet), folder)
    balance = devnet.call("eth_getBalance", made.account(made.issuer), "latest")
    devnet.call("anvil_setBalance", made.account(made.issuer), "0x0")
    yield made
    devnet.call("anvil_setBalance", made.account(made.issuer), balance)  # other copies of the home share this account


@pytest.fixture
def pair(both: Pair, issued_home: Any, tmp_path: Path) -> Pair:
    """Give an issuer's home of the test's own, and the relayer with 20 ether."""
    both.local.fund(both.account(both.relayer), 20)
    return Pair(both.local, issued_home.copied(tmp_path / "issuer"), both.relayer, tmp_path)


@pytest.fixture(scope="module")
def unsent(both: Pair) -> Path:
    """Give a file with one good request that nobody relays."""
    both.issue()
    return both.sign()


def test_what_one_home_signed_and_another_paid_for_is_adopted_exported_and_verified(pair: Pair) -> None:
    name = pair.issue()
    nothing, nonces = pair.worth(pair.issuer)
    request = pair.sign()
    pair.relayer.do("anchor", "relay", str(request))
    adopted = pair.issuer.do("anchor", "run")
    out = pair.folder / "out"
    pair.issuer.do("export", "--all", "--out", str(out))
    (bundle,) = [path for path in out.iterdir() if name in path.read_text("utf-8")]

    verdict = json.loads(pair.issuer.do("verify", "--json", str(bundle)))

    (receipt,) = json.loads(bundle.read_text("utf-8"))["receipts"]
    block = pair.local.call("eth_getBlockByNumber", hex(receipt["anchors"][0]["blockNumber"]), True)  # noqa: FBT003
    assert "adopt the relayed anchor of 1 batch of 1 issuer" in adopted
    assert (verdict["verdict"], receipt["state"]) == ("verified", "final")
    assert block["hash"] == receipt["anchors"][0]["blockHash"]
    assert pair.account(pair.relayer).lower() in [one["from"] for one in block["transactions"]]
    assert pair.worth(pair.issuer) == (nothing, nonces) == (0, nonces)


def test_signing_says_what_was_signed_and_who_pays(pair: Pair) -> None:
    pair.issue()
    path = pair.folder / "relay.json"

    said = pair.issuer.do("anchor", "sign", "--until", "2099-01-02T03:04:05Z", "--out", str(path))

    (request,) = json.loads(path.read_text("utf-8"))["requests"]
    assert f"1 credential of {request['issuer']}; good until 2099-01-02T03:04:05Z" in said
    assert request["root"] in said
    assert f"credanchor anchor relay {path}" in said
    assert request["deadline"] == int(datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp())
    assert request["chain"] == "eip155:31337"


def test_relaying_shows_the_money_first_and_then_what_was_paid_and_a_second_time_pays_nothing(pair: Pair) -> None:
    pair.issue()
    path = pair.sign()

    said = pair.relayer.do("anchor", "relay", str(path)).splitlines()
    paid = pair.worth(pair.relayer)
    again = pair.relayer.do("anchor", "relay", str(path))

    assert said[0].startswith("To relay 1 anchor on a local test chain costs about 0.")
    assert said[0].endswith("holds 20 ETH.")
    assert "It is anchored, in block " in said[1]
    assert " gas) with 0x" in said[1]
    assert "It stands on the chain already" in again
    assert "nothing was sent or paid" in again
    assert pair.worth(pair.relayer) == paid


def test_a_dry_run_quotes_and_sends_nothing(pair: Pair, unsent: Path) -> None:
    before = pair.worth(pair.relayer)

    value = pair.relay(unsent, "--dry-run")

    assert value["outcome"] == "quoted"
    assert 30_000 < value["quotedGas"] < 100_000
    assert value["maxFeeWei"] < value["balanceWei"] == 20 * 10**18
    assert pair.worth(pair.relayer) == before


def test_one_file_named_twice_is_paid_once(pair: Pair) -> None:
    pair.issue()
    path = pair.sign()
    _, nonces = pair.worth(pair.relayer)

    pair.relayer.do("anchor", "relay", str(path), str(path))

    assert pair.worth(pair.relayer)[1] == nonces + 1


def test_a_refused_request_is_told_with_its_reason_and_a_good_one_beside_it_is_relayed(pair: Pair) -> None:
    pair.issue()
    good = pair.sign()
    bad = pair.changed(good, treeSize=99)

    outcome = pair.relayer.run("anchor", "relay", str(bad), str(good))

    assert outcome.code == 2
    assert f"{bad}, batch" in outcome.err
    assert "Its signature is not" in outcome.err
    assert f"{good}, batch" in outcome.out
    assert "It is anchored" in outcome.out


REFUSED = {
    "chain": ({"chain": "eip155:1"}, "It is for chain 1, and a local test chain is chain 31337"),
    "contract": ({"contract": "0x" + "c0" * 20}, "It is for the contract 0x"),
    "deadline": ({"deadline": 1}, "It expired "),
    "root": ({"root": "0x" + "ab" * 32}, "Its signature is not 0x"),
    "signature": ({"signature": "0x" + "11" * 65}, "Its signature is not 0x"),
    "signer": ({"signer": "0x" + "c0" * 20}, "does not hold the anchor role of the issuer 0x"),
    "issuer": ({"issuer": "0x" + "c0" * 20}, "does not hold the anchor role of the issuer 0xc0"),
}


def test_each_changed_request_is_refused_with_its_reason_and_costs_nothing(pair: Pair, unsent: Path) -> None:
    files = [pair.changed(unsent, **members) for members, _ in REFUSED.values()]
    before = pair.worth(pair.relayer)

    outcome = pair.relayer.run("anchor", "relay", *map(str, files))

    assert (outcome.code, outcome.out) == (2, "")
    told = outcome.err.splitlines()
    for path, line, (_, reason) in zip(files, told, REFUSED.values(), strict=True):
        assert line.startswith(f"{path}, batch 0x")
        assert reason.lower() in line.lower()
        assert line.endswith("Nothing was sent.")
    assert pair.worth(pair.relayer) == before


def test_an_expired_request_is_refused_and_a_new_signature_helps(pair: Pair) -> None:
    pair.issue()
    old = pair.sign("--valid-for", "1")
    time.sleep(2.1)
    before = pair.worth(pair.relayer)

    refused = pair.relay(old)
    after = pair.worth(pair.relayer)
    relayed = pair.relay(pair.sign())

    assert "It expired " in refused["why"]
    assert after == before
    assert relayed["outcome"] == "relayed"


def test_a_relayer_without_ether_on_a_public_network_is_told_what_it_needs(pair: Pair, unsent: Path) -> None:
    poor = pair.relayer.copied(pair.folder / "poor")
    (poor.folder / "networks.toml").write_text(pair.relayer.network_toml + 'kind = "test"\n', "utf-8")
    pair.local.call("anvil_setBalance", pair.account(poor), "0x0")
    _, nonces = pair.worth(poor)

    outcome = poor.run("anchor", "relay", str(unsent))

    assert outcome.code == 2
    assert "Send it at least" in outcome.err
    assert pair.worth(poor) == (0, nonces)


@pytest.mark.parametrize("content", ["", "{}", '{"type": "AnchorRelayRequests", "version": 1, "requests": []}'])
def test_a_file_that_is_no_request_stops_before_anything_is_sent(pair: Pair, unsent: Path, content: str) -> None:
    bad = pair.folder / "bad.json"
    bad.write_text(content, "utf-8")
    before = pair.worth(pair.relayer)

    outcome = pair.relayer.run("anchor", "relay", str(unsent), str(bad))

    assert outcome.code == 2
    assert f"{bad} is no file of relay requests" in outcome.err
    assert pair.worth(pair.relayer) == before


def test_a_missing_file_is_told(pair: Pair) -> None:
    outcome = pair.relayer.run("anchor", "relay", str(pair.folder / "none.json"))

    assert (outcome.code, "none.json cannot be read (No such file or directory)" in outcome.err) == (2, True)


WRONG_OPTIONS = [
    (("--until", "soon"), "is no moment"),
    (("--until", "2031-12-31T12:00:00"), "is no moment"),
    (("--until", "2001-01-01"), "has passed already"),
    (("--until", "2031-12-31", "--valid-for", "5"), "not both"),
]


@pytest.mark.parametrize(("options", "reason"), WRONG_OPTIONS)
def test_a_deadline_that_cannot_be_is_refused_and_no_file_is_written(
    pair: Pair, options: tuple[str, ...], reason: str
) -> None:
    path = pair.folder / "relay.json"

    outcome = pair.issuer.run("anchor", "sign", "--out", str(path), *options)

    assert outcome.code == 2
    assert reason in outcome.err
    assert not path.exists()


def test_a_file_that_stands_is_not_overwritten(pair: Pair) -> None:
    path = pair.folder / "mine.txt"
    path.write_text("mine", "utf-8")

    outcome = pair.issuer.run("anchor", "sign", "--out", str(path))

    assert outcome.code == 2
    assert "stands already" in outcome.err
    assert path.read_text("utf-8") == "mine"


def test_a_wrong_passphrase_signs_nothing(pair: Pair) -> None:
    pair.issue()
    path = pair.folder / "relay.json"

    outcome = pair.issuer.run("anchor", "sign", "--out", str(path), CREDANCHOR_PASSPHRASE="wrong")

    assert outcome.code == 2
    assert "The passphrase does not open" in outcome.err
    assert not path.exists()


def test_nothing_to_sign_is_said_and_no_file_is_written(pair: Pair) -> None:
    path = pair.folder / "relay.json"

    said = pair.issuer.do("anchor", "sign", "--out", str(path))

    assert said == "There is nothing to sign.\n"
    assert not path.exists()
