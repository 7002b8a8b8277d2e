"""What the API says of a credential beside its report: what it was earned for, whose it is, and from whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.checks.report import report_json
from verifier_web.credential import title_of
from verifier_web.holder import holder_view
from verifier_web.issuer import is_proven, issuer_view

if TYPE_CHECKING:
    from verifier_web.desk import Judged


def verification_json(judged: Judged, source: str) -> dict[str, Any]:
    """Return the report and what it is about; `source` says what was judged."""
    report, facts = judged.report, judged.facts
    proven = is_proven(report)
    holder = holder_view(facts.presented.document, None, proven=proven)
    issuer = issuer_view(report, facts)
    about = {
        "title": title_of(facts),
        "issuedTo": holder.name if holder.named else None,
        "issuedBy": issuer.name if issuer.standing in {"accredited", "domain"} else None,
        "proven": proven,
    }
    return {**report_json(report, source), "about": about}
