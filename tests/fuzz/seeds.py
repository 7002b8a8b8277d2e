"""What fuzzing starts from: one good input or more of each target, made by the builders of the tests."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rlp
from eth_hash.auto import keccak

from registry.core.block_header import HEADER_FIELDS, Kind
from registry.core.receipt import receipt_json
from registry.credentials.badge import default_badge
from registry.credentials.baking import CREDENTIAL_KEYWORD, bake_png, bake_svg
from registry.credentials.compact_jws import base64url
from registry.credentials.vc_jwt import JwtOptions, jwt_message, with_subject_id

if TYPE_CHECKING:
    from types import ModuleType

TESTS = Path(__file__).parents[1]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M0 0h8v8z"/></svg>'
ROSTER = b"email,award_date,name,grade,credits\nada@school.example,2026-06-30,Ada Okafor,1.3,5\n"


def seeds() -> dict[str, list[bytes]]:
    """Return the inputs by target; a target that is missing starts from nothing."""
    worlds = _loaded("services_world", TESTS / "services" / "world.py")
    issuer = worlds.new_issuer()
    badge = worlds.badge(issuer, [worlds.endorsement(issuer)], "https://uni.example/status/1")
    [receipt] = worlds.receipts_for([badge], issuer, 11155111)
    bundle, wire = worlds.bundle_bytes(badge, [receipt]), json.dumps(receipt_json(receipt))
    text, token = json.dumps(badge), _token(worlds, issuer)
    picture = bake_png(default_badge(b"seed"), text, f"[{wire}]")
    drawing, stack = bake_svg(SVG, text, f"[{wire}]"), worlds.bundle_bytes(worlds.stack(issuer, [badge]))
    pdfs = _loaded("fuzz_pdfs", TESTS / "credentials" / "test_pdf_attachments.py")
    return {
        "json": [bundle, b'{"a":[1,-0.5,1e20,"\\u00e9\\ud83d\\ude00",null,true,{}]}'],
        "unwrap": [bundle, token, picture, drawing, _pdf(pdfs, bundle)],
        "judge": [bundle, stack, token],
        "png": [picture, bake_png(default_badge(b"seed"), token.decode(), "[]")],
        "png-text": [CREDENTIAL_KEYWORD + bytes(5) + text.encode()],
        "svg": [drawing, SVG],
        "pdf": [_pdf(pdfs, bundle), _pdf(pdfs, bundle, packed=True)],
        "token": [token],
        "receipt": [wire.encode()],
        "state-proof": [_state_proof()],
        "rlp": [rlp.encode([b"a", [b"b" * 60, []], b""])],
        "header": [_header()],
        "trie": [_trie()],
        "roster": [ROSTER, ROSTER.replace(b",", b";"), b"\xef\xbb\xbf" + ROSTER.replace(b"Ada", b'"A""da\n"')],
    }


def _token(worlds: ModuleType, issuer: object) -> bytes:
    unsigned = with_subject_id(worlds.unsigned_badge(issuer), "did:example:ada")
    message = jwt_message(unsigned, JwtOptions.for_key(issuer.public, issuer.did))  # type: ignore[attr-defined]
    signature: bytes = issuer.key.sign(message)  # type: ignore[attr-defined]
    return message + b"." + base64url(signature).encode("ascii")


def _pdf(pdfs: ModuleType, bundle: bytes, *, packed: bool = False) -> bytes:
    parts = (*pdfs.PARTS[:-1], pdfs.stream_of(bundle, packed=packed))
    return bytes(pdfs.written(*parts))


def _header() -> bytes:
    sizes = {Kind.HASH: 32, Kind.ADDRESS: 20, Kind.BLOOM: 256, Kind.NONCE: 8, Kind.TEXT: 4, Kind.NUMBER: 3}
    return bytes(rlp.encode([b"\x07" * sizes[kind] for _, kind in HEADER_FIELDS]))


def _trie() -> bytes:
    leaf = rlp.encode([b"\x20" + keccak(b"key"), b"value"])
    return len(leaf).to_bytes(2, "big") + leaf


def _state_proof() -> bytes:
    word, node = "0x" + "07" * 32, "0x" + _trie()[2:].hex()
    value = {
        "type": "StateProof",
        "version": 1,
        "chain": "eip155:11155111",
        "contract": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "header": "0x" + _header().hex(),
        "accountProof": [node],
        "storageProof": [{"key": word, "value": word, "proof": [node]}],
    }
    return json.dumps(value).encode()


def _loaded(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
