"""Every sentence of a report to keep that the page does not have; the report is in English, like the API."""

from __future__ import annotations

REPORT_LANGUAGE = "en"
REPORT_TITLE = "Verification report"
REPORT_INPUT = "what was handed in"
REPORT_MADE = "Checked on {time}, by {software} at {verifier}."
REPORT_EARNED = "What was earned"
REPORT_FACTS = "What was read"
REPORT_BYTES = "{count} bytes"
REPORT_LIMITS = "Limits of this report"
REPORT_LIMIT_BLOCK = (
    "It says what the chain held at block {block}. A later revocation or suspension is not in it: check again before "
    "you rely on it."
)
REPORT_LIMIT_NO_CHAIN = "No chain was read for it, so it does not say whether the credential was revoked or suspended."
REPORT_LIMIT_PERSON = "It does not say that the person before you is the one whom the credential names."
REPORT_LIMIT_UNSIGNED = (
    "It is not signed, and anybody can write such a page: if you did not make it yourself, repeat the check."
)
REPORT_LETTERS = "A character that no font has, or that would reorder the text, is printed as {mark}."
REPORT_REPEAT = "How to repeat the check"
REPORT_GOT = "When this report was made, the answer was:"
REPEAT_FILE = (
    "Take the file that was handed in. It is the same one if its SHA-256 is the one above (sha256sum FILE, or certutil "
    "-hashfile FILE SHA256). For a pasted text, take the text without the blanks around it."
)
REPEAT_VERIFIER = "Hand it in at {verifier}, at another verifier of this kind, or run: credanchor verify FILE."
REPEAT_CONTRACT = (
    "Or ask the contract yourself, with the free tool cast (from Foundry). Put an endpoint of your choice into "
    "ETH_RPC_URL."
)
