"""Deploying the contract by CREATE2, so that its address follows from its source."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from registry.chain.artifact import artifact, derived_address
from registry.core.errors import AnchorMismatchError, ChainUnavailableError

if TYPE_CHECKING:
    from anchoring.ports import Rpc

_TRIES = 200
_POLL_SECONDS = 0.05


def deploy_if_missing(rpc: Rpc) -> bool:
    """Deploy the contract on a local chain from one of its own funded accounts; return whether it was missing.

    Looks for code first: deploying twice burns the gas supplied (design.md, The contract).

    Raises:
        ChainUnavailableError: the chain lacks the deterministic deployer, or did not mine.
        AnchorMismatchError: other code stands at the contract's address.

    """
    if _has_our_code(rpc):
        return False
    deployer = artifact()["deployer"]
    if rpc.call("eth_getCode", (deployer, "latest")) == "0x":
        raise ChainUnavailableError(f"The chain has no deterministic deployer at {deployer}; start it anew with anvil.")
    account = rpc.call("eth_accounts")[0]
    data = artifact()["salt"] + artifact()["bytecode"].removeprefix("0x")
    tx_hash = rpc.call("eth_sendTransaction", ({"from": account, "to": deployer, "data": data},))
    _await_mined(rpc, tx_hash)
    rpc.call("anvil_mine", ("0x2", "0x0"))
    if not _has_our_code(rpc):
        raise ChainUnavailableError(f"The transaction {tx_hash} did not deploy the contract; start the chain anew.")
    return True


def _has_our_code(rpc: Rpc) -> bool:
    address = derived_address().checksummed()
    code = rpc.call("eth_getCode", (address, "latest"))
    if code not in ("0x", artifact()["deployedBytecode"]):
        raise AnchorMismatchError(f"The code at {address} is not the one this version of Credanchor was built with.")
    return bool(code != "0x")


def _await_mined(rpc: Rpc, tx_hash: str) -> None:
    for _ in range(_TRIES):
        if rpc.call("eth_getTransactionReceipt", (tx_hash,)) is not None:
            return
        time.sleep(_POLL_SECONDS)
    raise ChainUnavailableError("The local chain did not mine the contract's deployment within 10 seconds.")
