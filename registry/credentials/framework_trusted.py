"""What 1EdTech's TrustEd Microcredential Coalition asks to be in a microcredential.

Source: 1EdTech, TrustEd Microcredential framework, March 2024: metadata minimum expectations.
"""

from __future__ import annotations

from registry.credentials import described_award as award
from registry.credentials import described_learning as learning
from registry.credentials import descriptors as kind
from registry.credentials.framework import Descriptor, Framework

TRUSTED = Framework(
    key="trusted",
    title="1EdTech TrustEd Microcredential framework",
    source="1EdTech TrustEd Microcredential Coalition, metadata minimum expectations, March 2024",
    confirmed=False,
    note="This list could not be confirmed at its source: 1EdTech's page says that fields are required, "
    "recommended, or recommended if available, for a Knowledge and for an Application microcredential, but its "
    "table of fields could not be read. Evidence is required of an Application microcredential alone.",
    descriptors=(
        Descriptor("recipient", "mandatory", "award", award.recipient),
        Descriptor("award date", "mandatory", "award", award.award_date),
        Descriptor("issuer", "mandatory", "issuer", award.awarding_body),
        Descriptor("issuer's web site or identifier", "mandatory", "issuer", award.issuer_identifier),
        Descriptor("issuer accreditation", "recommended", "issuer", award.issuer_accreditation),
        Descriptor("name", "mandatory", "achievement", learning.member("name")),
        Descriptor("description", "mandatory", "achievement", learning.member("description")),
        Descriptor("criteria", "mandatory", "achievement", learning.criteria),
        Descriptor("skills and outcomes", "mandatory", "achievement", learning.skills),
        Descriptor("validated assessment", "mandatory", "achievement", learning.alignment(kind.ASSESSMENT)),
        Descriptor("evidence", "if applicable", "award", award.evidence),
        Descriptor("result", "recommended", "award", award.grade),
        Descriptor("workload or credits", "recommended", "achievement", learning.workload),
        Descriptor("type of achievement", "recommended", "achievement", learning.member("achievementType")),
        Descriptor("image", "recommended", "achievement", learning.member("image")),
        Descriptor("tags", "recommended", "achievement", learning.member("tag")),
        Descriptor("end of validity", "recommended", "award", award.expiry),
    ),
)
"""Both kinds of TrustEd microcredential in one list."""
