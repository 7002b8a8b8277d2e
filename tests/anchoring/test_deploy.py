"""Deployment by the real command on fresh chains: the same address everywhere, paid once, refused where it must be."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from anchoring import deployment
from registry.chain.artifact import artifact, derived_address
from registry.core.account import Address
from registry.store.engine import open_engine
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
LOCAL, SEPOLIA = 31337, 11155111
NAMES = {LOCAL: "local", SEPOLIA: "sepolia"}
SOLC = (
    "const solc = require('solc'); const text = require('fs').readFileSync(0, 'utf8');"
    "process.stdout.write(solc.compile(text))"
)

pytestmark = pytest.mark.chain


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture(scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("deploy") / "home"
    folder.mkdir()
    home = homes.Home(folder, "")
    home.do("init", "--base-url", "http://localhost:9")
    return home


@pytest.fixture
def home_on(made_home: Any, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that makes a home whose network of that id is the given chain, with a funded admin."""

    def home_of(chain: Any, more: str = "", *, ether: int = 1) -> Any:
        home = made_home.copied(tmp_path / f"home-{chain.chain_id}")
        entry = f'[{NAMES[chain.chain_id]}]\nrpc_urls = ["{chain.rpc}"]\n{more}'
        (home.folder / "networks.toml").write_text(entry, "utf-8")
        chain.fund(admin_of(home), ether)
        return homes.Home(home.folder, entry)

    return home_of


def admin_of(home: Any) -> str:
    return "0x" + str(json.loads((home.folder / "keys" / "admin.json").read_text("utf-8"))["address"])[-40:]


def rows_of(home: Any) -> SubmissionRows:
    return SubmissionRows(open_engine(f"sqlite:///{home.folder / 'credanchor.db'}"))


def code_on(chain: Any) -> str:
    return str(chain.call("eth_getCode", derived_address(), "latest"))


def spent_nonces(chain: Any, home: Any) -> int:
    return int(chain.call("eth_getTransactionCount", admin_of(home), "latest"), 16)


def create2(creation_code: bytes) -> Address:
    """Compute the address as EIP-1014 says."""
    deployer, salt = bytes.fromhex(artifact()["deployer"][2:]), bytes.fromhex(artifact()["salt"][2:])
    return Address("0x" + keccak(b"\xff" + deployer + salt + keccak(creation_code))[12:].hex())


@pytest.mark.parametrize("chain_id", [LOCAL, SEPOLIA])
def test_the_contract_stands_at_the_same_derived_address_on_every_chain(
    bare_chain: Any, home_on: Any, chain_id: int
) -> None:
    chain = bare_chain(chain_id)
    home = home_on(chain)

    said = home.do("deploy", "--network", NAMES[chain_id])

    assert create2(bytes.fromhex(artifact()["bytecode"][2:])) == derived_address()
    assert code_on(chain) == artifact()["deployedBytecode"]
    assert f"The contract stands at {derived_address().checksummed()}" in said


def test_the_address_follows_from_the_sources_by_the_compilers_input(made_home: Any, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (homes.ROOT / "node_modules" / "solc").is_dir():
        pytest.skip("node or solc is not installed; run make install")
    file = tmp_path / "input.json"

    said = made_home.do("deploy", "--standard-json", str(file))

    done = subprocess.run(  # noqa: S603
        [node, "-e", SOLC], cwd=homes.ROOT, input=file.read_bytes(), check=True, capture_output=True, timeout=300
    )
    source, _, name = re.search(r"contract +(\S+)", said)[1].rpartition(":")  # type: ignore[index]
    code = json.loads(done.stdout)["contracts"][source][name]["evm"]["bytecode"]["object"]
    assert f"0x{code}" == artifact()["bytecode"]
    assert create2(bytes.fromhex(code)) == derived_address()
    assert f"v{artifact()['compiler']}" in said


def test_outside_a_repository_the_way_to_the_sources_is_said(made_home: Any, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("anchoring.standard_json.standard_json.__defaults__", (tmp_path,))
        outcome = made_home.run("deploy", "--standard-json", str(tmp_path / "input.json"))

    assert (outcome.code, "clone" in outcome.err, (tmp_path / "input.json").exists()) == (2, True, False)


def test_sources_that_give_other_code_are_not_handed_to_an_explorer(made_home: Any, tmp_path: Path) -> None:
    def built(_checkout: Path, output: Path) -> None:
        artifacts = output / "artifacts" / "contracts" / "CredentialRegistry.sol"
        artifacts.mkdir(parents=True)
        other = {"bytecode": artifact()["bytecode"] + "00", "buildInfoId": "none"}
        (artifacts / "CredentialRegistry.json").write_text(json.dumps(other), "utf-8")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("anchoring.standard_json._build", built)
        outcome = made_home.run("deploy", "--standard-json", str(tmp_path / "input.json"))

    assert (outcome.code, "other code" in outcome.err, (tmp_path / "input.json").exists()) == (2, True, False)


def test_a_dry_run_shows_address_cost_and_balance_and_sends_nothing(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain, ether=3)

    said = home.do("deploy", "--network", "sepolia", "--dry-run", CREDANCHOR_PASSPHRASE="")

    gas = int(re.search(r"\(([\d,]+) gas\)", said)[1].replace(",", ""))  # type: ignore[index]
    assert 1_500_000 < gas < 5_000_000
    assert derived_address().checksummed() in said
    assert "holds 3 ETH" in said
    assert code_on(chain) == "0x"
    assert rows_of(home).submissions() == []


def test_deploying_again_finds_the_code_and_pays_nothing(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain)
    home.do("deploy", "--network", "sepolia")
    before = chain.call("eth_getBalance", admin_of(home), "latest")

    said = home.do("deploy", "--network", "sepolia", CREDANCHOR_PASSPHRASE="")

    assert "already stands" in said
    assert chain.call("eth_getBalance", admin_of(home), "latest") == before
    assert spent_nonces(chain, home) == len(rows_of(home).submissions()) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_interrupted_deployment_goes_on_with_the_same_signed_bytes(
    bare_chain: Any, home_on: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain)
    send = sys.modules["anchoring.chain"].Chain.send
    handed: list[bytes] = []

    def die(self: Any, raw: bytes) -> str:
        handed.append(raw)
        if moment == "after":
            send(self, raw)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("anchoring.chain.Chain.send", die)
        with pytest.raises(Killed):
            home.run("deploy", "--network", "sepolia")
    [begun] = rows_of(home).submissions()
    home.do("deploy", "--network", "sepolia")

    assert [attempt.raw for attempt in rows_of(home).attempts(begun.id)] == handed, "signed once, stored before sent"
    assert begun.what.contract == deployment.deployer()
    assert code_on(chain) == artifact()["deployedBytecode"]
    assert spent_nonces(chain, home) == 1


def test_a_deployment_that_waits_for_its_block_is_not_sent_a_second_time(
    bare_chain: Any, home_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = bare_chain(SEPOLIA, "--no-mining")
    home = home_on(chain)
    monkeypatch.setattr("anchoring.calls.submit_call.__defaults__", (0.0, None))

    waiting = [home.run("deploy", "--network", "sepolia") for _ in range(2)]
    chain.call("anvil_mine", "0x1", "0x0")
    again = home.do("deploy", "--network", "sepolia")

    said = [(one.code, "not mined yet" in one.out, "same command again" in one.out) for one in waiting]
    assert said == [(3, True, True)] * 2
    assert "already stands" in again
    assert spent_nonces(chain, home) == len(rows_of(home).submissions()) == 1


def test_an_account_that_cannot_pay_is_told_what_is_missing_and_nothing_is_sent(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain, ether=0)

    outcome = home.run("deploy", "--network", "sepolia")

    assert outcome.code == 2
    assert Address(admin_of(home)).checksummed() in outcome.err
    assert "the Sepolia test network" in outcome.err
    assert (code_on(chain), rows_of(home).submissions()) == ("0x", [])


def test_other_code_at_the_address_is_refused(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain)
    chain.call("anvil_setCode", derived_address(), "0x00")

    outcome = home.run("deploy", "--network", "sepolia")

    assert (outcome.code, "is not the one this version" in outcome.err) == (2, True)
    assert spent_nonces(chain, home) == 0


def test_a_network_that_pins_another_contract_is_left_alone(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain, f'contract = "0x{"11" * 20}"\n')

    outcome = home.run("deploy", "--network", "sepolia")

    assert (outcome.code, "Take `contract` out of [sepolia]" in outcome.err) == (2, True)
    assert code_on(chain) == "0x"


def test_a_chain_of_another_id_is_refused(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA)
    home = home_on(chain)
    (home.folder / "networks.toml").write_text(home.network_toml.replace("[sepolia]", "[hoodi]"), "utf-8")

    outcome = home.run("deploy", "--network", "hoodi")

    assert (outcome.code, "answers for chain 11155111" in outcome.err, code_on(chain)) == (2, True, "0x")


def test_the_network_must_be_named(made_home: Any) -> None:
    outcome = made_home.run("deploy")

    assert (outcome.code, "--network sepolia --dry-run" in outcome.err) == (2, True)


def test_without_the_deployer_the_advice_that_is_given_brings_it(bare_chain: Any, home_on: Any) -> None:
    chain = bare_chain(SEPOLIA, "--disable-default-create2-deployer")
    home = home_on(chain)

    refused = home.run("deploy", "--network", "sepolia", "--dry-run")
    account, transaction = re.search(r"ether to (0x\w{40}), .*cast publish (0xf8\w+)", refused.err).groups()  # type: ignore[union-attr]
    chain.call("anvil_setBalance", account, hex(10**16))
    chain.call("eth_sendRawTransaction", transaction)
    home.do("deploy", "--network", "sepolia")

    assert (refused.code, "no deterministic deployer" in refused.err) == (2, True)
    assert Account.recover_transaction(transaction) == account
    assert code_on(chain) == artifact()["deployedBytecode"]
