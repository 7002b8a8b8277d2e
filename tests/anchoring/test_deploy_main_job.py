"""The main job, deployment included, against a chain that says it is Sepolia: a network entry and a funded key."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
SEPOLIA = 11155111

pytestmark = pytest.mark.chain


def entry(chain: Any, accreditors: str = "") -> str:
    return f'[sepolia]\nrpc_urls = ["{chain.rpc}"]\n{accreditors}'


def new_home(folder: Path, chain: Any) -> Any:
    """Make a home that writes to Sepolia, its two accounts funded as by a faucet."""
    folder.mkdir()
    (folder / "networks.toml").write_text(entry(chain), "utf-8")
    home = homes.Home(folder, entry(chain))
    home.do("init", "--base-url", "http://localhost:9", "--network", "sepolia")
    for name in ("admin.json", "anchoring.json"):
        chain.fund("0x" + str(json.loads((folder / "keys" / name).read_text("utf-8"))["address"])[-40:], 1)
    return home


def make_final(chain: Any) -> None:
    """Mine the blocks that a real network would by itself."""
    chain.call("anvil_mine", "0x3", "0x0")


def report(home: Any, bundle: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(home.run("verify", "--json", str(bundle)).out)
    return value


def trust(home: Any, chain: Any, accreditor: str) -> None:
    trusted = f'accreditors = [{{ address = "{accreditor}", name = "the Quality Agency" }}]\n'
    (home.folder / "networks.toml").write_text(entry(chain, trusted), "utf-8")


@pytest.fixture
def issued(bare_chain: Callable[..., Any], tmp_path: Path) -> tuple[Any, Any]:
    """Give a home on Sepolia with an accredited issuer and issued credentials, the contract deployed; and the chain."""
    chain = bare_chain(SEPOLIA)
    home, agency = (new_home(tmp_path / name, chain) for name in ("north", "agency"))
    agency.do("deploy", "--network", "sepolia")
    home.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield")
    account = json.loads(home.do("issuer", "show", "--json"))["account"]
    said = agency.do("issuer", "accredit", account, "--name", "Northfield University", "--until", "2099-12-31")
    trust(home, chain, said.partition("Accreditor: ")[2][:42])
    home.do("achievement", "add", str(homes.EXAMPLE / "data-foundations.json"))
    home.do("issue", str(homes.EXAMPLE / "roster.csv"))
    return home, chain


def exported(home: Any) -> list[Path]:
    home.do("export", "--all", "--out", str(home.folder / "bundles"))
    return sorted((home.folder / "bundles").glob("*.json"))


def test_the_main_job_ends_verified_on_the_sepolia_test_network(issued: tuple[Any, Any]) -> None:
    home, chain = issued
    waiting = home.run("anchor", "run")
    early = report(home, exported(home)[0])
    make_final(chain)
    home.do("anchor", "run")
    bundles = exported(home)

    final = [report(home, bundle) for bundle in bundles]

    assert (waiting.code, early["verdict"], early["reason"]) == (3, "undecided", "waiting-for-finality")
    assert [one["verdict"] for one in final] == ["verified"] * 3, final
    assert final[0]["summary"].startswith("Verified on the Sepolia test network.")
    assert {one["network"] for one in final} == {"sepolia"}
    anchor = json.loads(bundles[0].read_text("utf-8"))["receipts"][0]["anchors"][0]
    assert anchor["chain"] == f"eip155:{SEPOLIA}"


def test_what_is_revoked_on_sepolia_is_refused(issued: tuple[Any, Any]) -> None:
    home, chain = issued
    home.run("anchor", "run")
    make_final(chain)
    home.do("anchor", "run")
    revoked, standing, *_ = exported(home)

    home.do("revoke", revoked.stem, "--reason", "error")

    refused = report(home, revoked)
    assert (refused["verdict"], refused["reason"], refused["network"]) == ("not-verified", "revoked", "sepolia")
    assert report(home, standing)["verdict"] == "verified"
