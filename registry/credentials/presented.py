"""A document somebody shows us, parsed and screened, with what follows from its own bytes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import entry_of, entry_of_jwt
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import CanonicalFormError, CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.compact_jws import parse_compact
from registry.credentials.findings import FormatProblem, SignatureFinding
from registry.credentials.issuer_proof import issuer_did, issuer_proofs
from registry.credentials.plain import places
from registry.credentials.screen import screen
from registry.credentials.seen_shapes import SeenShapes
from registry.credentials.signing import decisive_proof, proof_over
from registry.credentials.times import parse_time
from registry.credentials.vc_jwt import claim_problems, credential_of, jwt_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["FormatProblem", "Presented", "SignatureFinding", "leaf_candidates", "present", "present_jwt"]

SHAPES = SeenShapes()
"""Of this process. It changes no judgement, only how long one takes."""
_Judgement = tuple[dict[str, Any] | None, SignatureFinding, tuple[FormatProblem, ...]]


@dataclass(frozen=True, slots=True)
class Presented:
    """The shown document, parsed and screened, with what was computed from its own bytes."""

    document: dict[str, Any]
    """The JSON that is displayed (for a VC-JWT, its payload without the claims that repeat members)."""
    credential_id: str
    """Its `id`."""
    issuer_did: str
    """`issuer` or `issuer.id`."""
    leaf_hash: Digest | None
    """Leaf hash of its entry; None if it has no issuer's proof to reduce to."""
    format_problems: tuple[FormatProblem, ...]
    """What keeps it from being an Open Badges 3.0 credential we can judge; empty if nothing."""
    signature: SignatureFinding
    """What its proof, or the signature around it, said."""
    valid_from: datetime | None
    """`validFrom`, UTC."""
    valid_until: datetime | None
    """`validUntil`, or the end that the issuer's proof sets itself (`expires`) if that is earlier; UTC."""


def present(document: dict[str, Any], leaf: Digest | None = None, leaves: Sequence[Digest] = ()) -> Presented:
    """Return a shown document with all that follows from its own bytes; never raises for what it says.

    Of several proofs of the issuer the one whose entry has the leaf hash `leaf` is judged; else the one that holds.
    `leaves` are its `leaf_candidates`, if somebody worked them out already.
    """
    proof, signature, problems = _known(document) or _worked_out(document, leaf)
    is_only_one = len(leaves) == 1 and document.get("proof") == [proof]
    own_leaf, unreadable = (leaves[0], ()) if is_only_one else _leaf(document, proof)
    times, undated = _times(document, proof or {})
    return Presented(
        document=document,
        credential_id=_text(document.get("id")),
        issuer_did=issuer_did(document),
        leaf_hash=own_leaf,
        format_problems=(*problems, *unreadable, *undated),
        signature=signature,
        valid_from=times.get("validFrom"),
        valid_until=min((times[name] for name in ("validUntil", "expires") if name in times), default=None),
    )


def present_jwt(compact: str) -> Presented:
    """Return a shown VC-JWT with all that follows from its own text.

    Raises:
        CredentialFormatError: the text is no compact JWS with JSON objects inside.

    """
    jws = parse_compact(compact)
    document = credential_of(jws.payload)
    times, undated = _times(document, {})
    claims = tuple(claim_problems(jws.payload))
    return Presented(
        document=document,
        credential_id=_text(document.get("id")),
        issuer_did=issuer_did(document),
        leaf_hash=leaf_hash(entry_of_jwt(compact)),
        # Under an older data model nothing that the newer one asks for says anything.
        format_problems=claims if any(one.undecided for one in claims) else (*screen(document), *claims, *undated),
        signature=jwt_finding(jws),
        valid_from=times.get("validFrom"),
        valid_until=times.get("validUntil"),
    )


def leaf_candidates(document: dict[str, Any]) -> tuple[Digest, ...]:
    """Return the leaf hash of the document's entry for each proof of its issuer; none if it has no canonical form.

    A document with more values than are read is never verified, so one leaf hash says enough of it: each costs the
    work of the whole.
    """
    proofs = issuer_proofs(document)
    if len(proofs) > 1 and _is_too_large(document):
        proofs = proofs[:1]
    leaves = (_leaf(document, proof)[0] for proof in proofs)
    return tuple(leaf for leaf in leaves if leaf is not None)


def entry_shown(credential: dict[str, Any] | str, leaf: Digest | None) -> bytes | None:
    """Return the entry whose leaf hash is `leaf`; None if the credential has no such entry."""
    if isinstance(credential, str):
        return entry_of_jwt(credential)
    proofs = issuer_proofs(credential) if leaf is not None else ()
    return next((entry_of(credential, proof) for proof in proofs if _leaf(credential, proof)[0] == leaf), None)


def _known(document: dict[str, Any]) -> _Judgement | None:
    """Return the judgement on a document of a known shape whose proof holds; None for every other."""
    nquads = SHAPES.nquads(_without_proof(document))
    signature = proof_over(document, nquads) if nquads is not None else None
    return (document["proof"][0], signature, ()) if signature is not None else None


def _worked_out(document: dict[str, Any], leaf: Digest | None) -> _Judgement:
    proof, signature = decisive_proof(_reduced(document, leaf))
    problems = screen(_with_only(document, proof))
    if not problems and signature.outcome == "passed":
        SHAPES.remember(_without_proof(document))
    return proof, signature, problems


def _reduced(document: dict[str, Any], leaf: Digest | None) -> dict[str, Any]:
    for proof in issuer_proofs(document) if leaf is not None else ():
        if _leaf(document, proof)[0] == leaf:
            return {**document, "proof": [proof]}
    return document


def _with_only(document: dict[str, Any], proof: dict[str, Any] | None) -> dict[str, Any]:
    # Other people's proofs, and those of suites to come, are none of the content: nobody relies on their terms.
    rest = _without_proof(document)
    return rest if proof is None else {**rest, "proof": [proof]}


def _without_proof(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _is_too_large(document: dict[str, Any]) -> bool:
    try:
        return not all(True for _ in places(document))
    except CredentialFormatError:
        return True


def _leaf(document: dict[str, Any], proof: Mapping[str, Any] | None) -> tuple[Digest | None, tuple[FormatProblem, ...]]:
    if proof is None:
        return None, ()
    try:
        return leaf_hash(entry_of(document, proof)), ()
    except CanonicalFormError as error:
        return None, (FormatProblem("not-canonical", f"The document cannot be hashed: {error}."),)


def _times(
    document: Mapping[str, Any], proof: Mapping[str, Any]
) -> tuple[dict[str, datetime], tuple[FormatProblem, ...]]:
    written = {name: document[name] for name in ("validFrom", "validUntil") if name in document}
    written |= {name: proof[name] for name in ("expires",) if name in proof}
    times: dict[str, datetime] = {}
    problems: list[FormatProblem] = []
    for name, value in written.items():
        try:
            times[name] = parse_time(value, name)
        except CredentialFormatError as error:
            problems.append(FormatProblem("unreadable-date", str(error)))
    if "validUntil" in times and times["validUntil"] < times.get("validFrom", times["validUntil"]):
        text = Sentence("validUntil lies before validFrom, so it is never valid.")
        problems.append(FormatProblem("never-valid", text))
    return times, tuple(problems)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
