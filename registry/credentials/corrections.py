"""Changing members of a credential that is issued anew: by the words that a registrar uses for them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError, InputError, RosterError
from registry.credentials.arrays import with_arrays
from registry.credentials.cells import credits_of, date_of, end_of, grade_of, start_of
from registry.credentials.descriptors import offered_from
from registry.credentials.members import as_object
from registry.credentials.recipient_id import STUDENT_NUMBER_TYPE, email_of, hashed_identity, plain_identity
from registry.credentials.results import result_of
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from collections.abc import Mapping

ACHIEVEMENT = "achievement"
MEMBERS = (ACHIEVEMENT, "awarded", "credits", "email", "expires", "grade", "name", "narrative", "student-id")
"""What may be changed; `achievement` is the short id of another one, or of the same in its present text."""
REMOVABLE = frozenset({"credits", "expires", "grade", "narrative"})
"""What may be taken out by an empty value."""
_IDENTITIES = {"email": "emailAddress", "name": "name", "student-id": STUDENT_NUMBER_TYPE}


@dataclass(frozen=True, slots=True)
class _Grade:
    """A grade that no roster holds."""

    grade: str

    def error(self, where: str, message: str) -> RosterError:
        """Return the error that a roster's row would give."""
        return RosterError(message, file="the new members", column=where)


def require_known(changes: Mapping[str, str]) -> None:
    """Raise InputError unless there are changes, all of members that may be changed."""
    unknown = [name for name in changes if name not in MEMBERS]
    if unknown or not changes:
        what = f"{unknown[0][:60]!r} is no member that can be changed" if unknown else "There is nothing to change"
        raise InputError(f"{what}; say --set MEMBER=VALUE, where MEMBER is one of {', '.join(MEMBERS)}.")
    empty = [name for name, value in changes.items() if not value and name not in REMOVABLE]
    if empty:
        raise InputError(f"{empty[0]} cannot be empty; give its new value.")


def corrected(
    document: Mapping[str, Any], changes: Mapping[str, str], achievement: Mapping[str, Any] | None, salt: str
) -> dict[str, Any]:
    """Return a credential with members changed, without its proof; everything else stays as it was.

    `achievement` is the new Achievement where `changes` names one; `salt` is random text for a changed e-mail address
    or student number, which stay hashed if they were.

    Raises:
        InputError: a member's new value cannot be read, the achievement knows no such grade, or was not offered then.

    """
    changed = copy.deepcopy({name: value for name, value in document.items() if name != "proof"})
    subject = changed.get("credentialSubject")
    if not isinstance(subject, dict):
        raise CredentialFormatError("The credential has several subjects, which is none that was issued here.")
    if achievement is not None:
        subject["achievement"] = with_arrays(dict(achievement))
        changed["name"] = achievement["name"]
    for name, value in changes.items():
        if name in _IDENTITIES:
            subject["identifier"] = _identified(subject.get("identifier") or [], name, value, salt)
    _put_dates(changed, changes)
    if "awarded" in changes or achievement is not None:
        _require_offered(changed)
    _put_outcome(subject, changes)
    return changed


def _identified(entries: list[dict[str, Any]], name: str, value: str, salt: str) -> list[dict[str, Any]]:
    kind = _IDENTITIES[name]
    before = next((one for one in entries if one.get("identityType") == kind), None)
    text = email_of(value) if name == "email" else value
    hashed = name != "name" if before is None else bool(before.get("hashed"))
    entry = hashed_identity(kind, text, salt) if hashed else plain_identity(kind, text)
    if before is None:
        return [*entries, entry]
    return [entry if one is before else one for one in entries]


def _put_dates(changed: dict[str, Any], changes: Mapping[str, str]) -> None:
    if "awarded" in changes:
        changed["validFrom"] = changed["awardedDate"] = time_text(start_of(date_of(changes["awarded"])))
    if changes.get("expires"):
        changed["validUntil"] = time_text(end_of(date_of(changes["expires"])))
    elif "expires" in changes:
        changed.pop("validUntil", None)


def _require_offered(changed: dict[str, Any]) -> None:
    first = offered_from(as_object(changed["credentialSubject"].get("achievement")))
    awarded = str(changed.get("awardedDate") or changed["validFrom"])[:10]
    if first is not None and awarded < first.isoformat():
        raise InputError(f"It would be awarded on {awarded}, but the achievement is offered from {first}.")


def _put_outcome(subject: dict[str, Any], changes: Mapping[str, str]) -> None:
    values: dict[str, Any] = {}
    if "narrative" in changes:
        values["narrative"] = changes["narrative"]
    if "credits" in changes:
        values["creditsEarned"] = changes["credits"] and _number(changes["credits"])
    if "grade" in changes:
        grade = changes["grade"]
        values["result"] = grade and [result_of(subject["achievement"], _Grade(grade_of(grade)))]
    for name, value in values.items():
        if value == "":
            subject.pop(name, None)
        else:
            subject[name] = value


def _number(text: str) -> int | float:
    number = credits_of(text)
    return int(number) if number == int(number) else float(number)
