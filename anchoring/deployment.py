"""Deploying the contract by CREATE2, so that its address follows from its source."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from anchoring.registrar import PlannedCall
from registry.chain.artifact import artifact, derived_address
from registry.core.account import Address
from registry.core.errors import AnchorMismatchError, ChainUnavailableError, SettingsError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anchoring.chain import Chain
    from anchoring.ports import Rpc
    from registry.chain.networks import Network

MAKER = Address("0x3fAB184622Dc19b6109349B94811493BF2a45362")
"""The account that makes the deterministic deployer, on any chain, by one transaction; nobody has its key."""
MAKING = (
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222"
    "222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
)
"""That transaction, signed without a chain id, so that every chain that still takes such ones takes it."""
_TRIES = 200
_POLL_SECONDS = 0.05


def deployer() -> Address:
    """Return the address of the common deterministic deployer, the same on every chain that has it."""
    return Address(artifact()["deployer"])


def deployment_data() -> bytes:
    """Return call data that makes the deployer create the contract: salt and creation code."""
    return bytes.fromhex(artifact()["salt"][2:] + artifact()["bytecode"][2:])


def is_deployed(code: bytes) -> bool:
    """Return whether `code`, found at the contract's address, is the contract; False if there is none.

    Raises:
        AnchorMismatchError: it is other code.

    """
    if code not in (b"", bytes.fromhex(artifact()["deployedBytecode"][2:])):
        raise AnchorMismatchError(
            f"The code at {derived_address().checksummed()} is not the one this version of Credanchor was built with. "
            "Do not use that network before you know whose code it is; nothing was sent."
        )
    return bool(code)


def deployment(chain: Chain) -> Iterator[PlannedCall]:
    """Yield the call that deploys the contract, unless it stands: deploying twice burns the gas supplied.

    Raises:
        SettingsError: networks.toml pins another address than the one it would be deployed at.
        StateError: the chain has no deterministic deployer; says what to do.
        AnchorMismatchError: other code stands at the contract's address.

    """
    _require_derived_address(chain.network)
    if is_deployed(chain.code_at(derived_address())):
        return
    _require_deployer(chain)
    label = f"deploy the registry contract at {derived_address().checksummed()}"
    yield PlannedCall(label, deployment_data(), deployer())


def _require_derived_address(network: Network) -> None:
    if network.contract != derived_address():
        raise SettingsError(
            f"networks.toml pins the contract {network.contract.checksummed()} on {network.title}, but this version's "
            f"is deployed at {derived_address().checksummed()}. Take `contract` out of [{network.name}], or leave that "
            "network as it is; nothing was sent."
        )


def _require_deployer(chain: Chain) -> None:
    if not chain.code_at(deployer()):
        raise StateError(
            f"There is no deterministic deployer at {deployer().checksummed()} on {chain.network.title}, so the "
            "contract cannot be put at its address. Nothing was sent. Anybody can bring the deployer there: send 0.01 "
            f"ether to {MAKER.checksummed()}, then publish the transaction that makes it everywhere, and run the "
            f"command again: cast publish {MAKING}"
        )


def deploy_if_missing(rpc: Rpc) -> bool:
    """Deploy the contract on a local chain from one of its own funded accounts; return whether it was missing.

    Raises:
        ChainUnavailableError: the chain lacks the deterministic deployer, or did not mine.
        AnchorMismatchError: other code stands at the contract's address.

    """
    if is_deployed(_code(rpc, derived_address())):
        return False
    if not _code(rpc, deployer()):
        raise ChainUnavailableError(
            f"The chain has no deterministic deployer at {deployer()}; start it anew with anvil."
        )
    account = rpc.call("eth_accounts")[0]
    call = {"from": account, "to": deployer(), "data": "0x" + deployment_data().hex()}
    tx_hash = rpc.call("eth_sendTransaction", (call,))
    _await_mined(rpc, tx_hash)
    rpc.call("anvil_mine", ("0x2", "0x0"))
    if not is_deployed(_code(rpc, derived_address())):
        raise ChainUnavailableError(f"The transaction {tx_hash} did not deploy the contract; start the chain anew.")
    return True


def _code(rpc: Rpc, address: Address) -> bytes:
    return bytes.fromhex(str(rpc.call("eth_getCode", (address, "latest")) or "0x")[2:])


def _await_mined(rpc: Rpc, tx_hash: str) -> None:
    for _ in range(_TRIES):
        if rpc.call("eth_getTransactionReceipt", (tx_hash,)) is not None:
            return
        time.sleep(_POLL_SECONDS)
    raise ChainUnavailableError("The local chain did not mine the contract's deployment within 10 seconds.")
