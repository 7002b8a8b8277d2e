"""A credential that is really anchored on the session's chain, and the real verifier that judges it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anchoring import contract_calls
from registry.chain.networks import Accreditor, Network
from registry.chain.reader import RpcChainReader
from registry.chain.rpc import RpcEndpoint
from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.canonical import canonical_bytes
from registry.core.digest import Digest, leaf_hash
from registry.core.receipt import AnchorHint, AnchorReceipt, Bundle, bundle_json
from registry.credentials.contexts import CONTEXTS
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input
from registry.identity.directory import WebDirectory
from registry.services.verify import Verifier
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from registry.core.account import Address
    from tests.devnet import LocalChain

NEVER = 2**64 - 1


@dataclass(frozen=True)
class Anchored:
    """A credential on the chain, and who may judge it."""

    bundle: Bundle
    network: Network
    issuer: Address
    verifier: Verifier

    @property
    def text(self) -> str:
        return json.dumps(bundle_json(self.bundle))

    @property
    def leaf(self) -> Digest:
        return self.bundle.receipts[0].leaf_hash


def _signed(made: ModuleType) -> tuple[dict[str, Any], PublicKey]:
    key = Ed25519PrivateKey.generate()
    document = {**made.credential_document(), "@context": list(CONTEXTS)}
    del document["proof"]
    options = ProofOptions(datetime.now(UTC), f"{made.DID}#{PublicKey.of(key).multibase}")
    return secure(document, options, sign(key, signing_input(document, options))), PublicKey.of(key)


@pytest.fixture
def anchored(made: ModuleType, devnet: LocalChain) -> Iterator[Anchored]:
    document, key = _signed(made)
    issuer, accreditor = devnet.new_account()[0], devnet.new_account()[0]
    leaf = leaf_hash(canonical_bytes(document))
    batch = seal([leaf, *(Digest(secrets.token_bytes(32)) for _ in range(6))])
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    proof = proof_from_tiles(batch.leaves.index(leaf), batch.tree_size, lambda level, index: tiles[level, index])
    for sender, data in (
        (issuer, contract_calls.register_issuer(made.DID)),
        (issuer, contract_calls.add_signing_key(issuer, key.multikey)),
        (accreditor, contract_calls.accredit(issuer, NEVER, "Northbridge University", "")),
        (issuer, contract_calls.call_data("anchor", issuer, batch.root, batch.tree_size)),
    ):
        devnet.transact(sender, data)
    hint = AnchorHint(devnet.chain_id, devnet.contract, issuer)
    receipt = AnchorReceipt("final", document["id"], leaf, proof, batch.root, (hint,))
    network = Network(
        name="local",
        title="a local test chain",
        kind="local",
        chain_id=devnet.chain_id,
        contract=devnet.contract,
        rpc_urls=(devnet.rpc,),
        explorer=None,
        accreditors=(Accreditor(accreditor, "the test agency"),),
    )
    with httpx.HTTPTransport() as connections:
        reader = RpcChainReader(network, [RpcEndpoint(devnet.rpc, connections)])
        verifier = Verifier((reader,), WebDirectory(allow_loopback=True), SystemClock())
        yield Anchored(Bundle(document, (receipt,)), network, issuer, verifier)
