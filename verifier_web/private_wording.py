"""Every sentence of the private check: the page's own words, and the templates that its script fills.

The checks' sentences are those of registry/checks, which a test holds them to. `{name}` is filled by the script.
"""

from __future__ import annotations

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
    # Reading
    "json.too-long": "the JSON text has {size} bytes; at most {most} are read",
    "json.not-utf-8": "the text is not UTF-8",
    "json.syntax": "not JSON: {problem}",
    "json.too-deep": "the JSON is nested deeper than {most} levels",
    "json.twice": "the member '{name}' stands twice in one object",
    "json.number": "the number {literal} has no canonical form",
    "json.not-canonical": "the JSON has no canonical form (RFC 8785): {problem}",
    "hex.malformed": "something other than hex digits stands where they belong",
    "address.malformed": "an address is written as 0x and 40 hex digits",
    "address.checksum": "the letters of {text} do not match its checksum (EIP-55); a digit may be mistyped",
    "time.malformed": "{member} is '{value}', not a date with time and zone such as 2026-11-21T12:00:00Z.",
    "key.length": "An Ed25519 public key has 32 bytes, not {actual}.",
    "multibase.prefix": "'{text}' is not base58btc multibase text, which begins with z.",
    "multibase.malformed": "'{text}' is not base58btc multibase text.",
    "input.empty": "There is nothing in it: paste the credential, or choose its file.",
    "input.no-json": "The private check reads a bundle or a credential as JSON, or a VC-JWT, and this is none of them.",
    "input.no-credential": "This JSON is not a verifiable credential: its type does not say VerifiableCredential.",
    "bundle.no-object": "a credential or a bundle is a JSON object",
    "bundle.unknown-member": "a bundle has the members credential, receipts and endorsements, not '{name}'",
    "bundle.no-credential": "the bundle's credential is neither a JSON object nor a compact JWS",
    "bundle.no-jws": "the text is neither JSON nor a compact JWS",
    "jws.parts": "A compact JWS has 3 parts, this text has {count}, or it is too long.",
    "jws.long-header": "The compact JWS has a header of more than {most} characters.",
    "jws.no-base64url": "The compact JWS holds '{text}', which is not base64url.",
    "jws.base64url": "The compact JWS holds '{text}', which is not base64url as it is written.",
    "jws.no-object": "The {name} of the compact JWS holds no JSON object, so it is no credential.",
    "bundle.no-list": "the bundle's {member} are not a list of at most {most}",
    "receipt.unknown-member": "not an anchor receipt: it has a member '{name}', which is not known",
    "receipt.malformed": "not an anchor receipt: {member} is missing or not what it should be",
    "proof.no-such-leaf": "there is no leaf {index} in a tree of {size} leaves",
    "proof.length": "inclusion proof has {actual} siblings, expected {expected}",
    "proof.other-root": "the inclusion proof leads to another root",
    # 1 format
    "format.well-formed": "The document is a well-formed Open Badges 3.0 credential.",
    "format.inline-context": "{where} defines terms of its own; only published contexts are read.",
    "format.unknown-context": "{where} names '{url}', which we do not serve, so we cannot tell what was signed.",
    "format.wrong-contexts": ("{where} must list {first}, then the Open Badges context, each once and in this order."),
    "format.too-many-values": "The document holds more than {most} values.",
    "format.too-many-types": "The object {path} has {count} types; at most {most} are read.",
    "format.too-many-types-in-all": "The document's objects have more than {most} types in all.",
    "format.type-twice": "The object {path} names a type twice.",
    "format.too-many-contexts": "The @context of {path} has {count} entries.",
    "format.context-no-url": "The @context of {path} holds something other than a URL.",
    "format.context-not-served": "The @context of {path} names '{url}', which we do not serve.",
    "format.null-member": "The member {path} is null, which no signature covers; leave it out.",
    "format.nested-array": "The array {path} stands directly in an array; flatten it.",
    "format.reserved-member": "The member {place} is a JSON-LD keyword; write it plainly.",
    "format.written-as-iri": "The member {place} is written as an IRI, not by a defined name.",
    "format.named-like-a-type": "The member {place} is named like a type; it is no property.",
    "format.blank-node": "The id at {path} is a blank node label, which is not signed.",
    "format.described-twice": "The object {path} describes {id} a second time ({name}).",
    "format.not-open-badges": (
        "It is neither an Open Badge nor an endorsement nor a learner record: its type names none of them."
    ),
    "format.several-statuses": (
        "It carries {count} status entries; an Open Badge has one, so it is not clear which of them counts."
    ),
    "format.wrong-shape": "It is not as Open Badges 3.0 asks at {places}.",
    "format.undefined-member": (
        "The member {place} is defined by none of the credential's contexts, so no signature covers it."
    ),
    "format.undefined-reference-at": (
        "'{written}' at {place} is neither a defined type nor an absolute IRI, so no signature covers it."
    ),
    "format.undefined-reference": (
        "'{written}' is neither a defined type nor an absolute IRI, so no signature covers it."
    ),
    "format.not-json-ld": "The document is not JSON-LD that we can read: {problem}.",
    "format.no-order": "The document's graph cannot be put in order: {problem}.",
    "format.too-many-parts": (
        "The embedded credential at {place} was not judged: at most {parts} in all, {deep} deep, are judged in one "
        "verification."
    ),
    "format.never-valid": "validUntil lies before validFrom, so it is never valid.",
    # 2 signature
    "signature.no-proof": "The document carries no signature.",
    "signature.unknown-proof-type": "It is signed in a way that this version does not know ({name}).",
    "signature.not-the-issuers-proof": "It is signed by {other}, not by the issuer it names ({did}).",
    "signature.unreadable": "The document's proof is not one that can be read.",
    "signature.large-proof": "The issuer's proof holds more than {most} values.",
    "signature.other-purpose": "The issuer's proof is not made for the purpose {purpose}.",
    "signature.chained-proof": "The issuer's proof continues a chain of proofs, which this version does not follow.",
    "signature.malformed-proof": "The issuer's proof cannot be read: {problem}",
    "signature.not-the-did-key": "It is signed by another key than the one that is the issuer's name (did:key).",
    "signature.key-by-name": "The proof names its key only as '{name}', not by its value.",
    "signature.unknown-key-type": "The proof names a key of a type that this version does not know.",
    "signature.length": "The signature has {actual} bytes instead of {expected}.",
    "signature.missing-text": "proof.{member} is missing or not text.",
    "signature.not-canonical": (
        "The signature cannot be checked, because the document cannot be put in canonical form: {problem}"
    ),
    "signature.controls": (
        "It holds control characters, which are signed in two ways; this page knows one, and it does not fit."
    ),
    "signature.signed": "The signature is that of the key it names, over exactly this content.",
    "signature.unreadable-text": "The text carries no signature that can be read.",
    "signature.altered": "The content is not what was signed: it was altered afterwards.",
    "jwt.older": "It is a VC-JWT of the older data model (claim vc), which this version does not read.",
    "jwt.claim-missing": "The VC-JWT lacks the claim {name}, which must repeat {member}.",
    "jwt.claim-differs": "The claim {name} of the VC-JWT says something other than {member}.",
    "jwt.unreadable-key": "The key of the VC-JWT cannot be read: {problem}",
    "jwt.unsafe-algorithm": "Its algorithm ({name}) lets everybody sign who can read it, so it proves nothing.",
    "jwt.other-header": "The header of the VC-JWT holds '{name}'; only {known} may.",
    "jwt.other-type": "The VC-JWT says that it is something else ({name}).",
    "jwt.no-key": "The header of the VC-JWT names no key (kid or jwk).",
    "jwt.key-by-name": "The VC-JWT names its key only as '{name}', not by its value.",
    "jwt.two-keys": "kid and jwk are not the same key.",
    "jwt.jwk-no-object": "The jwk is no object.",
    "jwt.private-key": "The jwk holds a private key, so that everybody can sign with it.",
    "jwt.other-key": "The jwk is not an Ed25519 key.",
    # 3 inclusion
    "inclusion.no-receipt": "No receipt came with it: signed, but not anchored as far as we can see.",
    "inclusion.leaf-mismatch": "The receipt belongs to other content: what is shown is not what was anchored.",
    "inclusion.not-proven": "The receipt does not prove that the credential is in its batch: {problem}.",
    "inclusion.included": "Exactly this content is in the issuer's sealed batch of {size} credentials.",
    "inclusion.included-alone": "Exactly this content is in the issuer's sealed batch of {size} credential.",
    # Without a chain
    "chain.unreachable": "The chain could not be asked, so this is not known: {why}.",
    "chain.no-receipt": "Without a receipt there is nothing to ask the chain about.",
    "chain.waiting-for-anchor": ("Its batch is sealed, but its receipt names no chain yet: it waits to be anchored."),
    "chain.too-many": "the document asks more of the chain than one verification allows",
    "chain.wrong-network": "The receipt names {chains}, which this verifier does not accept.",
    # 4 anchor, 5 finality
    "anchor.anchored": "The batch was anchored on {network} on {at}.",
    "anchor.waiting-for-anchor": ("Its receipt says that anchoring is under way, but the chain does not show it yet."),
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
    "issuer-key.key-retired": ("The issuer retired the signing key from {day}, before the credential was anchored."),
    "issuer-key.key-active": "The key that signed it was the issuer's when the credential was anchored.",
    "issuer-identity.not-the-issuer": "On the chain, the batch belongs to somebody other than {did}.",
    "issuer-identity.accredited": "{accreditor} vouches on the chain that this issuer is {name}.",
    "issuer-identity.no-did-document": (
        "No accreditor you trust vouches for it, and its DID document could not be read: {why}."
    ),
    "issuer-identity.nobody-confirms": "The key is right, but nobody you trust confirms who is behind {did}.",
    "issuer-identity.domain-confirmed": ("The issuer's own web site confirms this account on the chain ({did})."),
    "issuer-identity.names-no-account": "The DID document of {did} names no account on {network}.",
    "issuer-identity.names-another": (
        "The DID document of {did} names another account than the one that anchored this."
    ),
    # 8 validity-period, 9 status
    "validity-period.not-yet-valid": "It becomes valid only on {day}.",
    "validity-period.expired": "It expired on {day}.",
    "validity-period.in-period": "It is valid until {day}.",
    "validity-period.no-end": "It has no end date.",
    "status.batch-revoked": "The issuer revoked the whole batch on {day}.",
    "status.revoked": "The issuer revoked it on {day}{reason}.",
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
    "endorsements.standing": "{standing} of {count} endorsements stand; one that does not is shown as such.",
    "components.none": "It is not made of other credentials.",
    "components.unsound": "Of its {count} components, {title} does not hold up: {summary}",
    "components.twice": "{title} stands in it more than once, and none of its {count} components may count twice.",
    "components.of-another": (
        "{title} names somebody else as its recipient, and nothing shows that they are the same person."
    ),
    "components.verified": "All {count} components verify.",
    "components.verified-untied": (
        "All {count} components verify. That {loose} of them are this person's is the issuer's own word."
    ),
    # 10a endorsed
    "endorsed.no-endorsement": "It stands where an endorsement belongs, and is none.",
    "endorsed.shown-alone": "It endorses {name}; shown alone, it was not compared with that.",
    "endorsed.something-else": "It endorses {name}, and stands in something else: {other}.",
    "endorsed.by-id-alone": "It names {name} by its id alone; which text of it the endorser saw cannot be told.",
    "endorsed.unknown-digest": (
        "It fixes the text of what it endorses in a way that this version does not know: {problem}"
    ),
    "endorsed.no-multihash": "'{text}' is no SHA-256 multihash.",
    "endorsed.another-text": "It endorses another text of {name} than the one that it stands in.",
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
    "site.refused": "{problem}",
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
STANDING = {
    "stands": "It stands.",
    "withdrawn": "Withdrawn: {detail}",
    "other": "It does not stand. {summary}",
}
"""How an endorsement stands."""
VERIFIED = "Verified on {network}."
LEADS = {"not-verified": "Not verified: {detail}", "undecided": "Cannot tell: {detail}"}
"""The verdict where the cause has no sentence of its own in registry/checks/verdict.py."""
