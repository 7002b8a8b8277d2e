"""The checks that a caller of the VC-API may ask for by themselves: the proof, and what the issuer's list says.

Neither asks a chain, so that `verified` means no more than these two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.checks.facts import NotAsked, Unreachable
from registry.core.errors import CredentialFormatError
from registry.credentials.expected_proof import expectation_problems
from registry.credentials.jsonld import expand
from registry.credentials.presented import present_jwt
from registry.credentials.signing import decisive_proof
from registry.credentials.vcdm import model_problems
from registry.services.vc_answers import INTEGRITY, STATUS, Answer, answer, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.services.vc_verify import ListedStatus

PROOF = "proof"
STATUS_LIST = "credentialStatus"
CHOICES = ([PROOF], [PROOF, STATUS_LIST])
"""What may be asked for; anything else is judged with the chain."""


def chosen_checks(
    listed_status: ListedStatus, given: dict[str, Any] | str, options: Mapping[str, Any]
) -> tuple[bool, Answer]:
    """Return whether the checks named in `options.checks`, one of CHOICES, find nothing, and the answer."""
    checks: list[str] = options["checks"]
    problems = [*_jwt_problems(given)] if isinstance(given, str) else [*_proof_problems(given, options)]
    # For a document that its issuer did not sign nothing is fetched.
    if STATUS_LIST in checks and isinstance(given, dict) and not problems:
        problems += _status_problems(listed_status, given)
    return not problems, answer(checks, problems)


def _jwt_problems(given: str) -> Iterator[dict[str, str]]:
    finding = present_jwt(given).signature
    if finding.outcome != "passed":
        yield problem(finding.code, finding.detail)


def _proof_problems(given: dict[str, Any], options: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from (problem("MALFORMED_VALUE_ERROR", text) for text in model_problems(given))
    proof, finding = decisive_proof(given)
    if finding.outcome != "passed":
        yield problem(finding.code, finding.detail)
    if proof is None:
        return
    if finding.outcome != "undecided":  # else it says already that the document cannot be read
        yield from _uncovered({**given, "proof": [proof]})  # other people's proofs are none of the content
    yield from (problem(code, text, INTEGRITY) for code, text in expectation_problems(proof, options))


def _uncovered(signed: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what no signature covers, because no context defines it (Data Integrity 1.0, Securing Data Losslessly)."""
    try:
        expand(signed).require_covered()
    except CredentialFormatError as error:
        yield problem("DATA_LOSS_DETECTION_ERROR", str(error), INTEGRITY)


def _status_problems(listed_status: ListedStatus, given: dict[str, Any]) -> Iterator[dict[str, str]]:
    said = listed_status(given)
    if isinstance(said, NotAsked):
        return
    if isinstance(said, Unreachable):
        yield problem("STATUS_RETRIEVAL_ERROR", f"Nobody can tell its status: {said.why}.", STATUS)
    elif not said.trusted:
        text = "Its status list is not signed by its issuer, so that it says nothing."
        yield problem("STATUS_VERIFICATION_ERROR", text, STATUS)
    elif said.revoked:
        yield problem("revoked", "Its issuer has revoked it, as its status list says.")
