"""A home's pathways, and what recipients hold of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import parse_json
from registry.core.errors import CredentialFormatError, InputError
from registry.credentials.pathway import credits_of, unit_of
from registry.credentials.pathway_file import Offered, parse_pathway
from registry.credentials.pathway_progress import Held, Standing
from registry.credentials.times import parse_time
from registry.services.catalogue import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt
    from registry.credentials.pathway import Pathway
    from registry.ports import CredentialStore
    from registry.records import StoredCredential

_STANDINGS = {"revoked": Standing.REVOKED, "suspended": Standing.SUSPENDED}
_JWT_BEGINS = b"e"


@dataclass(frozen=True, slots=True)
class Holding:
    """A credential that can stand in a record, with what it counts for."""

    held: Held
    """What it counts for."""
    document: dict[str, Any]
    """The credential with its proofs."""
    leaf_hash: Digest
    """Its leaf hash."""
    receipts: tuple[AnchorReceipt, ...] = ()
    """Its receipts, if another home issued it."""


def offered_here(store: CredentialStore) -> list[Offered]:
    """Return the achievements of this home as pathways name them."""
    dids = {row.id: row.did for row in store.issuers()}
    return [
        Offered(
            id=str(row.document["id"]),
            short_id=row.short_id,
            issuer=dids[row.issuer_id],
            name=str(row.document["name"]),
            credits=credits_of(row.document),
            unit=unit_of(row.document),
        )
        for row in store.achievements()
    ]


def pathways_of(store: CredentialStore) -> list[Pathway]:
    """Return all pathways; PathwayError if one no longer fits the home's achievements."""
    offered = offered_here(store)
    return [parse_pathway(row.document, offered) for row in store.pathways()]


def pathway_named(store: CredentialStore, short_id: str) -> Pathway:
    """Return the pathway of a short id.

    Raises:
        InputError: there is none; the message lists what there is.
        PathwayError: it no longer fits the home's achievements.

    """
    rows = {row.short_id: row for row in store.pathways()}
    if short_id not in rows:
        known = ", ".join(rows) or "none yet; add one with `credanchor pathway add FILE`"
        raise InputError(f"There is no pathway {short_id[:80]!r} in this home; it has {known}.")
    return parse_pathway(rows[short_id].document, offered_here(store))


def offer_of(store: CredentialStore, pathway: Pathway) -> Offer:
    """Return the larger achievement of a pathway with its issuer; InputError if it is gone."""
    issuers = {row.id: row for row in store.issuers()}
    for row in store.achievements():
        if row.document["id"] == pathway.achievement:
            return Offer(issuers[row.issuer_id], row)
    raise InputError(f"The achievement {pathway.achievement} of {pathway.id} is not in this home any more.")


def holdings_by_recipient(store: CredentialStore, pathway: Pathway, now: datetime) -> dict[str, list[Holding]]:
    """Return what recipients of this home hold of a pathway's components, by recipient, in order of issue."""
    wanted = {one.achievement for one in pathway.components}
    numbers = [row.id for row in store.achievements() if row.document["id"] in wanted]
    stored = [one for one in store.credentials_for(numbers) if one.recipient]
    found: dict[str, list[Holding]] = {}
    for credential, holding in holdings_of(store, stored, now):
        found.setdefault(credential.recipient, []).append(holding)
    return found


def holdings_of(
    store: CredentialStore, stored: Iterable[StoredCredential], now: datetime
) -> Iterable[tuple[StoredCredential, Holding]]:
    """Yield stored credentials that can stand in a record; a VC-JWT has no place in one and is passed over."""
    credentials = list(stored)
    statuses = store.statuses([one.leaf_hash for one in credentials])
    for one in credentials:
        if one.entry is not None and not one.entry.startswith(_JWT_BEGINS):
            document: dict[str, Any] = parse_json(one.entry)
            standing = _STANDINGS.get(statuses.get(one.leaf_hash, ""), Standing.GOOD)
            yield one, Holding(held_of(document, standing, now), document, one.leaf_hash)


def held_of(document: dict[str, Any], standing: Standing, now: datetime) -> Held:
    """Return what a well-formed credential counts for; one that has ended, or not begun, counts as expired."""
    subject = document["credentialSubject"]
    achievement = subject.get("achievement")
    main = achievement if isinstance(achievement, dict) else _larger(subject)
    issuer = document["issuer"]
    ended = "validUntil" in document and parse_time(document["validUntil"], "validUntil") < now
    begun = parse_time(document["validFrom"], "validFrom") <= now
    return Held(
        id=str(document["id"]),
        achievement=str(main.get("id")),
        issuer=issuer if isinstance(issuer, str) else str(issuer["id"]),
        awarded_at=parse_time(document.get("awardedDate", document["validFrom"]), "awardedDate"),
        credits=credits_of(main, subject.get("creditsEarned")),
        unit=unit_of(main),
        standing=Standing.EXPIRED if standing is Standing.GOOD and (ended or not begun) else standing,
    )


def _larger(subject: dict[str, Any]) -> dict[str, Any]:
    """Return what a stack was awarded for: the achievement in it that the others are part of."""
    targets = {one["targetId"] for one in subject.get("association", []) if one.get("associationType") == "isPartOf"}
    listed = subject.get("achievement", [])
    found = [one for one in (listed if isinstance(listed, list) else [listed]) if one.get("id") in targets]
    if len(found) > 1:
        raise CredentialFormatError("A stack that was awarded for several achievements is no component.")
    return found[0] if found else {}
