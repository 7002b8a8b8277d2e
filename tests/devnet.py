"""A local chain with the contract on it, for every test that needs one: the `devnet` fixture, one chain a session.

`tests/conftest.py` loads this file by its path. Tests share the chain: each uses issuers and accounts of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from anchoring.anvil_program import find_anvil
from anchoring.devnet import CHAIN_ID, Devnet
from registry.core.account import Address
from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class LocalChain:
    """What a test needs to know of the running chain."""

    rpc: str
    """URL of its endpoint."""
    contract: Address
    """The deployed contract."""
    funder: Address
    """An account with 10,000 ether that the node itself signs for."""
    net: Devnet
    """The chain, to be stopped and started by tests that start one of their own."""
    chain_id: int = CHAIN_ID

    def call(self, method: str, *params: object) -> Any:
        """Return the result of a JSON-RPC call."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with httpx.Client(verify=False, trust_env=False, timeout=20) as client:  # noqa: S501  plain http
            answer = client.post(self.rpc, json=body).json()
        assert "error" not in answer, answer
        return answer["result"]

    def fund(self, address: str, ether: int = 10) -> None:
        """Set an account's balance."""
        self.call("anvil_setBalance", address, hex(ether * 10**18))

    def new_account(self) -> tuple[Address, str]:
        """Return a funded account of a test's own, and its key as `0x` and hex."""
        from eth_account import Account  # noqa: PLC0415

        key = "0x" + secrets.token_hex(32)
        address = Address(Account.from_key(key).address)
        self.fund(address)
        return address, key

    def transact(self, sender: str, data: bytes) -> dict[str, Any]:
        """Send a call of the contract from any account, make it final, and return its receipt."""
        self.call("anvil_impersonateAccount", sender)
        fields = {"from": sender, "to": self.contract, "data": "0x" + data.hex()}
        tx_hash = self.call("eth_sendTransaction", fields)
        self.call("anvil_mine", "0x2", "0x0")
        receipt: dict[str, Any] = self.call("eth_getTransactionReceipt", tx_hash)
        assert receipt["status"] == "0x1", receipt
        return receipt


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_chain(folder: Path, state_every_seconds: int = 1) -> LocalChain:
    """Start a chain in a folder; skip the test where no anvil is installed."""
    try:
        anvil = find_anvil(None)
    except SettingsError as error:
        pytest.skip(str(error))
    net = Devnet(folder, state_every_seconds)
    status = net.up(anvil, free_port())
    chain = LocalChain(status.rpc, Address(status.contract), Address("0x" + "0" * 40), net)
    return LocalChain(status.rpc, chain.contract, Address(chain.call("eth_accounts")[0]), net)


@pytest.fixture(scope="session")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    """Give one running chain for the session, with the contract on it."""
    # No test kills this one, and thousands of blocks written every second would keep a core busy.
    folder = tmp_path_factory.mktemp("devnet")
    chain = start_chain(folder, state_every_seconds=3600)
    yield chain
    # Nobody wants its state, which takes long to write.
    os.kill(json.loads((folder / "pid").read_text("utf-8"))["pid"], signal.SIGKILL)
