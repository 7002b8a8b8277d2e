from pathlib import Path

import pytest

from registry.chain.artifact import derived_address
from registry.chain.networks import load_networks
from registry.core.errors import SettingsError


def test_the_packaged_networks_are_all_there_with_the_derived_contract() -> None:
    networks = load_networks(None)
    assert {name: (one.chain_id, one.kind) for name, one in networks.items()} == {
        "local": (31337, "local"),
        "sepolia": (11155111, "test"),
        "hoodi": (560048, "test"),
        "mainnet": (1, "main"),
    }
    assert {one.contract for one in networks.values()} == {derived_address()}
    assert not any(one.accreditors for one in networks.values())


def test_a_majority_must_agree_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    assert {name: one.quorum for name, one in load_networks(None).items()} == {
        "local": 1,
        "sepolia": 2,
        "hoodi": 2,
        "mainnet": 2,
    }
    (tmp_path / "networks.toml").write_text('[sepolia]\nquorum = 3\n[hoodi]\nrpc_urls = ["https://own.example"]')
    networks = load_networks(tmp_path)
    assert (networks["sepolia"].quorum, networks["hoodi"].quorum) == (3, 1)


def test_a_homes_file_replaces_single_members_and_adds_networks(tmp_path: Path) -> None:
    (tmp_path / "networks.toml").write_text(
        '[sepolia]\nrpc_urls = ["https://own.example"]\n'
        'accreditors = [{ address = "0x52908400098527886E0F7030069857D2E4169EE7", name = "Us" }]\n'
        '[other]\ntitle = "Other"\nkind = "test"\nchain_id = 5\nrpc_urls = ["https://five.example"]\n'
    )
    networks = load_networks(tmp_path)
    assert networks["sepolia"].rpc_urls == ("https://own.example",)
    assert networks["sepolia"].chain_id == 11155111
    assert networks["sepolia"].accreditors[0].name == "Us"
    assert networks["other"].chain_id == 5


def test_the_devnets_entry_stands_below_the_users(tmp_path: Path) -> None:
    (tmp_path / "devnet").mkdir()
    (tmp_path / "devnet" / "network.toml").write_text('[local]\nrpc_urls = ["http://127.0.0.1:1"]\ntitle = "devnet"\n')
    (tmp_path / "networks.toml").write_text('[local]\nrpc_urls = ["http://127.0.0.1:2"]\n')
    local = load_networks(tmp_path)["local"]
    assert (local.rpc_urls, local.title) == (("http://127.0.0.1:2",), "devnet")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[local", "not TOML"),
        ("local = 5", "not a table"),
        ("[local]\nrpc = 1", "rpc"),
        ('[local]\nkind = "toy"', "kind"),
        ('[new]\nkind = "test"', "title"),
        ('[local]\ncontract = "0x12"', "contract|address"),
        ('[local]\nrpc_urls = ["ftp://x"]', "rpc_urls"),
        ('[local]\nrpc_urls = ["http://x", "http://x"]', "twice"),
        ("[local]\nquorum = 2", "quorum is 2, and rpc_urls names 1 endpoint;"),
        ("[sepolia]\nquorum = 0", "quorum"),
        ('[local]\naccreditors = [{ address = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", name = "x" }]', "checksum"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "networks.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_networks(tmp_path)
