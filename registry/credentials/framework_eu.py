"""The European standard elements to describe a micro-credential.

Source: Council Recommendation of 16 June 2022, 2022/C 243/02, Annex I.
"""

from __future__ import annotations

from registry.credentials import described_award as award
from registry.credentials import described_learning as learning
from registry.credentials import descriptors as kind
from registry.credentials.framework import Descriptor, Framework

EU = Framework(
    key="eu",
    title="European standard elements to describe a micro-credential",
    source="Council Recommendation of 16 June 2022 (2022/C 243/02), Annex I",
    confirmed=True,
    note="The eleven mandatory elements were compared with Cedefop's glossary, which quotes them; the five optional "
    "ones with notes on the Commission's staff document, not with the Annex itself.",
    descriptors=(
        Descriptor("identification of the learner", "mandatory", "award", award.recipient),
        Descriptor("title of the micro-credential", "mandatory", "achievement", learning.member("name")),
        Descriptor("country or region of the issuer", "mandatory", "issuer", award.country),
        Descriptor("awarding body", "mandatory", "issuer", award.awarding_body),
        Descriptor("date of issuing", "mandatory", "award", award.award_date),
        Descriptor("learning outcomes", "mandatory", "achievement", learning.outcomes),
        Descriptor("notional workload", "mandatory", "achievement", learning.workload),
        Descriptor(
            "level of the learning experience", "if applicable", "achievement", learning.level(kind.EQF, kind.QF_EHEA)
        ),
        Descriptor("type of assessment", "mandatory", "achievement", learning.alignment(kind.ASSESSMENT)),
        Descriptor("form of participation", "mandatory", "achievement", learning.alignment(kind.PARTICIPATION)),
        Descriptor("type of quality assurance", "mandatory", "achievement", learning.quality_assurance),
        Descriptor("prerequisites to enrol", "optional", "achievement", learning.prerequisites),
        Descriptor(
            "supervision and identity verification", "optional", "achievement", learning.alignment(kind.SUPERVISION)
        ),
        Descriptor("grade achieved", "optional", "award", award.grade),
        Descriptor(
            "integration or stackability options", "optional", "achievement", learning.alignment(kind.STACKABILITY)
        ),
        Descriptor("further information", "optional", "achievement", learning.further_information),
    ),
)
"""Eleven mandatory elements, one of them if applicable, and five optional ones."""
