"""A VC-JWT is believed only as it was signed, by a key of the type its algorithm is for, with claims that repeat it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from openvc.keys import verify_signature

from registry.core.canonical import canonical_bytes
from registry.core.errors import CredentialFormatError, SignatureError
from registry.credentials.compact_jws import MAX_HEADER_CHARACTERS, base64url, parse_compact
from registry.credentials.compose import PERSONAL
from registry.credentials.holes import Places
from registry.credentials.jwt_cohort import JwtCohort
from registry.credentials.keys import PublicKey
from registry.credentials.presented import present_jwt
from registry.credentials.rsa_keys import RSA_PREFIX, RsaPublicKey, any_public_key
from registry.credentials.vc_jwt import JwtOptions, jwt_finding, public_jwk, with_subject_id

DID = "did:web:uni.example"
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
RSA = rsa.generate_private_key(65537, 2048)
PUBLIC: dict[str, PublicKey | RsaPublicKey] = {"EdDSA": PublicKey.of(ED25519), "RS256": RsaPublicKey.of(RSA)}
FULL = json.loads(Path(__file__).parents[1].joinpath("vectors", "full_badge.json").read_text("utf-8"))
BADGE: dict[str, Any] = with_subject_id(FULL, "urn:uuid:7f4f0c5e-5c51-4b28-9e1c-2f3b8f6f0001")
OPTIONS = {name: JwtOptions.for_key(key, DID) for name, key in PUBLIC.items()}


def signature(message: bytes, algorithm: str) -> bytes:
    return ED25519.sign(message) if algorithm == "EdDSA" else RSA.sign(message, PKCS1v15(), SHA256())


def issued(algorithm: str, unsigned: dict[str, Any] = BADGE) -> str:
    made = JwtCohort(OPTIONS[algorithm], Places({}, frozenset())).prepared(unsigned)
    return made.entry(base64url(signature(made.message, algorithm))).decode("ascii")


def token(header: Any, payload: Any, algorithm: str = "EdDSA") -> str:
    message = ".".join(base64url(canonical_bytes(part)) for part in (header, payload))
    return f"{message}.{base64url(signature(message.encode(), algorithm))}"


HEADER = OPTIONS["EdDSA"].header
PAYLOAD = parse_compact(issued("EdDSA")).payload


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_what_we_sign_holds_and_shows_exactly_the_credential(algorithm: str) -> None:
    shown = present_jwt(issued(algorithm))

    assert (shown.signature.outcome, shown.signature.code) == ("passed", "signed")
    assert shown.signature.key_hash == PUBLIC[algorithm].key_hash
    assert shown.format_problems == ()
    assert shown.document == BADGE


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_others_verify_our_signature_by_the_jwk_alone(algorithm: str) -> None:
    jwk = public_jwk(PUBLIC[algorithm])
    claims = pyjwt.decode(
        issued(algorithm), pyjwt.PyJWK(jwk, algorithm).key, algorithms=[algorithm], options={"verify_exp": False}
    )

    assert claims == PAYLOAD
    assert (claims["iss"], claims["jti"], claims["sub"]) == (DID, BADGE["id"], BADGE["credentialSubject"]["id"])
    assert claims["nbf"] == 1769904000  # 2026-02-01T00:00:00Z


def test_openvc_verifies_our_eddsa_signature() -> None:
    jws = parse_compact(issued("EdDSA"))
    jwk = public_jwk(PUBLIC["EdDSA"])

    assert verify_signature(alg="EdDSA", public_jwk=jwk, signing_input=jws.signed, signature=jws.signature)


def test_the_header_says_no_more_than_the_key_and_how_it_signs() -> None:
    assert {"alg": "EdDSA", "typ": "JWT", "kid": f"{DID}#{PUBLIC['EdDSA'].multibase}"} == HEADER
    assert OPTIONS["RS256"].header.keys() == {"alg", "typ", "jwk"}


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_any_change_of_the_signed_text_is_an_alteration(algorithm: str) -> None:
    header, _, signed = issued(algorithm).split(".")
    changed = base64url(canonical_bytes({**PAYLOAD, "name": "Another"}))

    assert present_jwt(f"{header}.{changed}.{signed}").signature.code == "altered"
    assert present_jwt(f"{header}.{changed}.").signature.code == "altered"


HEADERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no algorithm": ({"alg": ...}, "failed", "unsafe-algorithm"),
    "none": ({"alg": "none"}, "failed", "unsafe-algorithm"),
    "a shared secret": ({"alg": "HS256"}, "failed", "unsafe-algorithm"),
    "an algorithm that is no text": ({"alg": ["EdDSA"]}, "failed", "unsafe-algorithm"),
    "another algorithm": ({"alg": "ES256"}, "undecided", "unknown-proof-type"),
    "none, spelt otherwise": ({"alg": "None"}, "undecided", "unknown-proof-type"),
    "an RSA algorithm with an Ed25519 key": ({"alg": "RS256"}, "failed", "malformed-proof"),
    "a critical extension": ({"crit": ["exp"]}, "failed", "malformed-proof"),
    "a key to be fetched": ({"jku": "https://evil.example/keys"}, "failed", "malformed-proof"),
    "a certificate": ({"x5c": []}, "failed", "malformed-proof"),
    "another kind of token": ({"typ": "kb+jwt"}, "failed", "malformed-proof"),
    "a kind that is no text": ({"typ": None}, "failed", "malformed-proof"),
    "no key": ({"kid": ...}, "failed", "malformed-proof"),
    "a key of somebody else": ({"kid": HEADER["kid"].replace("uni", "evil")}, "failed", "not-the-issuers-proof"),
    "a key on a web site": ({"kid": "https://uni.example/key.json"}, "undecided", "unknown-proof-type"),
    "a key by its number": ({"kid": f"{DID}#key-1"}, "undecided", "unknown-proof-type"),
    "a key of another type": ({"kid": f"{DID}#zDnaeucDGfhXHoJVqot3p21RuupNJ2fZrs8Lb1GV83VnSo2jR"}, "undecided",
                              "unknown-proof-type"),
    "a key that is no text": ({"kid": 7}, "undecided", "unknown-proof-type"),
    "a key that is no base58": ({"kid": f"{DID}#z0"}, "failed", "malformed-proof"),
    "another key beside it": ({"jwk": public_jwk(PUBLIC["RS256"])}, "failed", "malformed-proof"),
    "a jwk that is no object": ({"jwk": "x"}, "failed", "malformed-proof"),
    "a jwk without numbers": ({"jwk": {"kty": "RSA"}}, "failed", "malformed-proof"),
    "a jwk of an even modulus": ({"jwk": {"kty": "RSA", "n": "-w", "e": "AAAA"}}, "failed", "malformed-proof"),
    "a jwk of another curve": ({"jwk": {"kty": "EC", "crv": "P-256"}}, "failed", "malformed-proof"),
    "a private jwk": ({"jwk": {**public_jwk(PUBLIC["EdDSA"]), "d": "AA"}}, "failed", "malformed-proof"),
    "the same key as a jwk": ({"jwk": public_jwk(PUBLIC["EdDSA"])}, "passed", "signed"),
    "its key as a jwk alone": ({"kid": ..., "jwk": public_jwk(PUBLIC["EdDSA"])}, "passed", "signed"),
    "the media type of the W3C": ({"typ": "application/vc+jwt"}, "passed", "signed"),
    "no type": ({"typ": ...}, "passed", "signed"),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_taken_at_its_word_and_no_further(name: str) -> None:
    change, outcome, code = HEADERS[name]
    header = {member: value for member, value in {**HEADER, **change}.items() if value is not ...}
    finding = jwt_finding(parse_compact(token(header, PAYLOAD)))

    assert (finding.outcome, finding.code) == (outcome, code), finding.detail
    assert finding.detail.endswith(".")


def test_the_public_key_is_no_shared_secret() -> None:
    """The classic attack: HS256 with the text of the RSA key as the secret."""
    forged = pyjwt.encode(PAYLOAD, base64url(PUBLIC["RS256"].multikey), "HS256")

    assert present_jwt(forged).signature.code == "unsafe-algorithm"


def test_an_issuer_that_is_a_key_signs_with_that_key_alone() -> None:
    mine = f"did:key:{PUBLIC['EdDSA'].multibase}"
    payload = {**PAYLOAD, "issuer": mine, "iss": mine}
    jwk = {"alg": "EdDSA", "jwk": public_jwk(PUBLIC["EdDSA"])}

    assert jwt_finding(parse_compact(token(jwk, payload))).code == "signed"
    other = {"alg": "RS256", "jwk": public_jwk(PUBLIC["RS256"])}
    assert jwt_finding(parse_compact(token(other, payload, "RS256"))).code == "not-the-issuers-proof"


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    **{f"no {name}": ({name: ...}, f"lacks the claim {name}") for name in ("iss", "jti", "nbf", "sub")},
    "another issuer": ({"iss": "did:web:evil.example"}, "claim iss .* issuer.id"),
    "another id": ({"jti": "urn:uuid:1"}, "claim jti"),
    "another subject": ({"sub": "did:example:eve"}, "claim sub"),
    "another start": ({"nbf": 1769904001}, "claim nbf"),
    "a start that is true": ({"nbf": True}, "claim nbf"),
    "a start as text": ({"nbf": "1769904000"}, "claim nbf"),
    "another end": ({"exp": 1769904000}, "claim exp"),
    "a signing time as text": ({"iat": "now"}, "claim iat"),
    "a claim that no context defines": ({"aud": "us"}, "at /aud is neither"),
    "a subject without id": ({"credentialSubject": FULL["credentialSubject"]}, "claim sub"),
    "an id that is a number": ({"id": 7, "jti": 7}, "claim jti"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_must_repeat_its_member(name: str) -> None:
    change, words = CLAIMS[name]
    payload = {member: value for member, value in {**PAYLOAD, **change}.items() if value is not ...}
    shown = present_jwt(token(HEADER, payload))

    assert shown.signature.code == "signed"
    assert any(re.search(words, problem.detail) for problem in shown.format_problems)
    assert not any(problem.undecided for problem in shown.format_problems)


def test_a_signing_time_and_a_whole_number_written_as_a_fraction_are_taken() -> None:
    assert present_jwt(token(HEADER, {**PAYLOAD, "iat": 1769904000})).format_problems == ()


def test_a_credential_of_the_older_data_model_is_undecided() -> None:
    shown = present_jwt(token(HEADER, {"iss": DID, "vc": {"type": ["VerifiableCredential"]}}))

    assert [(one.code, one.undecided) for one in shown.format_problems] == [("older-vc-jwt", True)]


@pytest.mark.parametrize(
    "compact",
    [
        "", "a.b", "a.b.c.d", "e30.e30", "e30.W10.c2ln", "W10.e30.c2ln", "e30.é.c2ln", "e30=.e30.c2ln", "e31.e30.c2ln",
        "e30.e30.c2lh=", "e30.e30.c2m", "e30 .e30.c2ln", "e30.e30.c+ln", f"{base64url(b'{' + b' ' * 9000)}.e30.c2ln",
        f"e30.{base64url(b'[' * 80)}.c2ln",
        base64url(b'{"alg":"EdDSA","alg":"none"}') + ".e30.c2ln",
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_compact_jws_is_refused(compact: str) -> None:
    with pytest.raises(CredentialFormatError, match="compact JWS"):
        present_jwt(compact)


def test_a_header_has_a_bound() -> None:
    assert len(base64url(canonical_bytes(public_jwk(RsaPublicKey.of(RSA))))) * 2 < MAX_HEADER_CHARACTERS


@pytest.mark.parametrize("change", [{"badgeColour": "red"}, {"type": ["VerifiableCredential", "NoSuchType"]}])
def test_an_undefined_term_or_type_is_refused_when_it_is_signed(change: dict[str, Any]) -> None:
    with pytest.raises(CredentialFormatError, match="cannot be signed"):
        issued("EdDSA", {**BADGE, **change})


def test_a_subject_without_id_cannot_be_signed() -> None:
    with pytest.raises(CredentialFormatError, match="subject has no id"):
        issued("EdDSA", FULL)


def test_in_a_cohort_every_token_says_what_it_says_alone() -> None:
    cohort = JwtCohort(OPTIONS["EdDSA"], Places({}, PERSONAL))
    for number in range(3):
        one = {**BADGE, "id": f"urn:uuid:00000000-0000-4000-8000-00000000000{number}"}
        assert cohort.prepared(one, checked=number == 2) == JwtCohort(
            OPTIONS["EdDSA"], Places({}, frozenset())
        ).prepared(one)
    assert len(cohort.shapes) == 1


@pytest.mark.parametrize("change", [{"id": "relative"}, {"name": "a\x07b"}, {"badgeColour": "red"}])
def test_what_cannot_be_signed_is_refused_in_a_known_cohort_too(change: dict[str, Any]) -> None:
    cohort = JwtCohort(OPTIONS["EdDSA"], Places({}, PERSONAL | {"name"}))
    cohort.prepared(BADGE)
    with pytest.raises(CredentialFormatError):
        cohort.prepared({**BADGE, **change})


def test_an_id_that_is_there_stays() -> None:
    assert with_subject_id(BADGE, "urn:uuid:2") == BADGE


def test_an_rsa_key_is_written_and_read_back() -> None:
    key = PUBLIC["RS256"]

    assert any_public_key(key.multibase) == key
    assert key.multikey.startswith(RSA_PREFIX)
    assert any_public_key(PUBLIC["EdDSA"].multibase) == PUBLIC["EdDSA"]


@pytest.mark.parametrize("data", [b"", b"\x30\x00", RsaPublicKey.of(RSA).der + b"\0"])
def test_bytes_that_are_no_rsa_key_are_refused(data: bytes) -> None:
    with pytest.raises(CredentialFormatError, match="no RSA public key"):
        RsaPublicKey(data)


def test_an_rsa_key_that_is_too_short_is_refused() -> None:
    modulus = (1 << 1023) + 1

    with pytest.raises(CredentialFormatError, match="1024 bits"):
        RsaPublicKey.from_numbers(modulus, 65537)


def test_another_rsa_keys_signature_does_not_hold() -> None:
    with pytest.raises(SignatureError):
        PUBLIC["RS256"].verify(RSA.sign(b"other", PKCS1v15(), SHA256()), b"this")
