"""What the Australian National Microcredentials Framework asks to be said of a microcredential.

Source: Department of Education, Skills and Employment, National Microcredentials Framework, November 2021.
"""

from __future__ import annotations

from registry.credentials import described_award as award
from registry.credentials import described_learning as learning
from registry.credentials import descriptors as kind
from registry.credentials.framework import Descriptor, Framework

AU = Framework(
    key="au",
    title="Australian National Microcredentials Framework",
    source="National Microcredentials Framework, November 2021: critical information requirements, minimum standards",
    confirmed=False,
    note="This list could not be confirmed at its source: the minimum standards (outcomes, assessment, an hour or "
    "more, a quality assurance statement) were compared with texts that quote them, the table of critical "
    "information with none.",
    descriptors=(
        Descriptor("title", "mandatory", "achievement", learning.member("name")),
        Descriptor("provider", "mandatory", "issuer", award.awarding_body),
        Descriptor("description", "mandatory", "achievement", learning.member("description")),
        Descriptor("language", "if applicable", "achievement", learning.member("inLanguage")),
        Descriptor("delivery mode and location", "mandatory", "achievement", learning.alignment(kind.PARTICIPATION)),
        Descriptor("prerequisites", "mandatory", "achievement", learning.prerequisites),
        Descriptor("learning outcomes", "mandatory", "achievement", learning.outcomes),
        Descriptor("learner effort of one hour or more", "mandatory", "achievement", learning.an_hour_or_more),
        Descriptor("assessment", "mandatory", "achievement", learning.alignment(kind.ASSESSMENT)),
        Descriptor("certification", "mandatory", "achievement", award.certification),
        Descriptor("quality assurance", "mandatory", "achievement", learning.quality_assurance),
        Descriptor("credit recognition", "if applicable", "achievement", learning.alignment(kind.CREDIT_RECOGNITION)),
        Descriptor(
            "industry recognition", "if applicable", "achievement", learning.alignment(kind.INDUSTRY_RECOGNITION)
        ),
        Descriptor("AQF level", "recommended", "achievement", learning.level(kind.AQF)),
        Descriptor("foundation skills", "recommended", "achievement", learning.alignment(kind.FOUNDATION_SKILL)),
    ),
)
"""Minimum standards and critical information in one list."""
