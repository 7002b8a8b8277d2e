"""An endorsement: somebody's signed word about an achievement, a profile or a credential, bound to its very text.

The subject carries the `id` of what is endorsed and its `digestMultibase`: of a credential, the digest of its entry;
of an achievement or a profile, that of its canonical JSON without the endorsements that stand in it.

Source: Open Badges 3.0, EndorsementCredential; VC Data Model 2.0, 5.3 (integrity of related resources);
docs/adr/0007.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import canonical_bytes
from registry.core.digest import DIGEST_BYTES, Digest
from registry.core.errors import CanonicalFormError, CredentialFormatError
from registry.credentials.arrays import with_arrays
from registry.credentials.contexts import CONTEXTS
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.keys import multibase_bytes
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from datetime import datetime

SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"
"""The published JSON schema that every endorsement names and keeps."""
TYPE = "EndorsementCredential"
MEMBERS = ("endorsement", "endorsementJwt")
"""Members that hold endorsements; what is endorsed is the rest."""
_SHA2_256 = b"\x12\x20"  # multihash: the algorithm, and the digest's length


@dataclass(frozen=True, slots=True)
class Endorsed:
    """Something that can be endorsed."""

    id: str
    """Its `id`; empty if it has none."""
    digest: Digest | None
    """SHA-256 of its text; None if that has no canonical form."""


def endorsed_object(thing: dict[str, Any]) -> Endorsed:
    """Return an achievement or a profile as something endorsed: the endorsements in it are none of its text."""
    try:
        text = canonical_bytes(without_endorsements(thing))
    except CanonicalFormError:
        return Endorsed(_text(thing.get("id")), None)
    return Endorsed(_text(thing.get("id")), _sha256(text))


def endorsed_credential(credential_id: str, entry: bytes | None) -> Endorsed:
    """Return a signed credential as something endorsed: its entry, which the leaf covers, too."""
    return Endorsed(credential_id, None if entry is None else _sha256(entry))


def without_endorsements(thing: dict[str, Any]) -> dict[str, Any]:
    """Return an achievement or a profile without the endorsements that stand in it."""
    return {name: value for name, value in thing.items() if name not in MEMBERS}


def compose_endorsement(
    endorsed: Endorsed,
    issuer: dict[str, Any],
    *,
    name: str,
    comment: str,
    credential_id: str,
    status_entry: dict[str, Any],
    valid_from: datetime,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """Return the unsigned endorsement; `issuer` is the endorser's Profile, `name` that of what is endorsed.

    Raises:
        CredentialFormatError: what is endorsed has no id, or no canonical form.

    """
    if not endorsed.id or endorsed.digest is None:
        raise CredentialFormatError("What has no id, or no canonical form, cannot be endorsed.")
    unsigned = {
        "@context": list(CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", TYPE],
        "name": f"Endorsement of {name}",
        "issuer": with_arrays(issuer),
        "validFrom": time_text(valid_from),
        "validUntil": valid_until and time_text(valid_until),
        "credentialSubject": {
            "id": endorsed.id,
            "type": ["EndorsementSubject"],
            "digestMultibase": digest_text(endorsed.digest),
            "endorsementComment": comment,
        },
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": dict(status_entry),
    }
    return {member: value for member, value in unsigned.items() if value is not None}


def endorsement_key(document: dict[str, Any]) -> Digest:
    """Return the identity of an endorsement: who says what of which text, until when."""
    return _sha256(
        canonical_bytes(["endorsement", issuer_did(document), _subject(document), document.get("validUntil")])
    )


def is_endorsement(document: dict[str, Any]) -> bool:
    """Return whether a document says that it is an endorsement."""
    types = document.get("type")
    return TYPE in (types if isinstance(types, list) else [types])


def subject_named(document: dict[str, Any]) -> tuple[str, str]:
    """Return the id that an endorsement's subject names, and the digest as it is written; empty where there is none."""
    subject = _subject(document)
    return _text(subject.get("id")), _text(subject.get("digestMultibase"))


def comment_of(document: dict[str, Any]) -> str:
    """Return the endorser's own words; empty if there are none."""
    return _text(_subject(document).get("endorsementComment"))


def digest_text(digest: Digest) -> str:
    """Return a SHA-256 digest as a multihash in multibase, base64url (`uEi…`)."""
    return "u" + base64.urlsafe_b64encode(_SHA2_256 + digest).decode("ascii").rstrip("=")


def read_digest(text: str) -> Digest:
    """Read a SHA-256 multihash in base64url (`u…`) or base58 (`z…`); CredentialFormatError for any other digest."""
    data = _base64url(text) if text.startswith("u") else multibase_bytes(text)
    if not data.startswith(_SHA2_256) or len(data) != len(_SHA2_256) + DIGEST_BYTES:
        raise CredentialFormatError(f"{text[:80]!r} is no SHA-256 multihash.")
    return Digest(data.removeprefix(_SHA2_256))


def _base64url(text: str) -> bytes:
    try:
        return base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CredentialFormatError(f"{text[:80]!r} is not base64url in multibase.") from error


def _subject(document: dict[str, Any]) -> dict[str, Any]:
    subject = document.get("credentialSubject")
    return subject if isinstance(subject, dict) else {}


def _sha256(text: bytes) -> Digest:
    return Digest(hashlib.sha256(text).digest())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
