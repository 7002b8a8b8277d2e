"""Every word of a PDF certificate that is not the credential's own."""

from __future__ import annotations

LEAD, EARNED = "This is to record that", "has earned"
NAMELESS = "the person whom this credential names only by a fingerprint"
"""Said where the recipient's name is not in the open."""
OUTCOMES, MORE = "Learning outcomes", "and {count} more"
SHORTENED = "Shortened to fit this page; the credential inside this file has every word."

AWARDED, VALID_UNTIL, CREDITS, CREDITS_UNIT = "Awarded on", "Valid until", "Credits", "credits"
RESULT, LANGUAGE, COURSE_CODE = "Result", "Language", "Course code"
LANGUAGES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "zh": "中文",
}
"""Languages by their own names; others are shown by their code."""
KINDS = {"MicroCredential": "Micro-credential"}
"""Achievement types whose words do not follow from their spelling."""

CHECK_TITLE = "Check it"
CHECK = (
    "Attach or drop this very file into any Credanchor verifier: the credential and its proof are inside. A print or "
    "a scan proves nothing by itself."
)
LINK = "Its page"
QR_ALT = "QR code that leads to {link}"
ATTACHED = "The credential and its anchor receipt, as a Credanchor bundle"
"""What the attached file is, for whoever lists attachments."""

CREDENTIAL_ID, ISSUER = "Credential", "Issuer"
NETWORK, CONTRACT, TRANSACTION, ANCHORED = "Network", "Contract", "Transaction", "Anchored"
CHAIN = "chain {chain_id}"
"""A network that the settings give no name."""
IN_BLOCK = "in block {block}"
PENDING = (
    "Not anchored for good yet: the block of its anchor is not final, and a verifier cannot call it verified. "
    "Ask its issuer for a newer copy of this file."
)
UNANCHORED = (
    "Not anchored yet: nothing on a chain speaks for it, and a verifier cannot call it verified. "
    "Ask its issuer for a newer copy of this file."
)
