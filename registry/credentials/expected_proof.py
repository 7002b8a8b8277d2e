"""Is a proof made for what its reader expects: for this purpose, this place and this exchange?

Source: Verifiable Credential Data Integrity 1.0, 4.4 (Verify Proof), steps 4 to 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXPECTED = (
    ("proofPurpose", "expectedProofPurpose", "PROOF_VERIFICATION_ERROR"),
    ("domain", "domain", "INVALID_DOMAIN_ERROR"),
    ("challenge", "challenge", "INVALID_CHALLENGE_ERROR"),
)
"""Member of a proof, the reader's option, and the error of 4.7 if they differ."""


def expectation_problems(proof: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the error and a sentence for each expectation in `options` that the proof does not meet.

    An option that is missing or null expects nothing. A domain may be several, in any order.
    """
    for member, option, code in _EXPECTED:
        wanted, written = options.get(option), proof.get(member)
        if wanted is not None and _as_set(wanted) != _as_set(written):
            text = f"The proof says {str(written)[:100]!r} as its {member}, and {str(wanted)[:100]!r} was expected."
            yield code, text


def _as_set(value: object) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set() if value is None else {str(value)}
