"""Every sentence and label of the page, in English (locale/ has the rest); the checks' own are in registry/checks.

Longer than other modules, so that whoever translates or corrects finds all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.checks.report import Outcome, Verdict
from registry.services import recheck
from registry.services.kinds import Kind
from verifier_web.translatable import make_translatable

SITE = "Credanchor verifier"
SKIP = "Skip to the content"
TAGLINE = "Is this credential genuine?"
LEAD = (
    "Paste what the candidate sent you, or choose the file. You see at once whether it is genuine, who issued it, "
    "and to whom."
)
TEXT_LABEL = "Paste the credential"
TEXT_HINT = "The whole text, from the first bracket to the last, a text that begins with eyJ, or the link to it."
FILE_LABEL = "Or choose its file"
FILE_HINT = (
    "A .json file, a badge as .png or .svg, or a certificate as .pdf, up to 4 MiB; or several, up to 20. You can also "
    "drop them anywhere on this page."
)
EXPECTED_LABEL = "Is it this person's?"
EXPECTED_HINT = "Optional: the e-mail address, student number or name you know the candidate by."
SUBMIT = "Check it"
BUSY_SUBMIT = "Checking…"
LANGUAGES = "Language"
LANGUAGES_AGAIN = "What you handed in is not carried along here: choose a language, and hand it in again there."
PRIVACY = "Nothing you hand in is stored, and no cookie is set."
HOW_TITLE = "How it is checked"
HOW = (
    ("Unaltered", "The issuer's signature covers every word that is shown."),
    ("Anchored", "Its fingerprint lies in a public register that nobody can rewrite, with the date."),
    ("Still standing", "It is looked up whether the issuer has revoked or suspended it since."),
    ("From whom", "The issuer is named by what others confirm, never by what it says of itself."),
)
PRIVATE_LINK = "Check without sending it to us"
PRIVATE_HINT = "The check then runs in your own browser, and the credential does not leave this device."
API_TITLE = "For programs"
API_TEXT = "The same report as JSON. The answer is described in"
CAMERA_LINK = "Scan the QR code of a certificate"
CAMERA_TITLE = "Scan a QR code"
CAMERA_LEAD = "Hold the QR code of a certificate before the camera. The picture stays in your browser."
CAMERA_LOOKING = "Looking for a QR code…"
CAMERA_OTHER = "This QR code holds no link. Use the one that is printed on the certificate."
CAMERA_NONE = (
    "The camera cannot be used: it was refused, there is none, or this page is not encrypted. Open the link of the QR "
    "code with your phone's own camera, and paste it on the start page."
)
CAMERA_NO_DETECTOR = (
    "This browser cannot read QR codes. Open the link of the QR code with your phone's own camera, and paste it on the "
    "start page."
)
CAMERA_NO_SCRIPT = "Scanning needs JavaScript. Everything else on this site works without it."
CAMERA_BACK = "Paste or choose a credential instead"
SEVERAL_TITLE = "Checked one by one: {count}"
SEVERAL_OPEN = "Open it in full"
SEVERAL_ALONE = "It is too long to be opened from here: hand it in by itself to see every check."
AGAIN_TITLE = "Check another credential"
AGAIN_LINK = "Check another one"
COMPARE = "Compare"
COMPARE_HINT = (
    "Type the e-mail address, student number or name you know, to see whether the credential was issued to it."
)
TEXT_IGNORED = "You gave a file and a text: the file was checked, the text was not."

ISSUED_TO = "Issued to"
SAYS_ISSUED_TO = "It says it was issued to"
NAMELESS = "Somebody it does not name"
NAMELESS_HASHED = "A person named only by a fingerprint"
HOLDER_HINT = "Compare this name with the person before you: a genuine credential can be somebody else's."
HOLDER_HASHED_HINT = (
    "The name or address is kept as a fingerprint for privacy. Type the one you know below to see whether it fits."
)
HOLDER_CLAIM_HINT = "This is only what the document says."
HOLDER_MATCHES = "It fits the person you asked about."
HOLDER_DIFFERS = "It does not fit the person you asked about."
ISSUED_BY = "Issued by"
ENDORSED_BY = "Endorsed by"
UNCONFIRMED = "An unconfirmed issuer"
UNPROVEN = "Not proven"
VOUCHED = "{accreditor} vouches for this name on the chain."
DOMAIN_CONFIRMED = "This web address confirms that the account on the chain is its own."
NOT_CONFIRMED = "The signature fits its key, but nobody this verifier trusts confirms who is behind it."
NOT_PROVEN = "The checks below show that it is not, or not so, from the issuer it names."
NOT_KNOWN = "It cannot be told for now whether it is from the issuer it names."
CALLS_ITSELF = "Calls itself"
SELF_GIVEN = "its own word, not confirmed"
ISSUER_ID = "Identifier"

CLAIMS_TITLE = "What it says"
CLAIMS_UNPROVEN = "This is what the document says. It is not confirmed."
OUTCOMES_TITLE = "Learning outcomes and skills"
RESULTS_TITLE = "Results"
CRITERIA_TITLE = "What had to be done"
CRITERIA_LINK = "Criteria in full"
EVIDENCE_TITLE = "Evidence"
NARRATIVE_TITLE = "About this award"
MORE = "and {count} more"
PICTURE_ALT = "Picture of the badge"
FRAMEWORK_TITLE = "How well it describes itself"
FRAMEWORK_LIMIT = "This says what the issuer wrote down, not whether it is true or good."
FRAMEWORK_SHOW, FRAMEWORK_AT = "Every descriptor, and where it stands", "at {where}"
TITLED = "{title}: {text}"

CHECKS_TITLE = "Every check"
PARTS_TITLE = "What it contains"
PART_KINDS = {"endorsement": "Endorsement", "component": "Component"}
PART_CHECKS = "Its checks"

RECHECK_TITLE = "Check it yourself"
RECHECK_LEAD = (
    "You need not believe this page. These lines ask the contract directly, through an endpoint of your choice, with "
    "the free tool cast (from Foundry)."
)
RECHECK_SHOW = "Show the lines to paste"
RECHECK_LIMIT = recheck.LIMIT
RECHECK_GOT = recheck.EXPECTED
RECHECK_NONE = "There is no receipt on a network that this verifier asks, so there is nothing to ask the contract."
EXPLORER_CONTRACT = "The contract in a block explorer"
EXPLORER_TRANSACTION = "The transaction that the receipt names"
TREE_TITLE, TREE_LEAF, TREE_ROOT = "From the leaf to the root", "Leaf", "Root"
TREE_LEAD = "Each pair is hashed, left first, and the result stands in the next pair. The receipt names the siblings."
TREE_STEP, TREE_FOLDED = "Step {number}", "{count} more steps"
TREE_OURS, TREE_SIBLING, TREE_LEFT, TREE_RIGHT = "computed", "sibling", "Left, {which}", "Right, {which}"
TREE_DIGESTS = "All digests in full"
COPY = "Copy"
COPIED = "Copied"

KEEP_TITLE = "A report to keep"
KEEP_PDF, KEEP_DATA = "Report as PDF", "Report as data"
KEEP_HINT = (
    "The check is made again for it, and the report carries that time. It holds the verdict, every check and what was "
    "read from the chain, and of the credential only what was earned, by whom and from whom."
)
KEEP_TOO_LARGE = (
    "What you handed in is too large to be carried along by this page, so there is no report of it here. Programs get "
    "one from POST /v1/verifications."
)

RAW_TITLE = "Raw facts"
RAW_DOCUMENT = "The credential as it was read"
RAW_NOTE = "Characters that hide or reorder text are written as escapes."

VERDICT_WORDS = {
    Verdict.VERIFIED: "Verified",
    Verdict.NOT_VERIFIED: "Not verified",
    Verdict.UNDECIDED: "Cannot tell",
    Verdict.NOT_A_CREDENTIAL: "Not a credential",
}
OUTCOME_WORDS = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Failed",
    Outcome.UNDECIDED: "Not known",
    Outcome.SKIPPED: "Not applicable",
}
CHECK_TITLES = {
    "format": "Form",
    "signature": "Signature",
    "inclusion": "In the batch",
    "anchor": "On the chain",
    "finality": "Final",
    "issuer-key": "Issuer's key",
    "issuer-identity": "Issuer",
    "validity-period": "Dates",
    "status": "Not withdrawn",
    "recipient": "Person",
    "endorsed": "What it endorses",
    "endorsements": "Endorsements",
    "components": "Components",
}

MEANINGS = {
    "verified": "It is unaltered, anchored by its issuer, and neither withdrawn nor out of date.",
    "altered": "Something in it was changed after signing. Ask the person for the file as the issuer gave it.",
    "leaf-mismatch": "The receipt belongs to other content. Ask the person for the file as the issuer gave it.",
    "root-mismatch": "The receipt does not fit. Ask the person for the file as the issuer gave it.",
    "proof-length": "The receipt does not fit. Ask the person for the file as the issuer gave it.",
    "revoked": "The issuer has taken it back for good. Ask the issuer why.",
    "batch-revoked": "The issuer has taken back everything it anchored together with this. Ask the issuer why.",
    "suspended": "The issuer has put it on hold; that can be lifted. Ask the issuer, and check again later.",
    "expired": "Its time is over. Ask the person whether it was renewed.",
    "not-yet-valid": "Its time has not begun. Check again from that day on.",
    "not-anchored": "The issuer it names did not put it in the register. Ask the issuer.",
    "not-the-issuer": "Somebody else uses the issuer's name. Treat it as forged until the issuer says otherwise.",
    "not-the-issuers-key": "Somebody else uses the issuer's name. Treat it as forged until the issuer says otherwise.",
    "not-the-issuers-proof": "Somebody else signed it. Treat it as forged until the issuer says otherwise.",
    "no-proof": "Anybody can write such a text. Ask the person for the signed credential.",
    "key-retired": "The key may have been stolen by then. Ask the issuer whether it stands by this credential.",
    "key-not-yet-added": "The key was not the issuer's yet. Ask the issuer whether it stands by this credential.",
    "another-recipient": "The credential may well be genuine, but it is not this person's. Look at whose it is below.",
    "component-failed": "It counts only as a whole, and one part does not hold. See which below.",
    "waiting-for-finality": "Everything else is in order. Check again in a quarter of an hour.",
    "no-receipt": "Ask the person for the bundle: the file that carries the receipt, too.",
    "receipt-unreachable": "Ask the person for the bundle, which carries the receipt, or check again later.",
    "chain-unreachable": "Check again in a few minutes.",
    "chain-behind": "It says nothing against the credential. Check again in a few minutes.",
    "wrong-network": "Use a verifier that accepts that network, or ask the issuer where else it is anchored.",
    "issuer-unconfirmed": "The signature and the register agree. Find out for yourself whether you know this issuer.",
    "key-unknown": "It is signed in a way that this verifier cannot read. Ask the issuer how to check it.",
    "unknown-proof-type": "It is signed in a way that this verifier cannot read. Ask the issuer how to check it.",
    "unknown-context": "It uses words that this verifier has no meaning for. Ask the issuer how to check it.",
}
"""What a reason means for the reader, and what to do next."""
MEANINGS_GENUINE = {
    "revoked": "It was genuine when it was issued, and the issuer has taken it back for good. Ask the issuer why.",
    "expired": "It was genuine, and its time is over. Ask the person whether it was renewed.",
    "not-yet-valid": "It is genuine, and its time has not begun. Check again from that day on.",
}
"""The same where all is proven but what the reason names; these words are used in no other case."""
MEANINGS_ELSE = {
    Verdict.VERIFIED: MEANINGS["verified"],
    Verdict.NOT_VERIFIED: "See below which check failed. Ask the person for the file as the issuer gave it.",
    Verdict.UNDECIDED: "See below what is not known. It says nothing against the credential.",
    Verdict.NOT_A_CREDENTIAL: "Ask the person for the file as the issuer gave it.",
}
"""The same for a reason without a sentence of its own."""

NETWORK_NOTES = {
    "test": "A test network is for trying things out: anybody can write on it for free.",
    "local": "A local chain is a demonstration on one machine: it proves nothing to anybody else.",
}
"""What a network that is no main network is worth."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of something that is not a credential."""

    title: str
    """What it is."""
    advice: str
    """What to do instead."""


KINDS = {
    Kind.EMPTY: Told("There is nothing to check yet.", "Paste the credential's text, or choose its file."),
    Kind.PDF: Told(
        "This is a PDF without a credential that can be read from it.",
        "The words on its pages prove nothing, anybody can write them; a credential must be attached inside. "
        "Ask the person for the file as the issuer gave it: printing to a PDF or scanning loses the credential.",
    ),
    Kind.PICTURE: Told(
        "This is a picture, and no credential is inside it.",
        "A screenshot shows a badge but does not carry it, and chat programs often strip it out. "
        "Ask the person for the original badge file, or the .json file.",
    ),
    Kind.DRAWING: Told(
        "This is a drawing (SVG), and no credential is inside it.",
        "Ask the person for the original badge file, or the .json file.",
    ),
    Kind.WEB_PAGE: Told(
        "This is a web page, not the credential it may show.",
        "Look on that page for a way to download the credential, and hand in that file.",
    ),
    Kind.ARCHIVE: Told(
        "This is an archive or an office document, not a credential.",
        "Unpack it first, and hand in the .json, .png or .svg file that it holds.",
    ),
    Kind.LINK: Told(
        "This link does not lead to a credential.",
        "Open it, look there for a way to download the credential, and hand in that file.",
    ),
    Kind.DEAD_LINK: Told(
        "This link could not be followed.",
        "It may be mistyped or turned off, or lead to a place that is not public. That says nothing about the "
        "credential: ask the person for the file, or for another link.",
    ),
    Kind.HALF_JSON: Told(
        "This looks like part of a credential, but it is not complete.",
        "Copy the whole text, from the first bracket to the last, or hand in the file.",
    ),
    Kind.OTHER_JSON: Told(
        "This is a data file (JSON), but not a credential.",
        "A credential of this kind is an Open Badge, version 3. Ask the person for that file.",
    ),
    Kind.RECEIPT_ONLY: Told(
        "This is only the receipt; the credential that it belongs to is missing.",
        "Ask the person for the bundle, which carries both.",
    ),
    Kind.BLOCKCERTS: Told(
        "This is a Blockcerts certificate, which another system issued.",
        "It may well be genuine: check it with a Blockcerts verifier.",
    ),
    Kind.OPEN_ATTESTATION: Told(
        "This is an OpenAttestation document, which another system issued.",
        "It may well be genuine: check it with an OpenAttestation verifier.",
    ),
    Kind.OPEN_BADGES_2: Told(
        "This is an Open Badge of version 2, which its issuer's web site vouches for.",
        "It may well be genuine: check it with an Open Badges 2 verifier. This page reads version 3.",
    ),
    Kind.TEXT: Told(
        "This is plain text, not a credential.",
        "A credential's text begins with a curly bracket or with eyJ. Paste all of it, or hand in the file.",
    ),
    Kind.BINARY: Told(
        "This is a file of a kind that carries no credential.",
        "Ask the person for the .json file, or the badge as .png or .svg.",
    ),
}
"""What is said of each kind of thing that is not a credential."""
EXACTLY = "What exactly was found"

PROBLEM_TITLES = {
    400: "The request could not be read",
    404: "There is nothing at this address",
    405: "This address does not take that kind of request",
    408: "It did not arrive in time",
    409: "Not possible now",
    413: "That is too large",
    415: "This kind of file is not read here",
    422: "Not a credential",
    429: "Too many requests",
    500: "Something went wrong on this server",
    502: "Somebody else did not answer",
    503: "Too busy at the moment",
}
"""Title of a problem by its HTTP status."""
PROBLEM_ADVICE = {
    404: "The page that checks credentials is at the start.",
    405: "The page that checks credentials is at the start.",
    500: "It says nothing about the credential. Try again; if it stays, tell whoever runs this verifier.",
    503: "It says nothing about the credential. Try again in a few seconds.",
}
"""What to do about it, where the problem's own sentence does not say."""

make_translatable(globals())
