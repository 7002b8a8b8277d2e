"""What a micro-credential says that Open Badges has no member for: alignments of these target types.

An alignment names something in somebody's framework, and its type may be a term of one's own with the prefix `ext:`,
so that level, workload or quality assurance stand in the credential without a context of our own, which other
verifiers would not load. docs/frameworks.md lists where every descriptor stands.

Source: Open Badges 3.0, "Extending the data model"; Alignment, targetType.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from registry.credentials.members import as_objects, as_words

if TYPE_CHECKING:
    from collections.abc import Iterator

LEARNING_OUTCOME = "ext:LearningOutcome"
"""Something learnt, in the issuer's own words."""
ESCO_SKILL = "ext:ESCOSkill"
"""Something learnt, as a skill of ESCO; `targetUrl` is the skill's address there."""
FOUNDATION_SKILL = "ext:FoundationSkill"
"""Something learnt that other learning rests on, such as numeracy (Australia)."""
EQF = "ext:EQF"
"""Level in the European Qualifications Framework; `targetCode` is 1 to 8."""
QF_EHEA = "ext:QF-EHEA"
"""Cycle in the framework of the European Higher Education Area."""
AQF = "ext:AQF"
"""Level in the Australian Qualifications Framework; `targetCode` is 1 to 10."""
CREDIT_SYSTEM = "ext:CreditSystem"
"""The unit of `creditsAvailable`; `targetCode` is its short name, such as ECTS."""
WORKLOAD = "ext:Workload"
"""Hours of work; `targetCode` is an ISO 8601 duration in hours, such as PT100H."""
ASSESSMENT = "ext:AssessmentType"
"""How learning is assessed."""
PARTICIPATION = "ext:Participation"
"""On site, online or both."""
SUPERVISION = "ext:SupervisionVerification"
"""Whether the assessment is supervised and the learner's identity checked."""
QUALITY_ASSURANCE = "ext:QualityAssurance"
"""Who assures the quality, or the decision itself."""
PREREQUISITE = "ext:Prerequisite"
"""What is needed to enrol; also a sentence `Prerequisites: …` of the criteria."""
CREDIT_RECOGNITION = "ext:CreditRecognition"
"""What credit others give for it."""
INDUSTRY_RECOGNITION = "ext:IndustryRecognition"
"""Which professional body or industry standard recognises it."""
STACKABILITY = "ext:Stackability"
"""What larger qualification it is, or can become, a part of."""
OFFERED_FROM = "ext:OfferedFrom"
"""The first day on which it can be awarded; `targetCode` is that day, such as 2026-01-31."""

SYNONYMS = {
    PARTICIPATION: ("ext:DeliveryMode",),
    WORKLOAD: ("ext:EffortHours", "ext:NotionalHours"),
    EQF: ("ext:EQFLevel",),
    ESCO_SKILL: ("ext:ESCO",),
}
"""Types that others write for the same; read, never written."""
_MEANT = {other: kind for kind, others in SYNONYMS.items() for other in others}

PROPERTY_NAMES = {
    EQF: "Level (EQF)",
    QF_EHEA: "Level (QF-EHEA)",
    AQF: "Level (AQF)",
    WORKLOAD: "Workload",
    ASSESSMENT: "Assessment",
    PARTICIPATION: "Form of participation",
    SUPERVISION: "Supervision and identity check",
    QUALITY_ASSURANCE: "Quality assurance",
    PREREQUISITE: "Prerequisites",
    CREDIT_RECOGNITION: "Credit recognition",
    INDUSTRY_RECOGNITION: "Industry recognition",
    STACKABILITY: "Part of",
    OFFERED_FROM: "Offered from",
}
"""Alignments that are a property of the achievement rather than something learnt, in words for people."""
PROPERTY_LABELS = {
    **PROPERTY_NAMES,
    **{other: PROPERTY_NAMES[kind] for kind, others in SYNONYMS.items() if kind in PROPERTY_NAMES for other in others},
}
"""The same, with the types that others write."""
ONCE = (EQF, QF_EHEA, AQF, CREDIT_SYSTEM, OFFERED_FROM)
"""What an achievement can have only one of."""


def kind_of(alignment: dict[str, Any]) -> str:
    """Return the target type of an alignment, a synonym as the type that we write."""
    written = as_words(alignment.get("targetType"))
    return _MEANT.get(written, written)


def alignments_of(achievement: dict[str, Any], *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the alignments of these types with their positions from 0; synonyms are read as what they mean."""
    for at, one in enumerate(as_objects(achievement.get("alignment"))):
        if kind_of(one) in kinds:
            yield at, one


def learnt(achievement: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the alignments that say what is learnt, with their positions from 0: all that are no property."""
    for at, one in enumerate(as_objects(achievement.get("alignment"))):
        if one and kind_of(one) not in {*PROPERTY_NAMES, CREDIT_SYSTEM}:
            yield at, one


def offered_from(achievement: dict[str, Any]) -> date | None:
    """Return the first day on which an achievement can be awarded; None if it names none that can be read."""
    for _, one in alignments_of(achievement, OFFERED_FROM):
        try:
            return date.fromisoformat(as_words(one.get("targetCode")))
        except ValueError:
            continue  # refused when the achievement is added; one of an older home keeps on being issued
    return None
