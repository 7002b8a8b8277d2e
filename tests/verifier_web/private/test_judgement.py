"""The browser's judgement beside the server's: the same checks, outcomes, codes and sentences on the same facts."""

from __future__ import annotations

import base64
import copy
import json
import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.checks.facts import AnchorRecord, KeyRecord, Status, StatusRecord
from registry.checks.report import report_json, standing
from registry.core.canonical import canonical_bytes
from registry.core.digest import Digest, leaf_hash
from registry.core.proof import InclusionProof
from registry.core.receipt import AnchorHint, AnchorReceipt, receipt_json
from registry.credentials.compact_jws import base64url, parse_compact
from registry.credentials.endorsement import endorsed_credential
from registry.credentials.signing import PublicKey
from registry.credentials.vc_jwt import JwtOptions, jwt_message, public_jwk, with_subject_id
from verifier_web.catalogue import Catalogue
from verifier_web.languages import LANGUAGES
from verifier_web.private_details import DETAILS
from verifier_web.private_wording import SENTENCES
from verifier_web.text import paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registry.checks.report import Report
    from verifier_web.languages import Language

    Run = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]
    RunIn = Callable[[Sequence[dict[str, Any]], Language], list[dict[str, Any]]]

world = sys.modules["services_world"]  # loaded by conftest.py
LIST = "https://uni.example/status/1"


def _milliseconds(at: datetime | None) -> int | None:
    return int(at.timestamp() * 1000) if at else None


def _chain_json(chain: Any) -> dict[str, Any]:
    return {
        "down": chain.down,
        "issuers": {str(account): did for account, did in chain.issuers.items()},
        "keys": {
            f"{account} {Digest(key_hash).to_hex()}": {
                "addedAt": _milliseconds(key.added_at),
                "retiredSince": _milliseconds(key.retired_since),
            }
            for (account, key_hash), key in chain.keys.items()
        },
        "anchors": {
            f"{account} {Digest(root).to_hex()} {size}": {
                "anchoredAt": _milliseconds(anchor.anchored_at),
                "blockNumber": anchor.block_number,
                "revokedAt": _milliseconds(anchor.revoked_at),
            }
            for (account, root, size), anchor in chain.anchors.items()
        },
        "statuses": {
            f"{account} {Digest(leaf).to_hex()}": {
                "status": status.status.name.lower(),
                "revokedAt": _milliseconds(status.revoked_at),
                "suspendedAt": _milliseconds(status.suspended_at),
                "reason": status.reason,
            }
            for (account, leaf), status in chain.statuses.items()
        },
        "accredited": [str(account) for account in chain.accredited],
    }


def _sites_json(web: Any) -> dict[str, Any]:
    services = {
        did: [
            {"chainId": str(one.chain_id), "contract": str(one.contract), "issuer": str(one.issuer)}
            for one in site.services
        ]
        for did, site in web.sites.items()
    }
    return {"services": services, "lists": web.documents}


def _task(there: Any, data: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(data).decode("ascii")
    now = int(world.NOW.timestamp() * 1000)
    return {
        "do": "judge",
        "data": encoded,
        "chain": _chain_json(there.chain),
        "sites": _sites_json(there.web),
        "now": now,
    }


def _anchored(there: Any, unsigned: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    document = there.issuer.signed(unsigned)
    return document, there.chain.anchor([document], there.issuer)


def _with_list(there: Any, revoked: Sequence[int], key: Any = None) -> bytes:
    there.web.documents[LIST] = world.status_list(there.issuer, LIST, revoked, key)
    return world.bundle_bytes(*_anchored(there, world.unsigned_badge(there.issuer, status_url=LIST)))


def _status(there: Any, record: StatusRecord) -> bytes:
    document, receipts = _anchored(there, world.unsigned_badge(there.issuer))
    there.chain.statuses[there.issuer.account, world.leaf_of(document)] = record
    return world.bundle_bytes(document, receipts)


def _dated(there: Any, **dates: str) -> bytes:
    return world.bundle_bytes(*_anchored(there, {**world.unsigned_badge(there.issuer), **dates}))


def _receipt(there: Any, **changes: Any) -> bytes:
    document, [receipt] = _anchored(there, world.unsigned_badge(there.issuer))
    return world.bundle_bytes(document, [replace(receipt, **changes)])


def _good(there: Any) -> bytes:
    return world.bundle_bytes(*_anchored(there, world.unsigned_badge(there.issuer)))


def _unaccredited(there: Any, *, named: bool | None = None) -> bytes:
    there.chain.accredited.clear()
    if named is not None:
        account = there.issuer.account if named else world.AGENCY
        there.web.name_account(there.issuer, account)
    return _good(there)


def _key(there: Any, added: timedelta, retired: timedelta | None) -> bytes:
    key = KeyRecord(world.ANCHORED_AT + added, world.ANCHORED_AT + retired if retired is not None else None)
    there.chain.keys[there.issuer.account, there.issuer.public.key_hash] = key
    return _good(there)


def _other_key(there: Any) -> bytes:
    document = there.issuer.signed(world.unsigned_badge(there.issuer), Ed25519PrivateKey.generate())
    return world.bundle_bytes(document, there.chain.anchor([document], there.issuer))


def _batch_revoked(there: Any) -> bytes:
    data = _good(there)
    there.chain.anchors = {place: replace(one, revoked_at=world.NOW) for place, one in there.chain.anchors.items()}
    return data


def _changed(there: Any, change: Callable[[dict[str, Any]], None]) -> bytes:
    bundle = json.loads(_good(there))
    change(bundle["credential"])
    return json.dumps(bundle).encode()


def _not_the_did(there: Any) -> bytes:
    data = _good(there)
    there.chain.issuers[there.issuer.account] = "did:web:other.example"
    return data


def _down(there: Any) -> bytes:
    data = _good(there)
    there.chain.down = True
    return data


def _not_anchored(there: Any) -> bytes:
    data = _good(there)
    there.chain.anchors.clear()
    return data


def _behind(there: Any) -> bytes:
    document, [receipt] = _anchored(there, world.unsigned_badge(there.issuer))
    there.chain.anchors.clear()
    hints = tuple(replace(one, block_number=1_000_000) for one in receipt.anchors)
    return world.bundle_bytes(document, [replace(receipt, anchors=hints)])


def _two_proofs(there: Any) -> bytes:
    unsigned = world.unsigned_badge(there.issuer)
    first, second = there.issuer.signed(unsigned), there.issuer.signed(unsigned, Ed25519PrivateKey.generate())
    both = {**unsigned, "proof": [second["proof"][0], first["proof"][0]]}
    return world.bundle_bytes(both, there.chain.anchor([first], there.issuer))


def _foreign_proof(there: Any) -> bytes:
    document, receipts = _anchored(there, world.unsigned_badge(there.issuer))
    other = {**document["proof"][0], "verificationMethod": "did:web:other.example#z6Mk", "endorsement": [document]}
    return world.bundle_bytes({**document, "proof": [other, *document["proof"]]}, receipts)


def _retired_list(there: Any) -> bytes:
    data = _with_list(there, [7])
    key = KeyRecord(world.ANCHORED_AT - timedelta(days=30), world.ANCHORED_AT + timedelta(days=1))
    there.chain.keys[there.issuer.account, there.issuer.public.key_hash] = key
    return data


def _foreign_list(there: Any) -> bytes:
    data = _with_list(there, [7])
    other = replace(there.issuer, did="did:web:other.example")
    there.web.documents[LIST] = world.status_list(other, LIST, [7])
    return data


def _altered_with_list(there: Any) -> bytes:
    there.chain.accredited.clear()
    return _with_list(there, [7]).replace(b"Ada Okafor", b"Eda Okafor")


def _jwt(there: Any, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> bytes:
    """Return an anchored VC-JWT whose header and payload are changed before it is signed; None takes a member away."""
    unsigned = with_subject_id(world.unsigned_badge(there.issuer), "urn:uuid:7f4f0c5e-5c51-4b28-9e1c-2f3b8f6f0001")
    options = JwtOptions.for_key(there.issuer.public, there.issuer.did)
    payload = parse_compact(f"{jwt_message(unsigned, options).decode()}.AA").payload
    written = [_without_none({**options.header, **(header or {})}), _without_none({**payload, **changes})]
    message = ".".join(base64url(canonical_bytes(part)) for part in written)
    token = f"{message}.{base64url((key or there.issuer.key).sign(message.encode()))}"
    leaf = leaf_hash(token.encode())
    there.chain.anchors[there.issuer.account, leaf, 1] = AnchorRecord(world.ANCHORED_AT, 100, None)
    hint = AnchorHint(world.NETWORK.chain_id, world.CONTRACT, there.issuer.account)
    receipt = AnchorReceipt("final", unsigned["id"], leaf, InclusionProof(0, 1, ()), leaf, (hint,))
    return world.bundle_bytes(token, [receipt])


def _without_none(value: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in value.items() if member is not None}


def _jwk(there: Any, **changes: Any) -> dict[str, Any]:
    return {"jwk": {**public_jwk(there.issuer.public), **changes}}


def _endorsed(there: Any, *, withdrawn: bool = False, **subject: Any) -> bytes:
    said = world.endorsement(there.issuer, **subject)
    document = world.badge(there.issuer, [said])
    receipts = there.chain.anchor([said, document], there.issuer)
    if withdrawn:
        there.chain.revoke(said, there.issuer)
    return world.bundle_bytes(document, receipts)


def _endorsed_beside(there: Any, *, of_it: bool) -> bytes:
    document = world.badge(there.issuer)
    entry = canonical_bytes(document)
    of = endorsed_credential(document["id"], entry if of_it else entry + b" ")
    said = world.endorsement(there.issuer, of)
    return world.bundle_bytes(document, there.chain.anchor([said, document], there.issuer), [said])


def _endorsed_jwt_beside(there: Any) -> bytes:
    data = json.loads(_jwt(there))
    token = data["credential"]
    said = world.endorsement(there.issuer, endorsed_credential(parse_compact(token).payload["id"], token.encode()))
    receipts = [receipt_json(one) for one in there.chain.anchor([said], there.issuer)]
    return json.dumps({**data, "receipts": data["receipts"] + receipts, "endorsements": [said]}).encode()


def _not_an_endorsement(there: Any) -> bytes:
    document, other = world.badge(there.issuer), world.badge(there.issuer)
    return world.bundle_bytes(document, there.chain.anchor([document, other], there.issuer), [other, "a.b.c"])


def _endorsement_alone(there: Any) -> bytes:
    said = world.endorsement(there.issuer)
    return world.bundle_bytes(said, there.chain.anchor([said], there.issuer))


def _ada(there: Any, name: str = "Ada Okafor", **members: Any) -> dict[str, Any]:
    unsigned = world.unsigned_badge(there.issuer)
    unsigned["credentialSubject"]["identifier"][0] |= {"identityHash": name, **members}
    signed: dict[str, Any] = there.issuer.signed(unsigned)
    return signed


def _stack(there: Any, components: list[dict[str, Any]], names: Sequence[dict[str, Any]] = ()) -> bytes:
    """Return an anchored stack of anchored components; `names` are the identifiers of its recipient."""
    unsigned = {name: value for name, value in world.stack(there.issuer, components).items() if name != "proof"}
    if names:
        unsigned["credentialSubject"]["identifier"] = [{"type": "IdentityObject", **one} for one in names]
    document = there.issuer.signed(unsigned)
    unique = list({one["proof"][0]["proofValue"]: one for one in components}.values())
    return world.bundle_bytes(document, there.chain.anchor([document, *unique], there.issuer))


def _broken_stack(there: Any) -> bytes:
    good, bad = world.badge(there.issuer), world.badge(there.issuer)
    data = _stack(there, [good, bad])
    there.chain.revoke(bad, there.issuer)
    return data


def _half_anchored_stack(there: Any) -> bytes:
    loose = there.issuer.signed(world.unsigned_badge(there.issuer))
    bundle = json.loads(_stack(there, [world.badge(there.issuer), loose]))
    bundle["receipts"] = [
        {**one, "anchors": []} if one["credentialId"] == loose["id"] else one for one in bundle["receipts"]
    ]
    return json.dumps(bundle).encode()


def _same_id_stack(there: Any) -> bytes:
    unsigned = world.unsigned_badge(there.issuer)
    return _stack(there, [there.issuer.signed(unsigned), there.issuer.signed({**unsigned, "name": "Another name"})])


def _deep_stack(there: Any) -> bytes:
    layers = [world.badge(there.issuer)]
    for _ in range(5):
        layers.append(world.stack(there.issuer, layers[-1:]))
    return world.bundle_bytes(layers[-1], there.chain.anchor(layers, there.issuer))


ADA = {"hashed": False, "identityHash": " ADA  okafor", "identityType": "name"}
SALTED = {"hashed": True, "identityHash": "sha256$ab", "identityType": "emailAddress", "salt": "x"}


def _endorsed_by_token(there: Any) -> bytes:
    unsigned = world.unsigned_badge(there.issuer)
    unsigned["credentialSubject"]["achievement"]["endorsementJwt"] = ["e30.e30.YQ"]
    return world.bundle_bytes(*_anchored(there, unsigned))


def _set(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(members)


def _in_proof(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["proof"][0].update(members)


KEY = PublicKey(b"\x01" * 32).multibase
CASES: dict[str, Callable[[Any], bytes]] = {
    "good": _good,
    "altered": lambda there: _good(there).replace(b"Ada Okafor", b"Eda Okafor"),
    "confirmed by its domain": lambda there: _unaccredited(there, named=True),
    "another account in its DID document": lambda there: _unaccredited(there, named=False),
    "nobody confirms": _unaccredited,
    "wrong root": lambda there: _receipt(there, root=Digest(b"\x09" * 32)),
    "path too long": lambda there: _receipt(there, proof=InclusionProof(0, 3, (Digest(b"\x01" * 32),) * 9)),
    "receipt of other content": lambda there: _receipt(there, leaf_hash=Digest(b"\x09" * 32)),
    "pending": lambda there: _receipt(there, state="pending"),
    "no anchors": lambda there: _receipt(there, anchors=()),
    "unknown network": lambda there: _good(there).replace(b"eip155:11155111", b"eip155:5"),
    "not anchored": _not_anchored,
    "behind": _behind,
    "chain down": _down,
    "expired": lambda there: _dated(there, validUntil="2026-11-21T00:00:00Z"),
    "not yet valid": lambda there: _dated(there, validFrom="2027-01-01T00:00:00Z"),
    "valid until": lambda there: _dated(there, validUntil="2030-01-01T00:00:00+02:00"),
    "never valid": lambda there: _dated(there, validUntil="2020-01-01T00:00:00Z"),
    "revoked": lambda there: _status(there, StatusRecord(Status.REVOKED, world.NOW, None, 2)),
    "revoked without a known reason": lambda there: _status(there, StatusRecord(Status.REVOKED, world.NOW, None, 99)),
    "suspended": lambda there: _status(there, StatusRecord(Status.SUSPENDED, None, world.NOW, 0)),
    "batch revoked": _batch_revoked,
    "list agrees": lambda there: _with_list(there, [3]),
    "list revokes": lambda there: _with_list(there, [7]),
    "list of another key": lambda there: _with_list(there, [7], Ed25519PrivateKey.generate()),
    "list of a retired key": _retired_list,
    "list that names another issuer": _foreign_list,
    "altered, and its list revokes": _altered_with_list,
    "VC-JWT": _jwt,
    "VC-JWT by its jwk": lambda there: _jwt(there, {**_jwk(there), "kid": None}),
    "VC-JWT by both": lambda there: _jwt(there, _jwk(there)),
    "VC-JWT with an end": lambda there: _jwt(there, exp=1798761600, validUntil="2027-01-01T00:00:00Z", iat=1.5),
    "VC-JWT with another end": lambda there: _jwt(there, exp=1, validUntil="2027-01-01T00:00:00Z"),
    "VC-JWT with an end in a claim alone": lambda there: _jwt(there, exp=1798761600),
    "VC-JWT without a claim": lambda there: _jwt(there, jti=None),
    "VC-JWT of another issuer": lambda there: _jwt(there, iss="did:web:x.example"),
    "VC-JWT of another time": lambda there: _jwt(there, nbf=True),
    "VC-JWT of another subject": lambda there: _jwt(there, sub="urn:x"),
    "VC-JWT of the older model": lambda there: _jwt(there, vc={"type": []}, **{"@context": None}),
    "VC-JWT of somebody's key": lambda there: _jwt(there, key=Ed25519PrivateKey.generate()),
    "VC-JWT of no algorithm": lambda there: _jwt(there, {"alg": "none"}),
    "VC-JWT without its algorithm": lambda there: _jwt(there, {"alg": None}),
    "VC-JWT of a shared secret": lambda there: _jwt(there, {"alg": "HS256"}),
    "VC-JWT of another algorithm": lambda there: _jwt(there, {"alg": "ES256"}),
    "VC-JWT of another type": lambda there: _jwt(there, {"typ": "at+jwt"}),
    "VC-JWT of a media type": lambda there: _jwt(there, {"typ": "application/VC+JWT"}),
    "VC-JWT with more in its header": lambda there: _jwt(there, {"crit": ["b64"], "b64": False}),
    "VC-JWT without a key": lambda there: _jwt(there, {"kid": None}),
    "VC-JWT of a key by its name": lambda there: _jwt(there, {"kid": f"{there.issuer.did}#key-1"}),
    "VC-JWT of a key by its bare name": lambda there: _jwt(there, {"kid": "key-1"}),
    "VC-JWT of somebody's DID": lambda there: _jwt(there, {"kid": f"did:web:x.example#{KEY}"}),
    "VC-JWT of two keys": lambda there: _jwt(there, {**_jwk(there), "kid": f"{there.issuer.did}#{KEY}"}),
    "VC-JWT of a private key": lambda there: _jwt(there, {**_jwk(there, d="AA"), "kid": None}),
    "VC-JWT of no jwk": lambda there: _jwt(there, {"jwk": "x", "kid": None}),
    "VC-JWT with an undefined member": lambda there: _jwt(there, rank="first"),
    "endorsed": _endorsed,
    "endorsed, with an undefined member": lambda there: _endorsed(there).replace(
        b'"credentialSubject":', b'"rank":"first","credentialSubject":', 1
    ),
    "endorsed by a token that is none": _endorsed_by_token,
    "endorsed, and withdrawn": lambda there: _endorsed(there, withdrawn=True),
    "endorsed by an id alone": lambda there: _endorsed(there, digestMultibase=None),
    "endorsed by another digest": lambda there: _endorsed(there, digestMultibase="uEiAA"),
    "endorsed by no digest": lambda there: _endorsed(there, digestMultibase="z0"),
    "endorsement of something else": lambda there: _endorsed(there, id="urn:uuid:1"),
    "endorsed beside it": lambda there: _endorsed_beside(there, of_it=True),
    "endorsement of another text beside it": lambda there: _endorsed_beside(there, of_it=False),
    "VC-JWT endorsed beside it": _endorsed_jwt_beside,
    "endorsement of an altered credential": lambda there: _endorsed(there).replace(b"small data", b"large data"),
    "what is no endorsement beside it": _not_an_endorsement,
    "endorsement alone": _endorsement_alone,
    "stack": lambda there: _stack(there, [world.badge(there.issuer), world.badge(there.issuer)]),
    "stack of its person": lambda there: _stack(there, [_ada(there)], [ADA]),
    "stack of another person": lambda there: _stack(there, [_ada(there), _ada(there, "Eda")], [ADA]),
    "stack of a person with a sharp s": lambda there: _stack(
        there, [_ada(there, "Strauß")], [{**ADA, "identityHash": "STRAUSS"}]
    ),
    "stack of a salted hash": lambda there: _stack(there, [_ada(there, **SALTED)], [SALTED]),
    "stack of another salt": lambda there: _stack(there, [_ada(there, **SALTED)], [{**SALTED, "salt": "y"}]),
    "stack with one revoked": _broken_stack,
    "stack with one not anchored": _half_anchored_stack,
    "stack with one twice": lambda there: _stack(there, [world.badge(there.issuer)] * 2),
    "stack with one id twice": _same_id_stack,
    "deep stack": _deep_stack,
    "key added later": lambda there: _key(there, timedelta(days=1), None),
    "key retired before": lambda there: _key(there, timedelta(days=-30), timedelta(days=-1)),
    "key retired at that moment": lambda there: _key(there, timedelta(days=-30), timedelta(0)),
    "key retired after": lambda there: _key(there, timedelta(days=-30), timedelta(days=1)),
    "somebody's key": _other_key,
    "somebody's account": _not_the_did,
    "two proofs, one anchored": _two_proofs,
    "a proof of somebody else beside": _foreign_proof,
    "undefined member": lambda there: _changed(there, _set(rank="first")),
    "prototype as a member": lambda there: _good(there).replace(
        b'"name":"Data Foundations"', b'"__proto__":{"x":1},"name":"Data Foundations"', 1
    ),
    "a member that every object has": lambda there: _changed(there, _set(constructor={"x": 1})),
    "another member that every object has": lambda there: _changed(there, _set(toString="x")),
    "undefined type": lambda there: _changed(there, _set(type=["VerifiableCredential", "OpenBadgeCredential", "Gold"])),
    "null member": lambda there: _changed(there, _set(description=None)),
    "keyword": lambda there: _changed(there, _set(**{"@index": "x"})),
    "IRI as a name": lambda there: _changed(there, _set(**{"https://schema.org/name": "x"})),
    "named like a type": lambda there: _changed(there, _set(Profile="x")),
    "nested array": lambda there: _changed(there, _set(evidence=[[]])),
    "described twice": lambda there: _changed(
        there, lambda one: one["credentialSubject"]["achievement"].update(id=one["id"])
    ),
    "inline context": lambda there: _changed(there, lambda one: one["@context"].append({"a": "urn:a"})),
    "unknown context": lambda there: _changed(there, lambda one: one["@context"].append("https://x.example/c")),
    "contexts in another order": lambda there: _changed(there, lambda one: one["@context"].reverse()),
    "a context twice": lambda there: _changed(there, lambda one: one["@context"].append(one["@context"][-1])),
    "no type of ours": lambda there: _changed(there, _set(type=["VerifiableCredential"])),
    "several statuses": lambda there: _changed(there, _set(credentialStatus=[{"type": "a"}, {"type": "b"}])),
    "status that is no list": lambda there: _dated(
        there, credentialStatus={"id": "https://uni.example/s", "type": "1EdTechRevocationList"}
    ),
    "unreadable date": lambda there: _changed(there, _set(validFrom="yesterday")),
    "no proof": lambda there: _changed(there, lambda one: one.pop("proof")),
    "empty proof": lambda there: _changed(there, _set(proof=[])),
    "proof of another purpose": lambda there: _changed(there, _in_proof(proofPurpose="authentication")),
    "proof of very many values": lambda there: _changed(there, _in_proof(domain=["x.example"] * 99)),
    "stack of a very long name": lambda there: _stack(
        there, [_ada(there, "a" * 2000)], [{**ADA, "identityHash": "A" * 2000}]
    ),
    "chained proof": lambda there: _changed(there, _in_proof(previousProof="urn:x")),
    "another suite": lambda there: _changed(there, _in_proof(cryptosuite="ecdsa-rdfc-2019")),
    "another proof type": lambda there: _changed(there, _in_proof(type="Ed25519Signature2020")),
    "proof of nobody": lambda there: _changed(there, _in_proof(type=7)),
    "somebody's proof": lambda there: _changed(there, _in_proof(verificationMethod=f"did:web:x.example#{KEY}")),
    "key by its name": lambda there: _changed(there, _in_proof(verificationMethod=f"{there.issuer.did}#key-1")),
    "key of another type": lambda there: _changed(
        there, _in_proof(verificationMethod=f"{there.issuer.did}#zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169")
    ),
    "broken multibase": lambda there: _changed(there, _in_proof(verificationMethod=f"{there.issuer.did}#z0OIl")),
    "another key": lambda there: _changed(there, _in_proof(verificationMethod=f"{there.issuer.did}#{KEY}")),
    "short signature": lambda there: _changed(there, _in_proof(proofValue="z3")),
    "very long signature": lambda there: _changed(there, _in_proof(proofValue="z" + "1" * 1100)),
    "no signature value": lambda there: _changed(there, lambda one: one["proof"][0].pop("proofValue")),
    "broken date in the proof": lambda there: _changed(there, _in_proof(created="x")),
}


def _python(there: Any, data: bytes) -> dict[str, Any]:
    return report_json(there.verifier.verify(data).report, "x")


MEMBERS = ("kind", "input", "title", "standing", "verdict", "reason", "summary")


def _comparable(report: dict[str, Any], *, outermost: bool = True) -> dict[str, Any]:
    """Return what both say of a credential and its parts; of a wrong shape each names the members in its own words."""
    shaped = any(one["code"] == "wrong-shape" for one in report["checks"])
    checks = [
        [one["check"], one["outcome"], one["code"], "" if one["code"] == "wrong-shape" else one["detail"]]
        for one in report["checks"]
    ]
    said = {name: report[name] for name in MEMBERS if name in report and not (outermost and name == "input")}
    kept = {name: text for name, text in said.items() if not (shaped and name in {"summary", "standing"})}
    return {**kept, "checks": checks, "parts": [_comparable(one, outermost=False) for one in report.get("parts", ())]}


def test_every_case_is_judged_as_the_server_judges_it(run: Run) -> None:
    worlds = {name: world.World() for name in CASES}
    inputs = {name: CASES[name](there) for name, there in worlds.items()}

    told = run([_task(worlds[name], data) for name, data in inputs.items()])

    reasons = set()
    for (name, data), one in zip(inputs.items(), told, strict=True):
        expected = _python(worlds[name], data)
        assert "value" in one, (name, one)
        assert _comparable(one["value"]) == _comparable(expected), name
        reasons.add(expected["reason"])
    assert len(reasons) > 30


OTHER_WORDS = {"wrong-shape", "chain-unreachable"}
"""Reasons that the browser finds by itself: a validator's places, and who did not answer."""
ISOLATES = str.maketrans("", "", "\u2068\u2069")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_every_case_is_said_in_each_language_as_the_ordinary_page_says_it(run_in: RunIn, language: Language) -> None:
    worlds = {name: world.World() for name in CASES}
    inputs = {name: CASES[name](there) for name, there in worlds.items()}

    told = run_in([_task(worlds[name], data) for name, data in inputs.items()], language)

    compared = 0
    for (name, data), one in zip(inputs.items(), told, strict=True):
        report = worlds[name].verifier.verify(data).report
        if not OTHER_WORDS & {check.code for check in report.checks}:
            assert _told(one["value"]) == _said(report, Catalogue(language)), name
            compared += 1
    assert compared > 90


def _said(report: Report, catalogue: Catalogue) -> list[str]:
    """Return the verdict and the findings of a credential and its parts as the ordinary page says them."""
    said = [str(catalogue.say(text)).translate(ISOLATES) for text in (report.summary, *_details(report))]
    for part in report.parts:
        said += [str(catalogue.say(standing(part.report))).translate(ISOLATES)] if part.kind == "endorsement" else []
        said += _said(part.report, catalogue)
    return said


def _details(report: Report) -> Iterator[str]:
    yield from (paragraph(one.detail) for one in report.checks)


def _told(report: dict[str, Any]) -> list[str]:
    told = [text.translate(ISOLATES) for text in (report["summary"], *(one["detail"] for one in report["checks"]))]
    for part in report.get("parts", ()):
        told += [part["standing"].translate(ISOLATES)] if "standing" in part else []
        told += _told(part)
    return told


def test_no_altered_credential_is_verified(run: Run) -> None:
    rng = random.Random(9162)  # noqa: S311  the same changes each time
    there = world.World()
    bundle = json.loads(_good(there))
    changed = [one for one in (_altered(bundle, rng) for _ in range(250)) if one != bundle]

    told = run([_task(there, json.dumps(one).encode()) for one in (bundle, *changed)])

    assert told[0]["value"]["verdict"] == "verified"
    for one, result in zip(changed, told[1:], strict=True):
        assert result.get("value", {"verdict": "refused"})["verdict"] != "verified", one


def _altered(bundle: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return the bundle with one text of its credential changed, or one of what the receipt proves by."""
    made = copy.deepcopy(bundle)
    proven = {name: made["receipts"][0][name] for name in ("leafHash", "leafIndex", "treeSize", "path", "root")}
    holder, name = rng.choice([*_texts(made["credential"]), *((made["receipts"][0], one) for one in proven)])
    value = holder[name]
    if isinstance(value, str):
        at = rng.randrange(len(value))
        holder[name] = value[:at] + rng.choice("abcdef0123456789") + value[at + 1 :]
    else:
        holder[name] = value + 1 if isinstance(value, int) else value[::-1]
    return made


def _texts(value: Any) -> Iterator[tuple[Any, Any]]:
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, str) and item:
            yield value, name
        elif isinstance(item, dict | list):
            yield from _texts(item)


REFUSED = (
    b"",
    b"eyJhbGciOiJFZERTQSJ9.W10.AA",
    b"eyJhbGciOiJFZERTQSJ9.e30",
    b"eyJhbGciOiJFZERTQSJ9.e31.AA",
    b"%PDF-1.7",
    b"[1]",
    b'{"a": 1}',
    b'{"credential": {"type": "x"}, "x": 1}',
)


@pytest.mark.parametrize("data", REFUSED)
def test_what_is_no_credential_is_refused_with_a_sentence(run: Run, data: bytes) -> None:
    [told] = run([_task(world.World(), data)])

    assert told["refused"] in SENTENCES.keys() | DETAILS.keys()


def test_without_a_receipt_nobody_is_asked_for_one_by_the_credentials_id(run: Run) -> None:
    there = world.World()

    [told] = run([_task(there, world.bundle_bytes(world.badge(there.issuer)))])

    assert (told["value"]["verdict"], told["value"]["reason"]) == ("undecided", "no-receipt")


def test_the_anchor_of_a_lone_leaf_is_said_in_the_singular(run: Run) -> None:
    there = world.World()
    document = world.badge(there.issuer)
    leaf = world.leaf_of(document)
    [receipt] = world.receipts_for([document], there.issuer, world.NETWORK.chain_id)
    alone = replace(receipt, proof=InclusionProof(0, 1, ()), root=leaf)
    there.chain.anchors[there.issuer.account, leaf, 1] = AnchorRecord(world.ANCHORED_AT, 100, None)
    data = world.bundle_bytes(document, [alone])

    [told] = run([_task(there, data)])

    assert told["value"]["verdict"] == "verified"
    assert _comparable(told["value"]) == _comparable(_python(there, data))
