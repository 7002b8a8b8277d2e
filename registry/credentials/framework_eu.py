"""The European standard elements to describe a micro-credential.

Source: Council Recommendation of 16 June 2022, 2022/C 243/02, Annex I.
"""

from __future__ import annotations

from registry.core.sentence import Sentence
from registry.credentials import described_award as award
from registry.credentials import described_learning as learning
from registry.credentials import descriptors as kind
from registry.credentials.framework import Descriptor, Framework

EU = Framework(
    key="eu",
    title=Sentence("European standard elements to describe a micro-credential"),
    source=Sentence("Council Recommendation of 16 June 2022 (2022/C 243/02), Annex I"),
    confirmed=True,
    note=Sentence(
        "The eleven mandatory elements were compared with Cedefop's glossary, which quotes them; the five optional "
        "ones with notes on the Commission's staff document, not with the Annex itself."
    ),
    descriptors=(
        Descriptor(Sentence("identification of the learner"), "mandatory", "award", award.recipient),
        Descriptor(Sentence("title of the micro-credential"), "mandatory", "achievement", learning.member("name")),
        Descriptor(Sentence("country or region of the issuer"), "mandatory", "issuer", award.country),
        Descriptor(Sentence("awarding body"), "mandatory", "issuer", award.awarding_body),
        Descriptor(Sentence("date of issuing"), "mandatory", "award", award.award_date),
        Descriptor(Sentence("learning outcomes"), "mandatory", "achievement", learning.outcomes),
        Descriptor(Sentence("notional workload"), "mandatory", "achievement", learning.workload),
        Descriptor(
            Sentence("level of the learning experience"),
            "if applicable",
            "achievement",
            learning.level(kind.EQF, kind.QF_EHEA),
        ),
        Descriptor(Sentence("type of assessment"), "mandatory", "achievement", learning.alignment(kind.ASSESSMENT)),
        Descriptor(
            Sentence("form of participation"), "mandatory", "achievement", learning.alignment(kind.PARTICIPATION)
        ),
        Descriptor(Sentence("type of quality assurance"), "mandatory", "achievement", learning.quality_assurance),
        Descriptor(Sentence("prerequisites to enrol"), "optional", "achievement", learning.prerequisites),
        Descriptor(
            Sentence("supervision and identity verification"),
            "optional",
            "achievement",
            learning.alignment(kind.SUPERVISION),
        ),
        Descriptor(Sentence("grade achieved"), "optional", "award", award.grade),
        Descriptor(
            Sentence("integration or stackability options"),
            "optional",
            "achievement",
            learning.alignment(kind.STACKABILITY),
        ),
        Descriptor(Sentence("further information"), "optional", "achievement", learning.further_information),
    ),
)
"""Eleven mandatory elements, one of them if applicable, and five optional ones."""
