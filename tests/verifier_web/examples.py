"""Makes verifier_web/examples.json: a credential is signed, put in a batch, judged, and refused in its many ways.

Run it by its path to write the file anew; test_examples.py holds the file equal to what is made here.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.core.account import Address
from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest
from registry.core.receipt import AnchorHint, AnchorReceipt, Bundle, bundle_json
from verifier_web.app import create_app

FILE = Path(__file__).parents[2] / "verifier_web" / "examples.json"
if "services_world" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location(
        "services_world", Path(__file__).parents[1] / "services" / "world.py"
    )
    assert _SPEC is not None
    assert _SPEC.loader is not None
    sys.modules[_SPEC.name] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules[_SPEC.name])
worlds = sys.modules["services_world"]
ISSUER = worlds.Issuer(
    "did:web:uni.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))), Address("0x" + "15" * 20)
)


def world() -> Any:
    """Return a world whose chain holds the example."""
    made = worlds.World(issuer=ISSUER)
    receipt = _receipt(_credential())
    place = (ISSUER.account, receipt.root, receipt.proof.tree_size)
    made.chain.anchors[place] = worlds.AnchorRecord(worlds.ANCHORED_AT, 100, None)
    made.web.name_account(ISSUER)
    made.web.registries["https://uni.example/receipts", receipt.credential_id] = [receipt]
    return made


def bundle() -> dict[str, Any]:
    """Return the example's bundle."""
    return bundle_json(Bundle(_credential(), (_receipt(_credential()),)))


def made_examples() -> dict[str, Any]:
    """Return every example, each as the application takes or gives it."""
    return anyio.run(_asked)


async def _asked() -> dict[str, Any]:
    verifier, request = world().verifier, {"verifiableCredential": _credential()}
    transport = httpx.ASGITransport(create_app(verifier))
    async with httpx.AsyncClient(transport=transport, base_url="http://verifier.example") as client:
        api = "/v1/verifications"
        lines = {"Content-Type": "application/x-ndjson"}
        return {
            "bundle": bundle(),
            "verification": (await client.post(api, json=bundle())).json(),
            "line": (await client.post(f"{api}/batch", content=json.dumps(bundle()), headers=lines)).json(),
            "problem": (await client.post(api, json={"name": "Ada Okafor"})).json(),
            "vcRequest": request,
            "vcAnswer": (await client.post("/credentials/verify", json=request)).json(),
            "ready": {"status": "ready", "answeredSecondsAgo": {"sepolia": 4.2, "mainnet": None}},
        }


def _credential() -> dict[str, Any]:
    unsigned = {**worlds.unsigned_badge(ISSUER), "id": "urn:uuid:2f1de0d9-9a0f-4d62-a7c1-2c1c2b7f1d11"}
    return ISSUER.signed(unsigned)


def _receipt(credential: dict[str, Any]) -> AnchorReceipt:
    leaf = worlds.leaf_of(credential)
    batch = seal([leaf, *(Digest(bytes([number]) * 32) for number in (0x3C, 0x8D, 0xE1))])
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    proof = proof_from_tiles(batch.leaves.index(leaf), batch.tree_size, lambda level, at: tiles[level, at])
    hint = AnchorHint(worlds.NETWORK.chain_id, worlds.CONTRACT, ISSUER.account)
    return AnchorReceipt("final", credential["id"], leaf, proof, batch.root, (hint,))


if __name__ == "__main__":
    FILE.write_text(json.dumps(made_examples(), indent=1) + "\n", "utf-8")
