"""A component that another home issued: verified by the real verifier first, and matched to a recipient by proof.

A name proves nothing, and a student number is another school's to give: only an e-mail address or a DID matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.recipient import recipient_matches
from registry.checks.report import Verdict
from registry.core.errors import ComponentError, UnavailableError
from registry.credentials.pathway_progress import Standing
from registry.services.pathways import Holding, held_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from registry.credentials.pathway import Pathway
    from registry.services.judged import Judged

_MAIL = "mailto:"


def foreign_component(
    source: str, data: bytes, pathway: Pathway, judge: Callable[[bytes], Judged], now: datetime
) -> Holding:
    """Return a credential of another home as a component.

    Raises:
        ComponentError: it does not verify, is a VC-JWT, or is no component of the pathway; the message names it.
        UnavailableError: whether it verifies cannot be told now.

    """
    judged = judge(data)
    report, presented = judged.report, judged.facts.presented
    if report.verdict is Verdict.UNDECIDED:
        raise UnavailableError(f"{source}: {report.summary} Nothing was signed; try again.")
    if report.verdict is not Verdict.VERIFIED:
        raise ComponentError(f"{source}: {report.summary} It cannot be a component. Nothing was signed.")
    if not isinstance(judged.bundle.credential, dict) or presented.leaf_hash is None:
        raise ComponentError(f"{source}: it is a VC-JWT, which has no place in a record. Nothing was signed.")
    held = held_of(presented.document, Standing.GOOD, now)
    component = pathway.component(held.achievement)
    if component is None or component.issuer != held.issuer:
        raise ComponentError(
            f"{source}: {held.achievement[:200]} by {held.issuer[:200]} is no component of {pathway.id}, which names "
            "others. Nothing was signed."
        )
    mine = (judged.facts.receipt,) if judged.facts.receipt is not None else ()
    return Holding(held, presented.document, presented.leaf_hash, (*judged.bundle.receipts, *mine))


def owner_of(source: str, holding: Holding, recipients: Iterable[str]) -> str:
    """Return whose a credential of another home is.

    Raises:
        ComponentError: it is proven of none of them, or of two.

    """
    found = [one for one in recipients if is_proven_of(holding, one)]
    if len(found) == 1:
        return found[0]
    text = "it is proven of none of the recipients here" if not found else f"it fits {' and '.join(found)}"
    raise ComponentError(
        f"{source}: {text}: an e-mail address or a DID must match, and be one person's. Nothing was signed."
    )


def is_proven_of(holding: Holding, recipient: str) -> bool:
    """Return whether a credential is the recipient's, by e-mail address or DID."""
    if recipient.startswith(_MAIL):
        return recipient_matches(_without_names(holding.document), recipient.removeprefix(_MAIL))
    return recipient.startswith("did:") and recipient_matches(_without_names(holding.document), recipient)


def _without_names(document: dict[str, object]) -> dict[str, object]:
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict):
        return document
    listed = subject.get("identifier", [])
    entries = listed if isinstance(listed, list) else [listed]
    kept = [one for one in entries if isinstance(one, dict) and one.get("identityType") != "name"]
    return {**document, "credentialSubject": {**subject, "identifier": kept}}
