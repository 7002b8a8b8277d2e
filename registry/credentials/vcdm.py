"""Is a document shaped as the Verifiable Credentials Data Model asks, whatever it is a credential of?

Source: W3C Verifiable Credentials Data Model v2.0, sections 4.3 to 4.12 and 5.3. Open Badges are held to more, in
`screen`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError
from registry.credentials.contexts import VC_CONTEXT
from registry.credentials.related import digest_problems
from registry.credentials.status_list import ENTRY_TYPE, entry_problems
from registry.credentials.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_TYPED = ("credentialStatus", "credentialSchema", "evidence", "proof", "refreshService", "termsOfUse")
"""Members whose objects each name a type (4.10 to 4.12, 5.4 to 5.6)."""
_WORDS = ("name", "description")
_LANGUAGE = frozenset({"@value", "@language", "@direction"})


def model_problems(document: dict[str, Any]) -> Iterator[str]:
    """Yield, as sentences, what is not as the data model asks; nothing if all is."""
    contexts = _listed(document.get("@context"))
    if contexts[:1] != [VC_CONTEXT]:
        yield f"The first @context must be {VC_CONTEXT}."
    types = _listed(document.get("type"))
    if "VerifiableCredential" not in types or not all(isinstance(one, str) for one in types):
        yield "The type must hold VerifiableCredential, and names alone."
    if "id" in document and not _is_url(document["id"]):
        yield "The id must be one URL."
    yield from _issuer(document.get("issuer"))
    yield from _subjects(_listed(document.get("credentialSubject")))
    yield from _period(document)
    yield from _words(document, "")
    for member in _TYPED:
        yield from _typed(member, document)
    yield from _resources(_listed(document.get("relatedResource")))


def _issuer(issuer: object) -> Iterator[str]:
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not _is_url(named):
        yield "The issuer must be a URL, or an object whose id is one."
    if isinstance(issuer, dict):
        yield from _words(issuer, "issuer.")


def _subjects(subjects: list[Any]) -> Iterator[str]:
    if not subjects or not all(isinstance(one, dict) and one for one in subjects):
        yield "The credentialSubject must be an object with something in it, or several."
    elif any("id" in one and not _is_url(one["id"]) for one in subjects):
        yield "The id of a credentialSubject must be one URL."


def _period(document: dict[str, Any]) -> Iterator[str]:
    times = {}
    for member in ("validFrom", "validUntil"):
        try:
            if member in document:
                times[member] = parse_time(document[member], member)
        except CredentialFormatError as error:
            yield str(error)
    if "validUntil" in times and times["validUntil"] < times.get("validFrom", times["validUntil"]):
        yield "validUntil lies before validFrom."


def _words(value: dict[str, Any], place: str) -> Iterator[str]:
    for member in _WORDS:
        if member in value and not all(_is_text(one) for one in _listed(value[member])):
            yield f"{place}{member} must be text, or objects of @value, @language and @direction."


def _typed(member: str, document: dict[str, Any]) -> Iterator[str]:
    for one in _listed(document.get(member)):
        if not isinstance(one, dict) or not _listed(one.get("type")):
            yield f"Each {member} must be an object with a type."
        elif member == "credentialSchema" and not _is_url(one.get("id")):
            yield "Each credentialSchema must have an id that is a URL."
        elif "id" in one and not _is_url(one["id"]):
            yield f"The id of a {member} must be one URL."
        elif member == "credentialStatus" and one.get("type") == ENTRY_TYPE:
            yield from entry_problems(one)


def _resources(resources: list[Any]) -> Iterator[str]:
    ids = [one.get("id") if isinstance(one, dict) else None for one in resources]
    if not all(map(_is_url, ids)) or len(set(map(str, ids))) != len(ids):
        yield "Each relatedResource must have an id of its own that is a URL."
    elif not all({"digestSRI", "digestMultibase"} & one.keys() for one in resources):
        yield "Each relatedResource must have a digest."
    else:
        yield from digest_problems(resources)


def _is_text(value: object) -> bool:
    if isinstance(value, dict):
        return isinstance(value.get("@value"), str) and value.keys() <= _LANGUAGE
    return isinstance(value, str)


def _is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, list) else [] if value is None else [value]
