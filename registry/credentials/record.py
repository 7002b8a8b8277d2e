"""A learner record: credentials of one person, as they were signed, with what they make up; not yet signed itself.

The larger credential of a pathway and the transcript are both of this form.

Source: CLR 2.0, ClrCredential, ClrSubject and Association.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import canonical_bytes
from registry.core.digest import Digest
from registry.credentials.arrays import with_arrays
from registry.credentials.contexts import CLR_CONTEXTS
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from registry.credentials.pathway import Pathway
    from registry.credentials.pathway_progress import Progress

SCHEMA_URL = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
"""The published JSON schema that every record names and keeps."""
TYPE = "ClrCredential"


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says."""

    name: str
    """What it is called."""
    recipient: str
    """Whose it is, as the roster calls them; only a DID is written into it."""
    components: tuple[dict[str, Any], ...]
    """The credentials it is made of, with their proofs."""
    achievements: tuple[dict[str, Any], ...]
    """What it says beside these: the larger achievement, prior learning."""
    associations: tuple[tuple[str, str, str], ...]
    """Type, source and target of each; source and target are ids of achievements."""
    evidence: tuple[dict[str, Any], ...]
    """What recognised prior learning rests on."""
    partial: bool
    """Whether the recipient holds more than stands in it."""


def compose_record(
    record: Record, issuer: dict[str, Any], *, credential_id: str, status_entry: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Return the unsigned credential; `issuer` is a Profile, `status_entry` comes from `status_list.status_entry`."""
    achievements = [with_arrays(one) for one in record.achievements]
    credential = {
        "@context": list(CLR_CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", TYPE],
        "name": record.name,
        "partial": record.partial,
        "issuer": with_arrays(issuer),
        "validFrom": time_text(at),
        "awardedDate": time_text(at),
        "credentialSubject": {
            **({"id": record.recipient} if record.recipient.startswith("did:") else {}),
            "type": ["ClrSubject"],
            "identifier": identities_of(record.components),
            **({"achievement": achievements} if achievements else {}),
            "verifiableCredential": list(record.components),
            **({"association": [_association(*one) for one in record.associations]} if record.associations else {}),
        },
        **({"evidence": list(record.evidence)} if record.evidence else {}),
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": dict(status_entry),
    }
    if not credential["credentialSubject"]["identifier"]:
        del credential["credentialSubject"]["identifier"]
    return credential


def identities_of(components: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every identity that the components name their recipient by, names first, each once and as it is written.

    By repeating them, salt and all, the record ties each component to its own recipient without naming them anew.
    """
    found: dict[bytes, dict[str, Any]] = {}
    for component in components:
        listed = component["credentialSubject"].get("identifier", [])
        for one in listed if isinstance(listed, list) else [listed]:
            found.setdefault(canonical_bytes(one), one)
    return sorted(found.values(), key=lambda one: one.get("identityType") != "name")


def associations_of(pathway: Pathway, progress: Progress) -> list[tuple[str, str, str]]:
    """Return how what counts belongs together: part of the larger one, and what precedes what."""
    named = {
        step.component.achievement: step.held.id if step.held.recognised else step.component.achievement
        for step in progress.steps
        if step.held is not None and not step.waits_for
    }
    parts = [("isPartOf", name, pathway.achievement) for name in named.values()]
    order = [
        ("precedes", named[first], named[step.component.achievement])
        for step in progress.steps
        for first in step.component.after
        if first in named and step.component.achievement in named
    ]
    stands_for = [("isRelatedTo", name, component) for component, name in named.items() if name != component]
    return [*parts, *order, *stands_for]


def award_key(issuer: str, short_id: str, recipient: str) -> Digest:
    """Return the identity of a larger credential: who awards what to whom, once."""
    return _key("award", [issuer, short_id, recipient])


def transcript_key(
    issuer: str, recipient: str, leaves: Sequence[Digest], associations: Sequence[tuple[str, str, str]]
) -> Digest:
    """Return the identity of a transcript: who says what of whom."""
    return _key(
        "transcript", [issuer, recipient, sorted(leaf.hex() for leaf in leaves), [list(one) for one in associations]]
    )


def is_record(document: dict[str, Any]) -> bool:
    """Return whether a document says that it is a learner record."""
    types = document.get("type")
    return TYPE in (types if isinstance(types, list) else [types])


def _association(kind: str, source: str, target: str) -> dict[str, str]:
    return {"type": "Association", "associationType": kind, "sourceId": source, "targetId": target}


def _key(kind: str, parts: list[Any]) -> Digest:
    return Digest(hashlib.sha256(canonical_bytes([kind, *parts])).digest())
