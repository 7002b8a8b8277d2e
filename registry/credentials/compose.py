"""One roster row, an achievement and an issuer make one Open Badges 3.0 credential, not yet signed.

Source: design.md, Formats: "Credential"; Open Badges 3.0, AchievementCredential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from registry.credentials.arrays import with_arrays
from registry.credentials.contexts import CONTEXTS
from registry.credentials.descriptors import offered_from
from registry.credentials.recipient_id import STUDENT_NUMBER_TYPE, hashed_identity, plain_identity
from registry.credentials.results import result_of
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from datetime import date

    from registry.credentials.recipient_id import Recipient
    from registry.credentials.roster import RosterRow

SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
"""The published JSON schema that every credential names and keeps."""

PERSONAL = frozenset(
    {
        "id",
        "validFrom",
        "awardedDate",
        "validUntil",
        "identityHash",
        "salt",
        "narrative",
        "creditsEarned",
        "value",
        "statusListIndex",
        "statusListCredential",
    }
)
"""Members whose values are a recipient's own, wherever they stand outside of achievement and issuer."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a credential says openly about its recipient.

    A holder presents a credential so that somebody sees whose it is: the name is readable unless the issuer leaves
    it out. An e-mail address or student number identifies without being needed for that; it is hashed with the
    recipient's own salt, so that it can be confirmed by whoever knows it, but neither read nor written to. The salt
    stands in the credential, so a hash hides nothing from somebody who tries every student number there is.
    """

    identifiers: Literal["hashed", "plain"] = "hashed"
    """How e-mail address and student number appear."""
    name: Literal["plain", "omitted"] = "plain"
    """Whether the recipient's name appears."""


HASHED = Disclosure()
"""The usual disclosure: readable name, hashed identifiers."""


def compose(
    achievement: dict[str, Any],
    issuer: dict[str, Any],
    row: RosterRow,
    *,
    credential_id: str,
    status_entry: dict[str, Any],
    salt: str,
    disclosure: Disclosure = HASHED,
) -> dict[str, Any]:
    """Return the unsigned credential; the same arguments always give the same members in the same order.

    `achievement` is an Achievement and `issuer` a Profile, both as Open Badges writes them; `credential_id` is
    `urn:uuid:` and a random UUID; `status_entry` comes from `status_list.status_entry`; `salt` is random text of this
    recipient's own.

    Raises:
        RosterError: the row has a grade that the achievement does not describe, or a date before it was offered.

    """
    require_offered(offered_from(achievement), row)
    return composed(
        with_arrays(achievement),
        with_arrays(issuer),
        row,
        credential_id=credential_id,
        status_entry=status_entry,
        salt=salt,
        disclosure=disclosure,
    )


def composed(
    achievement: dict[str, Any],
    issuer: dict[str, Any],
    row: RosterRow,
    *,
    credential_id: str,
    status_entry: dict[str, Any],
    salt: str,
    disclosure: Disclosure = HASHED,
) -> dict[str, Any]:
    """Return what `compose` does, of an achievement and an issuer `with_arrays`, which become part of it as they are.

    Credentials of a cohort thus share the very objects of which they are told to be fixed (`holes.Places`). Whether it
    was offered by then is the caller's to ask (`require_offered`), since what it is asked of is the same for all.

    Raises:
        RosterError: the row has a grade that the achievement does not describe.

    """
    credential = {
        "@context": list(CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "issuer": issuer,
        "validFrom": time_text(row.awarded_at),
        "awardedDate": time_text(row.awarded_at),
        "validUntil": row.expires_at and time_text(row.expires_at),
        "credentialSubject": _subject(achievement, row, salt, disclosure),
        "evidence": _evidence(row),
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": dict(status_entry),
    }
    return _present(credential)


def check_grade(achievement: dict[str, Any], row: RosterRow) -> None:
    """Raise the RosterError that composing this row would raise, so that a roster can be checked beforehand."""
    if row.grade is not None:
        result_of(with_arrays({"resultDescription": achievement.get("resultDescription", [])}), row)


def require_offered(first: date | None, row: RosterRow) -> None:
    """Raise RosterError if a row was awarded before `first`, the day from which its achievement is offered, if any."""
    if first is not None and row.awarded_on < first:
        message = f"it was awarded on {row.awarded_on}, but the achievement is offered from {first}; correct the date"
        raise row.error("awarded_on", message)


def _subject(achievement: dict[str, Any], row: RosterRow, salt: str, disclosure: Disclosure) -> dict[str, Any]:
    result = result_of(achievement, row)
    subject = {
        "id": row.recipient.did,
        "type": ["AchievementSubject"],
        "identifier": _identifiers(row.recipient, salt, disclosure),
        "achievement": achievement,
        "creditsEarned": _credits(row),
        "narrative": row.narrative,
        "result": result and [result],
    }
    return _present(subject)


def _identifiers(recipient: Recipient, salt: str, disclosure: Disclosure) -> list[dict[str, Any]]:
    known = (("emailAddress", recipient.email), (STUDENT_NUMBER_TYPE, recipient.student_id))
    if disclosure.identifiers == "hashed":
        entries = [hashed_identity(kind, value, salt) for kind, value in known if value]
    else:
        entries = [plain_identity(kind, value) for kind, value in known if value]
    if recipient.name and disclosure.name == "plain":
        entries.append(plain_identity("name", recipient.name))
    return entries


def _credits(row: RosterRow) -> int | float | None:
    number = row.credits_earned
    if number is None:
        return None
    # A whole number is written as an integer, so that every JSON serialiser gives the canonical form.
    return int(number) if number == int(number) else float(number)


def _evidence(row: RosterRow) -> list[dict[str, Any]]:
    if not (row.evidence_url or row.evidence_narrative):
        return []
    return [_present({"id": row.evidence_url, "type": ["Evidence"], "narrative": row.evidence_narrative})]


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None and value != []}
