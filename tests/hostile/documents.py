"""Documents made to break a verifier: built when they are asked for, each no larger than what a request may hold."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

from registry.credentials.vc_jwt import JwtOptions, jwt_message, with_subject_id

if TYPE_CHECKING:
    from collections.abc import Callable

worlds = sys.modules["services_world"]  # loaded by conftest.py
LARGEST = 4 * 1024 * 1024 - 64
"""About as many bytes as a request may hold; for what takes memory."""
ROOM = LARGEST // 4
"""Enough bytes for whatever takes more than its share of time to take minutes."""
ISSUER = worlds.new_issuer("hostile")
BADGE = worlds.badge(ISSUER)
TEXT = json.dumps(BADGE)
KINDS: dict[str, Callable[[], bytes]] = {}
"""Every kind, with what makes one of it."""


def kind(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def put(build: Callable[[], bytes]) -> Callable[[], bytes]:
        assert name not in KINDS
        KINDS[name] = build
        return build

    return put


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _badge(**members: Any) -> bytes:
    return _json({**BADGE, **members})


def filled(start: bytes, unit: bytes, end: bytes, room: int = ROOM) -> bytes:
    return start + unit * ((room - len(start) - len(end)) // len(unit)) + end


def _with_text(text: str) -> bytes:
    """Return a badge in which `text` stands as it is, as the value of a member."""
    return TEXT.replace('"Data Foundations"', text, 1).encode("utf-8", "surrogatepass")


def _receipt(**members: Any) -> dict[str, Any]:
    [receipt] = json.loads(worlds.bundle_bytes(BADGE, worlds.receipts_for([BADGE], ISSUER, 11155111)))["receipts"]
    return {**receipt, **members}


def _bundle(*receipts: Any) -> bytes:
    return _json({"credential": BADGE, "receipts": list(receipts)})


def _signed(**members: Any) -> dict[str, Any]:
    return ISSUER.signed({**worlds.unsigned_badge(ISSUER), **members})


# --- JSON

_MANY = {
    "array of very many numbers": (b"[", b"1,", b"1]"),
    "array of very many arrays": (b"[", b"[],", b"1]"),
    "array of very many objects": (b"[", b"{},", b"1]"),
    "object with one name very many times": (b"{", b'"a":1,', b'"b":1}'),
}
for _name, _parts in _MANY.items():
    KINDS[_name] = lambda parts=_parts: filled(*parts, room=LARGEST)
    KINDS[f"badge with an {_name}"] = lambda parts=_parts: (
        TEXT[:-1].encode() + b',"x":' + filled(*parts, room=ROOM - len(TEXT) - 8) + b"}"
    )

_NESTED = {"arrays": (b"[", b"]"), "objects": (b'{"a":', b"}")}
for _name, _ends in _NESTED.items():
    KINDS[f"a million {_name} in each other"] = lambda ends=_ends: ends[0] * (ROOM // len(ends[0]))
    KINDS[f"badge with {_name} deeper than is read"] = lambda ends=_ends: (
        TEXT[:-1].encode() + b',"x":' + ends[0] * 65 + b"1" + ends[1] * 65 + b"}"
    )

_TEXTS = {
    "integer of a million digits": "9" * 10**6,
    "fraction of a million digits": "0." + "9" * 10**6,
    "number beyond every float": "1e999",
    "number below every float": "1e-999",
    "integer beyond 2^53": str(2**53 + 1),
    "NaN": "NaN",
    "lone surrogate written as an escape": '"\\ud800 \\udfff\\ud83d"',
    "lone surrogate in the bytes": '"\ud800"',
    "zero byte in the bytes": '"\0"',
    "zero byte written as an escape": '"\\u0000"',
    "string of four million letters": '"' + "A" * (LARGEST - 4096) + '"',
    "tower of combining marks": '"a' + "\u0301\u0323" * 250_000 + '"',
    "string of invisible letters": '"' + "\u200b\u202e\u2066\ufeff" * 80_000 + '"',
    "null where a text belongs": "null",
    "array where a text belongs": "[[[[1]]]]",
}
for _name, _text in _TEXTS.items():
    KINDS[_name] = lambda text=_text: _with_text(text)

_ENCODED = {"UTF-16": "utf-16", "UTF-32": "utf-32", "UTF-7": "utf-7", "UTF-8 with a byte order mark": "utf-8-sig"}
for _name, _codec in _ENCODED.items():
    KINDS[f"badge in {_name}"] = lambda codec=_codec: TEXT.encode(codec)


@kind("string that never ends, of escaped quotes")
def _never_ends() -> bytes:
    return filled(b'{"type": "VerifiableCredential", "a": "', b'\\"', b"", LARGEST)


@kind("member that stands twice")
def _twice() -> bytes:
    return TEXT.replace('"name"', '"name": "first", "name"', 1).encode()


@kind("names that JavaScript and Python give a meaning")
def _prototype() -> bytes:
    return _badge(__proto__={"admin": True}, constructor={"prototype": {}}, __class__="x", toString="x")


@kind("overlong UTF-8")
def _overlong() -> bytes:
    return TEXT.encode().replace(b"Data", b"\xc0\xaf\xe0\x80\xaf", 1)


@kind("two documents one after the other")
def _trailing() -> bytes:
    return TEXT.encode() * 2


# --- JSON-LD

_CONTEXTS: dict[str, Any] = {
    "inline": [*BADGE["@context"], {"name": "https://evil.example/name"}],
    "array in an array": [BADGE["@context"]],
    "remote": [*BADGE["@context"], "https://evil.example/context.json"],
    "@import": [*BADGE["@context"], {"@import": "https://evil.example/context.json"}],
    "@vocab": [*BADGE["@context"], {"@vocab": "https://evil.example/#"}],
    "null": [*BADGE["@context"], None],
    "very many": [*BADGE["@context"]] * 10_000,
    "missing": [],
}
for _name, _context in _CONTEXTS.items():
    KINDS[f"context: {_name}"] = lambda context=_context: _badge(**{"@context": context})

_MEMBERS: dict[str, dict[str, Any]] = {
    "graph in the document": {"@graph": [BADGE]},
    "reverse member": {"@reverse": {"issuer": BADGE}},
    "subject that is the credential itself": {"credentialSubject": {"id": BADGE["id"], "achievement": {"id": "x"}}},
    "very many types": {"type": ["VerifiableCredential", *(f"https://evil.example/{at}" for at in range(50_000))]},
    "issuer that is an array": {"issuer": [BADGE["issuer"]] * 100},
    "types of the wrong kind": {"type": {"VerifiableCredential": ["VerifiableCredential"]}},
}
for _name, _members in _MEMBERS.items():
    KINDS[_name] = lambda members=_members: _badge(**members)


@kind("very many proofs over a large document")
def _proofs() -> bytes:
    large = [{"type": ["Evidence"], "name": "\U0001f600", "\U0001f600": 1e20} for _ in range(18_000)]
    return _badge(evidence=large, proof=BADGE["proof"] * 1_000)


@kind("very many proofs of one issuer")
def _other_proofs() -> bytes:
    return _badge(proof=[{**BADGE["proof"][0], "created": f"20{at:02d}-01-01T00:00:00Z"} for at in range(99)] * 100)


@kind("very many endorsements")
def _endorsements() -> bytes:
    one = {"type": ["VerifiableCredential", "EndorsementCredential"]}
    return _badge(endorsement=[one] * 30_000)


@kind("components in each other, ten at each level")
def _stack_bomb() -> bytes:
    shell = worlds.stack(ISSUER, [])
    tree: Any = {"type": ["VerifiableCredential", "ClrCredential"], "id": "urn:x:1"}
    for _ in range(4):
        tree = {**shell, "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [tree] * 10}}
    return _json(tree)


@kind("as many endorsements beside it as are read")
def _beside() -> bytes:
    large = _signed(evidence=[{"type": ["Evidence"], "name": f"n{at}"} for at in range(350)])
    return _json({"credential": BADGE, "receipts": [], "endorsements": [large] * 63})


@kind("very many values")
def _values() -> bytes:
    return _badge(evidence=[{"type": ["Evidence"], "name": f"n{at}", "genre": "x"} for at in range(1_900)])


@kind("very many values and as many proofs as are read")
def _proofs_over_values() -> bytes:
    proofs = [{**BADGE["proof"][0], "created": f"20{at:02d}-01-01T00:00:00Z"} for at in range(16)]
    return _json({**json.loads(_values()), "proof": proofs})


def _rings(size: int) -> list[Any]:
    """Return nodes that only trial can tell apart: each has a ring of look-alikes below it."""
    ring: dict[str, Any] = {"urn:x:end": "x"}
    for _ in range(3):
        ring = {"urn:x:leads-to": [ring] * size}
    return [ring] * size


@kind("proofs that hold graphs which only trial puts in order")
def _poisoned_proofs() -> bytes:
    years = range(2000, 2016)
    return _badge(
        proof=[{**BADGE["proof"][0], "created": f"{at}-01-01T00:00:00Z", "urn:x:y": _rings(6)} for at in years]
    )


@kind("proofs that hold large graphs")
def _large_proofs() -> bytes:
    proofs = [{**BADGE["proof"][0], "created": f"20{at:02d}-01-01T00:00:00Z"} for at in range(16)]
    return _badge(proof=[{**one, "urn:x:y": [{"urn:x:name": f"n{at}"} for at in range(2_000)]} for one in proofs])


@kind("very many types of its parts")
def _all_types() -> bytes:
    kinds = [f"https://evil.example/{at}" for at in range(7)]
    return _badge(evidence=[{"type": ["Evidence", *kinds], "name": f"n{at}"} for at in range(480)])


@kind("large endorsements beside it")
def _large_beside() -> bytes:
    large = _signed(evidence=[{"type": ["Evidence"], "name": f"n{at}", "genre": "x"} for at in range(900)])
    return _json({"credential": BADGE, "receipts": [], "endorsements": [large] * 2})


@kind("tower of combining marks for the recipient's name")
def _tower_of_the_recipient() -> bytes:
    return TEXT.replace("Ada Okafor", "a" + "\u0301\u0323" * 250_000, 1).encode()


@kind("component whose recipient is a tower of marks")
def _tower_of_components() -> bytes:
    tower = json.loads(_tower_of_the_recipient())
    return json.dumps(worlds.stack(ISSUER, [tower]), ensure_ascii=False).encode()


@kind("document of lookalike blank nodes")
def _lookalikes() -> bytes:
    return _badge(evidence=[{"type": ["Evidence"]} for _ in range(4_000)])


@kind("status list index of a million digits")
def _index() -> bytes:
    entry = {
        "id": "https://evil.example/list#1",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "9" * 10**6,
        "statusListCredential": "https://evil.example/list",
    }
    return _json(_signed(credentialStatus=entry))


# --- Receipts

_RECEIPTS: dict[str, Callable[[], bytes]] = {
    "a hundred thousand anchors": lambda: _bundle(_receipt(anchors=_receipt()["anchors"] * 12_000)),
    "a path of very many hashes": lambda: _bundle(_receipt(path=["0x" + "ab" * 32] * 60_000)),
    "very many receipts": lambda: _bundle(*[_receipt(path=[], treeSize=1, leafIndex=0)] * 7_000),
    "a place outside of the tree": lambda: _bundle(_receipt(leafIndex=2**63, treeSize=1)),
    "numbers written as fractions": lambda: _bundle(_receipt(leafIndex=0.5, treeSize=1e30)),
    "members that are not known": lambda: _bundle(_receipt(__proto__={}, rpcUrl="https://evil.example")),
    "something else": lambda: _bundle(7, [], None, "x" * 10_000),
}
for _name, _build in _RECEIPTS.items():
    KINDS[f"receipt: {_name}"] = _build


# --- Signed tokens


def _token(header: Any, payload: Any, signature: bytes = b"") -> bytes:
    parts = [one if isinstance(one, bytes) else _json(one) for one in (header, payload)]
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (*parts, signature))


def _honest_token(**header: Any) -> bytes:
    unsigned = with_subject_id(worlds.unsigned_badge(ISSUER), "did:example:ada")
    options = JwtOptions({**JwtOptions.for_key(ISSUER.public, ISSUER.did).header, **header})
    message = jwt_message(unsigned, options)
    return message + b"." + base64.urlsafe_b64encode(ISSUER.key.sign(message)).rstrip(b"=")


_TOKENS: dict[str, Callable[[], bytes]] = {
    "no algorithm": lambda: _token({"alg": "none"}, BADGE, b"x"),
    "no algorithm, oddly spelt": lambda: _token({"alg": "nOnE"}, BADGE, b"x"),
    "a shared secret that is the public key": lambda: _honest_token(alg="HS256"),
    "an algorithm that is a list": lambda: _honest_token(alg=["EdDSA"]),
    "the algorithm of another key": lambda: _honest_token(alg="RS256"),
    "an extension that must be understood": lambda: _honest_token(crit=["exp"]),
    "a body that is not encoded": lambda: _honest_token(b64=False, crit=["b64"]),
    "the address of a key": lambda: _honest_token(jku="https://evil.example/keys", x5u="https://evil.example/c"),
    "a key named by a path": lambda: _honest_token(kid="../../../../etc/passwd"),
    "a very long header": lambda: _token({"alg": "EdDSA", "x": "A" * 10**6}, BADGE, bytes(64)),
    "a deep body": lambda: _token({"alg": "EdDSA"}, b"[" * 10**6, bytes(64)),
    "a body with a member twice": lambda: _token({"alg": "EdDSA"}, b'{"id":1,"id":2}', bytes(64)),
    "five parts": lambda: b".".join([_token({"alg": "dir"}, BADGE)] * 2)[:10_000],
    "nothing but dots": lambda: b"eyJ" + b"." * (ROOM - 8),
    "nothing but letters": lambda: b"eyJ" + b"A" * (ROOM - 8),
}
for _name, _build in _TOKENS.items():
    KINDS[f"token with {_name}"] = _build
