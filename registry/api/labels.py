"""Every word of the credential page that is not the credential's own."""

from __future__ import annotations

from registry.checks.report import Outcome
from registry.credentials.descriptors import PROPERTY_LABELS

AWARDED, VALID_UNTIL, CREDITS, CREDITS_UNIT = "Awarded on", "Valid until", "Credits", "credits"
FIELD, LANGUAGE, COURSE_CODE, CREDENTIAL_ID = "Field of study", "Language", "Course code", "Credential id"
ALIGNMENTS = PROPERTY_LABELS
"""Alignments that are a property of the achievement rather than something learnt."""

CHECKS = {
    "format": "Form",
    "signature": "Signature",
    "inclusion": "Unaltered",
    "anchor": "Anchored",
    "finality": "Final",
    "issuer-key": "Signing key",
    "issuer-identity": "Issuer",
    "validity-period": "Validity",
    "status": "Still standing",
    "recipient": "Recipient",
    "endorsed": "What it endorses",
    "endorsements": "Endorsements",
    "components": "Components",
}
"""The checks' names for people."""
OUTCOMES = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNDECIDED: "not known yet",
    Outcome.SKIPPED: "not asked",
}
"""The checks' outcomes for people."""
TONES = {Outcome.PASSED: "good", Outcome.FAILED: "bad", Outcome.UNDECIDED: "open", Outcome.SKIPPED: "none"}
"""Colour and mark of each outcome."""
NETWORK_NOTES = {
    "local": "A local chain runs on somebody's own machine: this shows how it works and proves nothing to a stranger.",
    "test": "A test network carries no value and may be reset by its operators.",
}
"""What a verdict on a network that is not a main network is worth."""
REPLACED = "The issuer replaced it by a newer credential on {day}."
"""Said of a credential that was reissued."""
REPLACES = "It takes the place of {older}, which the issuer revoked as superseded."
"""Said of a credential that was issued in the place of another."""
SUSPENDED = (
    "The suspension stands on the chain alone: the issuer's status list, which other verifiers read, shows revocations "
    "only. It can be lifted."
)
"""Said of a suspended credential."""
UNCONFIRMED = "Somebody whom nobody confirms"
PREVIEW = "Awarded by {issuer}{on}. Open the link to see whose it is, and whether it holds."
"""What a preview of a share link says."""
BADGE = "Badge: {title}"
"""What the picture in a preview shows."""
UNNAMED_LINK = "Link without a name"
"""What a share link is called that its recipient did not name."""
NAMELESS = "Somebody it does not name openly"
