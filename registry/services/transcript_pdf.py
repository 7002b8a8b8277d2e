"""Set a learner record as a PDF: a table of all that is in it, over as many pages as it takes, the bundle attached."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from registry.checks.sentences import day
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.members import as_object
from registry.credentials.pathway import credits_of, number_text
from registry.credentials.pathway_words import clean
from registry.credentials.times import parse_time
from registry.services import certificate_words as words
from registry.services.certificate import TEMPLATES, bundle_text, directed, require_printable, typeset, written_at
from registry.services.certificate_page import certificate_page, document_of

if TYPE_CHECKING:
    from registry.core.receipt import Bundle
    from registry.services.certificate import Press

MAX_TEXT = 200
"""Most characters of one cell."""
COLUMNS = ("What was earned", "Awarded by", "On", "Credits")
PARTIAL = "Something that this person holds of this issuer is left out."
LEAD = "Record of"


def transcript_pdf(bundle: Bundle, press: Press) -> bytes:
    """Return a learner record as a PDF, the same bytes each time; no text of it is markup.

    Raises:
        InputError: a printed text holds a character that no font has, or one that turns the direction of text.

    """
    document = document_of(bundle)
    credential_id = str(document.get("id"))[:80]
    page = dataclasses.asdict(certificate_page(bundle, press.networks, None)) | {
        "rows": [_row(one) for one in document["credentialSubject"]["verifiableCredential"]],
        "partial": PARTIAL if document.get("partial") else "",
    }
    require_printable(page, press.fonts, credential_id)
    inputs = {
        "page": json.dumps(directed(page), ensure_ascii=False),
        "words": json.dumps({"lead": LEAD, "check": words.CHECK, "attached": words.ATTACHED, "columns": COLUMNS}),
        "families": json.dumps(press.fonts.families),
        "bundle": bundle_text(bundle),
    }
    what = f"The certificate of {credential_id}"
    return typeset(TEMPLATES / "transcript.typ", inputs, press.fonts, written_at(bundle), what)


def _row(component: dict[str, Any]) -> list[str]:
    """Return what the table says of a component: name, issuer as it names itself, day, credits."""
    subject, issuer = as_object(component.get("credentialSubject")), as_object(component.get("issuer"))
    named = subject.get("achievement")
    achievement = as_object(named[0] if isinstance(named, list) and named else named)
    credit = credits_of(achievement, subject.get("creditsEarned"))
    name = achievement.get("name") or component.get("name")
    awarded = component.get("awardedDate") or component.get("validFrom")
    return [
        clean(str(name))[:MAX_TEXT],
        clean(str(issuer.get("name") or issuer_did(component)))[:MAX_TEXT],
        day(parse_time(awarded, "awardedDate")),
        number_text(credit) if credit else "",
    ]
