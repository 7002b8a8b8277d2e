"""A credential as a VC-JWT: made, and judged.

The payload is the credential itself with the claims that repeat its members. EdDSA names its key by a DID URL, which
holds the key; RS256 carries it as a `jwk`, as validators of Open Badges want it. Both can be judged without asking the
issuer's web site; whose key it is, the chain says.

Source: Open Badges 3.0, 8.2 (JSON Web Token Proof Format); RFC 7519; RFC 8037.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError, SignatureError
from registry.core.sentence import Sentence
from registry.credentials.compact_jws import base64url, from_base64url, signing_bytes
from registry.credentials.findings import FormatProblem, SignatureFinding
from registry.credentials.issuer_proof import issuer_did, signed_by_another
from registry.credentials.keys import ED25519_PREFIX, PublicKey, multibase_bytes
from registry.credentials.rsa_keys import RSA_PREFIX, RsaPublicKey, any_public_key
from registry.credentials.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.credentials.compact_jws import CompactJws

EDDSA, RS256 = "EdDSA", "RS256"
KEY_TYPES: dict[str, type[PublicKey | RsaPublicKey]] = {EDDSA: PublicKey, RS256: RsaPublicKey}
"""The algorithms that are believed, and the one type of key that each goes with."""
CLAIMS = ("iss", "jti", "nbf", "sub")
"""The claims that must be there; each repeats a member of the credential."""

_HEADER = frozenset({"alg", "typ", "kid", "jwk"})
_TYPES = frozenset({"jwt", "vc+jwt", "vc+ld+jwt"})
_OTHER_CLAIMS = ("exp", "iat")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class JwtOptions:
    """What a VC-JWT says of its key; a batch shares one."""

    header: dict[str, Any]
    """The protected header."""

    @classmethod
    def for_key(cls, key: PublicKey | RsaPublicKey, issuer: str) -> JwtOptions:
        """Return the header for an issuer's key: EdDSA for Ed25519, RS256 for RSA."""
        if isinstance(key, PublicKey):
            return cls({"alg": EDDSA, "typ": "JWT", "kid": f"{issuer}#{key.multibase}"})
        return cls({"alg": RS256, "typ": "JWT", "jwk": public_jwk(key)})


def jwt_message(unsigned: dict[str, Any], options: JwtOptions) -> bytes:
    """Return the bytes to be signed of a document that may be signed (`require_signable`).

    Raises:
        CredentialFormatError: its subject has no id, or a date is none.

    """
    return signing_bytes(options.header, {**unsigned, **_claims_of(unsigned)})


def public_jwk(key: PublicKey | RsaPublicKey) -> dict[str, str]:
    """Return a public key as a JWK (RFC 8037, 2; RFC 7518, 6.3.1)."""
    if isinstance(key, PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.raw)}
    modulus, exponent = (base64url(one.to_bytes((one.bit_length() + 7) // 8, "big")) for one in key.numbers)
    return {"kty": "RSA", "n": modulus, "e": exponent}


def key_of_jwk(jwk: object) -> PublicKey | RsaPublicKey:
    """Return the public key that a JWK holds; CredentialFormatError if it is private, malformed or of another type."""
    if not isinstance(jwk, dict):
        raise CredentialFormatError("The jwk is no object.")
    if _PRIVATE & jwk.keys():
        raise CredentialFormatError("The jwk holds a private key, so that everybody can sign with it.")
    if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
        return PublicKey(_bytes(jwk, "x"))
    if jwk.get("kty") == "RSA":
        return RsaPublicKey.from_numbers(*(int.from_bytes(_bytes(jwk, name), "big") for name in ("n", "e")))
    raise CredentialFormatError("The jwk is neither an RSA nor an Ed25519 key.")


def with_subject_id(unsigned: dict[str, Any], fallback: str) -> dict[str, Any]:
    """Return a credential whose subject has an id, `fallback` where it has none: a VC-JWT cannot do without."""
    return {**unsigned, "credentialSubject": {"id": fallback, **unsigned["credentialSubject"]}}


def credential_of(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the credential in a VC-JWT's payload, without the claims that repeat its members."""
    return {name: value for name, value in payload.items() if name not in {*CLAIMS, *_OTHER_CLAIMS}}


def claim_problems(payload: dict[str, Any]) -> Iterator[FormatProblem]:
    """Yield each claim that is missing or says something other than the member it repeats."""
    if isinstance(payload.get("vc"), dict) and "@context" not in payload:
        text = Sentence("It is a VC-JWT of the older data model (claim vc), which this version does not read.")
        yield FormatProblem("older-vc-jwt", text, undecided=True)
        return
    for name, member, expected in _expected(payload):
        if name not in payload:
            yield FormatProblem(
                "claims-mismatch",
                Sentence("The VC-JWT lacks the claim {claim}, which must repeat {member}.", claim=name, member=member),
            )
        elif expected is _ABSENT or not _is_same(payload[name], expected):
            yield FormatProblem(
                "claims-mismatch",
                Sentence(
                    "The claim {claim} of the VC-JWT says something other than {member}.", claim=name, member=member
                ),
            )


def jwt_finding(jws: CompactJws) -> SignatureFinding:
    """Return whether a VC-JWT is signed with the key that its header names; whose key that is, others say."""
    problem = _header_problem(jws.header)
    if problem is not None:
        return problem
    try:
        key = _key(jws.header, issuer_did(jws.payload))
    except CredentialFormatError as error:
        return _malformed(Sentence("The key of the VC-JWT cannot be read: {why}", why=str(error)))
    if isinstance(key, SignatureFinding):
        return key
    if not isinstance(key, KEY_TYPES[jws.header["alg"]]):
        return _malformed(
            Sentence(
                "The VC-JWT names the algorithm {algorithm}, which its key is not made for.",
                algorithm=jws.header["alg"],
            )
        )
    try:
        key.verify(jws.signature, jws.signed)
    except SignatureError:
        text = Sentence("The content is not what was signed: it was altered afterwards.")
        return SignatureFinding("failed", "altered", text, key.key_hash)
    text = Sentence("The signature is that of the key it names, over exactly this content.")
    return SignatureFinding("passed", "signed", text, key.key_hash)


def _claims_of(unsigned: dict[str, Any]) -> dict[str, Any]:
    subject = unsigned["credentialSubject"]
    if "id" not in subject:
        raise CredentialFormatError("The subject has no id, which a VC-JWT must repeat; give the recipient a DID.")
    claims = {"iss": issuer_did(unsigned), "jti": unsigned["id"], "sub": subject["id"]}
    claims |= {"nbf": _seconds(unsigned["validFrom"])}
    return {**claims, "exp": _seconds(unsigned["validUntil"])} if "validUntil" in unsigned else claims


def _expected(payload: dict[str, Any]) -> Iterator[tuple[str, str, object]]:
    subject = payload.get("credentialSubject")
    yield "iss", "issuer.id", issuer_did(payload) or _ABSENT
    yield "jti", "id", _text_or_absent(payload.get("id"))
    yield "nbf", "validFrom", _seconds_or_absent(payload, "validFrom")
    yield "sub", "credentialSubject.id", _text_or_absent(subject.get("id") if isinstance(subject, dict) else None)
    if "iat" in payload:
        yield "iat", Sentence("a time in seconds"), payload["iat"] if _is_number(payload["iat"]) else _ABSENT
    if "exp" in payload:
        yield "exp", "validUntil", _seconds_or_absent(payload, "validUntil")


def _text_or_absent(value: object) -> object:
    return value if isinstance(value, str) else _ABSENT


def _is_same(claim: object, expected: object) -> bool:
    same_kind = _is_number(claim) if _is_number(expected) else isinstance(claim, str)
    return same_kind and claim == expected


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)  # JSON's true is no number, Python's is


def _seconds(text: object) -> int:
    return int(parse_time(text, "the date").timestamp())


def _seconds_or_absent(payload: dict[str, Any], member: str) -> object:
    try:
        return _seconds(payload.get(member))
    except CredentialFormatError:
        return _ABSENT


def _header_problem(header: dict[str, Any]) -> SignatureFinding | None:
    algorithm, kind = header.get("alg"), header.get("typ", "JWT")
    if algorithm == "none" or not isinstance(algorithm, str) or algorithm.startswith("HS"):
        text = Sentence(
            "Its algorithm ({algorithm}) lets everybody sign who can read it, so it proves nothing.",
            algorithm=str(algorithm)[:20],
        )
        return SignatureFinding("failed", "unsafe-algorithm", text)
    if algorithm not in KEY_TYPES:
        text = Sentence("It is signed in a way that this version does not know ({way}).", way=algorithm[:20])
        return SignatureFinding("undecided", "unknown-proof-type", text)
    other = sorted(header.keys() - _HEADER)
    if other:
        return _malformed(
            Sentence(
                "The header of the VC-JWT holds {member}; only {members} may.",
                member=repr(other[0][:40]),
                members=", ".join(sorted(_HEADER)),
            )
        )
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TYPES:
        return _malformed(Sentence("The VC-JWT says that it is something else ({kind}).", kind=str(kind)[:40]))
    if not {"kid", "jwk"} & header.keys():
        return _malformed(Sentence("The header of the VC-JWT names no key (kid or jwk)."))
    return None


def _key(header: dict[str, Any], did: str) -> PublicKey | RsaPublicKey | SignatureFinding:
    keys = []
    if "jwk" in header:
        keys.append(key_of_jwk(header["jwk"]))
    if "kid" in header:
        named = _key_of_url(header["kid"], did)
        if isinstance(named, SignatureFinding):
            return named
        keys.append(named)
    if len(set(keys)) > 1:
        raise CredentialFormatError("kid and jwk are not the same key.")
    if did.startswith("did:key:") and keys[0].multibase != did.removeprefix("did:key:"):
        text = Sentence("It is signed by another key than the one that is the issuer's name (did:key).")
        return SignatureFinding("failed", "not-the-issuers-proof", text)
    return keys[0]


def _key_of_url(kid: object, did: str) -> PublicKey | RsaPublicKey | SignatureFinding:
    url, _, fragment = kid.partition("#") if isinstance(kid, str) else ("", "", "")
    if url.startswith("did:") and url != did:
        return signed_by_another(url, did)
    known = fragment.startswith("z") and multibase_bytes(fragment).startswith((ED25519_PREFIX, RSA_PREFIX))
    if url != did or not known:
        text = Sentence("The VC-JWT names its key only as {key}, not by its value.", key=repr(str(kid)[:60]))
        return SignatureFinding("undecided", "unknown-proof-type", text)
    return any_public_key(fragment)


def _bytes(jwk: dict[str, Any], name: str) -> bytes:
    if not isinstance(jwk.get(name), str):
        raise CredentialFormatError(f"The jwk lacks the member {name}.")
    return from_base64url(jwk[name])


def _malformed(text: str) -> SignatureFinding:
    return SignatureFinding("failed", "malformed-proof", text)
