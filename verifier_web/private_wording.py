"""Every sentence of the private check: the page's own words, and the templates that its script fills.

The checks' sentences are those of registry/checks, which a test holds them to. `{name}` is filled by the script; what
is said by both stands here in the same English, so that a catalogue has it once.
"""

from __future__ import annotations

from registry.checks.sentences import REASONS
from registry.core.sentence import counted
from verifier_web.translatable import make_translatable

TITLE = "Private check"
LEAD = (
    "The credential is read and checked by this page in your browser. It is sent to nobody: the chain's endpoint "
    "that you choose is asked for the anchor and the status by their hashes, and this server for the contexts, which "
    "are the same for everybody."
)
LIMITS_TITLE = "What leaves this device, and what you trust"
LIMITS = (
    (
        "To the endpoint: the issuer's account, the root, the leaf hash, the key's hash. One endpoint is asked, and "
        "believed; the ordinary check asks several."
    ),
    (
        "To this server: the issuer's web address where no accreditor vouches for it, and the address of its status "
        "list. Never the credential, its id, or its place in the list."
    ),
    "Dates are judged by this device's clock.",
    (
        "Not checked here: VC-JWTs signed with RSA, pictures, PDF "
        "certificates, and receipts that did not come along. Where it matters the answer is “cannot tell”."
    ),
    (
        "The script comes from this server. Whoever does not want to trust it can run a server of their own; how is in "
        "docs/security.md."
    ),
)
NO_SCRIPT = (
    "This check is done by a script in your browser, and scripts are switched off. Switch them on for this page."
)
TEXT_HINT = "The whole text, from the first bracket to the last: a bundle, or a credential as JSON or VC-JWT."
FILE_HINT = "A .json file or a VC-JWT, up to 4 MiB. It is opened by this page and not uploaded."
ENDPOINTS_TITLE = "Endpoints of the chains"
ENDPOINTS_HINT = "Only that of the chain that the receipt names is asked. Put in any other that you trust."
ENDPOINT_LABEL = "Endpoint of {network}"
SUBMIT, BUSY_SUBMIT = "Check it here", "Checking…"
NOT_BUILT = "This installation lacks the files of the private check; run make install, or use the ordinary check."
UNREADABLE = "This could not be read as a credential."
BROKEN = "Something went wrong in this page. It says nothing about the credential; use the ordinary check."

SENTENCES = {
    # What was handed in
    "input.empty": "There is nothing in it: paste the credential, or choose its file.",
    "input.no-json": "The private check reads a bundle or a credential as JSON, or a VC-JWT, and this is none of them.",
    "input.no-credential": "This JSON is not a verifiable credential: its type does not say VerifiableCredential.",
    # 1 format
    "format.well-formed": "The document is a well-formed Open Badges 3.0 credential.",
    "format.context": "The @context",
    "format.context-at": "The @context at {place}",
    "format.inline-context": "{context} defines terms of its own; only published contexts are read.",
    "format.unknown-context": "{context} names {address}, which we do not serve, so we cannot tell what was signed.",
    "format.wrong-contexts": "{context} must list {first}, then the Open Badges context, each once and in this order.",
    "format.too-many-values": "The document holds more than {number} values.",
    "format.null-member": "The member {member} is null, which no signature covers; leave it out.",
    "format.nested-array": "The array {member} stands directly in an array; flatten it.",
    "format.reserved-member": "The member {member} is a JSON-LD keyword; write it plainly.",
    "format.written-as-iri": "The member {member} is written as an IRI, not by a defined name.",
    "format.named-like-a-type": "The member {member} is named like a type; it is no property.",
    "format.blank-node": "The id at {place} is a blank node label, which is not signed.",
    "format.described-twice": "The object {place} describes {id} a second time ({member}).",
    "format.not-open-badges": (
        "It is neither an Open Badge nor an endorsement nor a learner record: its type names none of them."
    ),
    "format.several-statuses": (
        "It carries {number} status entries; an Open Badge has one, so it is not clear which of them counts."
    ),
    "format.undefined-member": (
        "The member {member} is defined by none of the credential's contexts, so no signature covers it."
    ),
    "format.undefined-reference-at": (
        "{written} at {place} is neither a defined type nor an absolute IRI, so no signature covers it."
    ),
    "format.undefined-reference": "{written} is neither a defined type nor an absolute IRI, so no signature covers it.",
    "format.too-many-parts": (
        "The embedded credential at {place} was not judged: at most {parts} in all, {deep} deep, are judged in one "
        "verification."
    ),
    "format.never-valid": "validUntil lies before validFrom, so it is never valid.",
    # 2 signature
    "signature.no-proof": "The document carries no signature.",
    "signature.unknown-proof-type": "It is signed in a way that this version does not know ({way}).",
    "signature.not-the-issuers-proof": "It is signed by {signer}, not by the issuer it names ({did}).",
    "signature.nobody": "none",
    "signature.unreadable": "The document's proof is not one that can be read.",
    "signature.other-purpose": "The issuer's proof is not made for the purpose {purpose}.",
    "signature.chained-proof": "The issuer's proof continues a chain of proofs, which this version does not follow.",
    "signature.malformed-proof": "The issuer's proof cannot be read: {why}",
    "signature.not-the-did-key": "It is signed by another key than the one that is the issuer's name (did:key).",
    "signature.key-by-name": "The proof names its key only as {key}, not by its value.",
    "signature.unknown-key-type": "The proof names a key of a type that this version does not know.",
    "signature.not-canonical": (
        "The signature cannot be checked, because the document cannot be put in canonical form: {why}"
    ),
    "signature.controls": (
        "It holds control characters, which are signed in two ways; this page knows one, and it does not fit."
    ),
    "signature.signed": "The signature is that of the key it names, over exactly this content.",
    "signature.unreadable-text": "The text carries no signature that can be read.",
    "signature.altered": "The content is not what was signed: it was altered afterwards.",
    "jwt.older": "It is a VC-JWT of the older data model (claim vc), which this version does not read.",
    "jwt.claim-missing": "The VC-JWT lacks the claim {claim}, which must repeat {member}.",
    "jwt.claim-differs": "The claim {claim} of the VC-JWT says something other than {member}.",
    "jwt.time": "a time in seconds",
    "jwt.unreadable-key": "The key of the VC-JWT cannot be read: {why}",
    "jwt.unsafe-algorithm": "Its algorithm ({algorithm}) lets everybody sign who can read it, so it proves nothing.",
    "jwt.other-header": "The header of the VC-JWT holds {member}; only {members} may.",
    "jwt.other-type": "The VC-JWT says that it is something else ({kind}).",
    "jwt.no-key": "The header of the VC-JWT names no key (kid or jwk).",
    "jwt.key-by-name": "The VC-JWT names its key only as {key}, not by its value.",
    # 3 inclusion
    "inclusion.no-receipt": "No receipt came with it: signed, but not anchored as far as we can see.",
    "inclusion.leaf-mismatch": "The receipt belongs to other content: what is shown is not what was anchored.",
    "inclusion.not-proven": "The receipt does not prove that the credential is in its batch: {why}.",
    # Without a chain
    "chain.unreachable": "The chain could not be asked, so this is not known: {why}.",
    "chain.no-receipt": "Without a receipt there is nothing to ask the chain about.",
    "chain.waiting-for-anchor": "Its batch is sealed, but its receipt names no chain yet: it waits to be anchored.",
    "chain.too-many": "the document asks more of the chain than one verification allows",
    "chain.wrong-network": "The receipt names {chains}, which this verifier does not accept.",
    # 4 anchor, 5 finality
    "anchor.anchored": "The batch was anchored on {network} on {at}.",
    "anchor.waiting-for-anchor": "Its receipt says that anchoring is under way, but the chain does not show it yet.",
    "anchor.chain-behind": (
        "The receipt names block {named}, and the endpoints of {network} show none newer than {newest}: they are "
        "behind, or the receipt is wrong."
    ),
    "anchor.not-anchored": "The registry contract on {network} holds no such batch of this issuer.",
    "finality.final": "Its block {block} is final and cannot be undone.",
    "finality.no-anchor": "There is no anchor whose block could be final.",
    "finality.waiting-for-finality": (
        "The anchor's block is not final yet; this resolves by itself, usually within 15 minutes."
    ),
    # 6 issuer-key, 7 issuer-identity
    "issuer-key.no-anchor": "There is no anchor whose date the key could be judged at.",
    "issuer-key.key-unknown": "The credential does not say which key signed it in a way we can read.",
    "issuer-key.not-the-issuers-key": (
        "The key that signed the credential was never one of this issuer's keys on the chain."
    ),
    "issuer-key.key-not-yet-added": (
        "The signing key became the issuer's only on {day}, after the credential was anchored."
    ),
    "issuer-key.key-retired": "The issuer retired the signing key from {day}, before the credential was anchored.",
    "issuer-key.key-active": "The key that signed it was the issuer's when the credential was anchored.",
    "issuer-identity.not-the-issuer": "On the chain, the batch belongs to somebody other than {did}.",
    "issuer-identity.accredited": "{accreditor} vouches on the chain that this issuer is {name}.",
    "issuer-identity.no-did-document": (
        "No accreditor you trust vouches for it, and its DID document could not be read: {why}."
    ),
    "issuer-identity.nobody-confirms": "The key is right, but nobody you trust confirms who is behind {did}.",
    "issuer-identity.domain-confirmed": "The issuer's own web site confirms this account on the chain ({did}).",
    "issuer-identity.names-no-account": "The DID document of {did} names no account on {network}.",
    "issuer-identity.names-another": "The DID document of {did} names another account than the one that anchored this.",
    # 8 validity-period, 9 status
    "validity-period.not-yet-valid": "It becomes valid only on {day}.",
    "validity-period.expired": "It expired on {day}.",
    "validity-period.in-period": "It is valid until {day}.",
    "validity-period.no-end": "It has no end date.",
    "status.batch-revoked": "The issuer revoked the whole batch on {day}.",
    "status.revoked": "The issuer revoked it on {day}.",
    "status.revoked-because": "The issuer revoked it on {day}: {reason}.",
    "reason.superseded": REASONS[1],
    "reason.issued-in-error": REASONS[2],
    "reason.withdrawn-by-recipient": REASONS[3],
    "reason.misconduct": REASONS[4],
    "status.suspended": "The issuer has suspended it since {day}; a suspension can be lifted.",
    "status.revoked-by-list": "The issuer's status list says that it is revoked.",
    "status.active": "The issuer has neither revoked nor suspended it.",
    "status.active-list-unread": (
        "The issuer has neither revoked nor suspended it. (Its status list could not be read: {why}; the chain "
        "decides.)"
    ),
    "status.active-list-ignored": (
        "The issuer has neither revoked nor suspended it. (Its status list is not signed by the issuer with a key it "
        "has now; it was ignored, the chain decides.)"
    ),
    # 10 recipient, 11 endorsements and components
    "recipient.not-asked": "Nobody asked whose it is: compare the name shown with the person before you.",
    "endorsements.none": "It carries no endorsements.",
    "components.none": "It is not made of other credentials.",
    "components.of-another": (
        "{title} names somebody else as its recipient, and nothing shows that they are the same person."
    ),
    # 10a endorsed
    "endorsed.no-endorsement": "It stands where an endorsement belongs, and is none.",
    "endorsed.shown-alone": "It endorses {id}; shown alone, it was not compared with that.",
    "endorsed.something-else": "It endorses {id}, and stands in something else: {other}.",
    "endorsed.by-id-alone": "It names {id} by its id alone; which text of it the endorser saw cannot be told.",
    "endorsed.unknown-digest": "It fixes the text of what it endorses in a way that this version does not know: {why}",
    "endorsed.another-text": "It endorses another text of {id} than the one that it stands in.",
    "endorsed.nothing": "nothing that has an id",
    "endorsed.this": "Exactly the text that it stands in is what it endorses.",
    # Who did not answer, as clauses
    "facts.unsigned": "the document is not what its issuer signed, so nothing that it names was asked",
    "rpc.slow": "{endpoint} did not answer within {seconds} seconds",
    "rpc.unreachable": "{endpoint} could not be reached, or does not let web pages read its answers",
    "rpc.status": "{endpoint} answered with HTTP status {status}",
    "rpc.no-json": "{endpoint} answered with something that is not JSON",
    "rpc.no-batches": "{endpoint} does not answer batches of calls",
    "rpc.unanswered": "{endpoint} left {method} unanswered",
    "rpc.refused": "{endpoint} refused {method}",
    "rpc.other-chain": "{endpoint} answers for chain {actual}, not for {expected}",
    "rpc.no-final-block": "{endpoint} knows no finalized block yet",
    "rpc.no-contract": "{endpoint} gave no answer of the registry contract for {name} ({contract})",
    "rpc.no-such-value": "{endpoint} answered with the value {number}, which does not exist",
    "rpc.no-number": "{endpoint} answered with something else where a number belongs",
    "site.too-many": "the document asks for more web sites than one verification allows",
    "site.no-json": "this server answered with something that is not JSON",
    "site.no-server": "this server did not answer",
    "list.no-revocations": "its credentialStatus is no list of revocations that is read here",
    "list.no-place": "its credentialStatus names no list and index that can be read",
    "list.no-list": "what it names is no list of revocations",
    "list.other-purpose": "the list has another purpose than revocation",
    "list.wide-entries": "the list has entries of more than one bit",
    "list.not-encoded": "the list's bits cannot be decoded",
    "list.no-such-index": "the list has {size} entries and none at index {index}",
}
"""Templates by check, or by what they speak of, and by what was found."""
_ANY = 2  # a count, of which only the templates are used
COUNTED = {
    "inclusion.included": counted(
        "Exactly this content is in the issuer's sealed batch of {number} credentials.",
        _ANY,
        one="Exactly this content is in the issuer's sealed batch of {number} credential.",
    ),
    "endorsements.standing": counted(
        "{standing} of {number} endorsements stand; one that does not is shown as such.", _ANY
    ),
    "components.unsound": counted("Of its {number} components, {title} does not hold up: {summary}", _ANY),
    "components.twice": counted(
        "{title} stands in it more than once, and none of its {number} components may count twice.", _ANY
    ),
    "components.verified": counted("All {number} components verify.", _ANY),
    "components.verified-untied": counted(
        "All {number} components verify. That {untied} of them are this person's is the issuer's own word.", _ANY
    ),
}
"""The same of what is counted."""
STANDING = {
    "stands": "It stands.",
    "withdrawn": "Withdrawn: {finding}",
    "other": "It does not stand. {summary}",
}
"""How an endorsement stands."""
VERIFIED = "Verified on {network}."
LEADS = {"not-verified": "Not verified: {finding}", "undecided": "Cannot tell: {finding}"}
"""The verdict where the cause has no sentence of its own in registry/checks/verdict.py."""
MOMENT = "{day}, {time} UTC"
"""A time to the minute."""

make_translatable(globals())
