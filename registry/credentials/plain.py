"""What a document's JSON must be like before a JSON-LD processor sees it.

JSON-LD lets one graph be written in many ways: keywords, IRIs as member names, nested arrays, contexts in the
middle. A signature covers the graph, people read the JSON; so only the plain way of writing is accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.core.canonical import MAX_DEPTH
from registry.core.errors import CredentialFormatError
from registry.core.sentence import Number, Sentence
from registry.credentials.contexts import SERVED
from registry.credentials.findings import FormatProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_VALUES = 20_000
"""Most JSON values in one document, a transcript with everything in it included."""
MAX_TYPES = 8
"""Most types of one object; three are usual."""
MAX_TYPE_ENTRIES = 4_000
"""Most types in one document; each costs the processor about 0.2 ms."""
MAX_CONTEXTS = 8
"""Most contexts of one object."""

_EMBEDDED_IN = ("endorsement", "verifiableCredential")
_MAX_NAME = 80


def places(document: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401  any JSON value
    """Yield (path, value, its parent) for a document and everything in it but contexts, without recursion.

    Raises:
        CredentialFormatError: more values or deeper nesting than is read.

    """
    stack: list[tuple[str, Any, Any, int]] = [("", document, None, 0)]
    count = 0
    while stack:
        path, value, parent, depth = stack.pop()
        count += 1
        if count > MAX_VALUES:
            raise CredentialFormatError(
                Sentence("The document holds more than {number} values.", number=Number(MAX_VALUES))
            )
        if depth > MAX_DEPTH:
            raise CredentialFormatError(
                Sentence("The document is nested deeper than {number} levels.", number=Number(MAX_DEPTH))
            )
        yield path, value, parent
        if isinstance(value, dict):
            stack += [
                (f"{path}/{str(name)[:_MAX_NAME]}", item, value, depth + 1)
                for name, item in reversed(value.items())
                if name != "@context"
            ]
        elif isinstance(value, list):
            stack += [(f"{path}/{at}", item, value, depth + 1) for at, item in reversed(list(enumerate(value)))]


def require_bounded(document: dict[str, Any]) -> None:
    """Raise CredentialFormatError unless a JSON-LD processor finishes with this document in bounded time."""
    types = 0
    for path, value, _ in places(document):
        if isinstance(value, dict):
            types += _require_few_types(path, value)
            _require_served_contexts(path, value.get("@context", []))
    if types > MAX_TYPE_ENTRIES:
        raise CredentialFormatError(f"The document's objects have more than {MAX_TYPE_ENTRIES:,} types in all.")


def embedded(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (path, credential) for the credentials inside a document that carry contexts of their own."""
    for path, value, _ in places(document):
        if path and isinstance(value, dict) and "@context" in value and _may_be_credential(path):
            yield path, value


def plain_problems(document: dict[str, Any]) -> Iterator[FormatProblem]:
    """Yield each way of writing that could make the shown JSON differ from the signed graph."""
    for path, value, parent in places(document):
        if value is None:
            text = Sentence("The member {member} is null, which no signature covers; leave it out.", member=path)
            yield FormatProblem("null-member", text)
        elif isinstance(value, dict):
            yield from _name_problems(path, value)
        elif isinstance(value, list) and isinstance(parent, list):
            text = Sentence("The array {member} stands directly in an array; flatten it.", member=path)
            yield FormatProblem("nested-array", text)
    yield from _described_twice(document)


def _name_problems(path: str, value: dict[str, Any]) -> Iterator[FormatProblem]:
    for name in value:
        shown = f"{path}/{name[:_MAX_NAME]}"
        if name.startswith("@") and not (name == "@context" and (not path or _may_be_credential(path))):
            text = Sentence("The member {member} is a JSON-LD keyword; write it plainly.", member=shown)
            yield FormatProblem("reserved-member", text)
        elif ":" in name:
            text = Sentence("The member {member} is written as an IRI, not by a defined name.", member=shown)
            yield FormatProblem("undefined-term", text)
        elif name[:1].isupper():
            text = Sentence("The member {member} is named like a type; it is no property.", member=shown)
            yield FormatProblem("undefined-term", text)
    identifier = value.get("id")
    if isinstance(identifier, str) and identifier.startswith("_:"):
        text = Sentence("The id at {place} is a blank node label, which is not signed.", place=path or "/")
        yield FormatProblem("undefined-term", text)


def _described_twice(document: dict[str, Any]) -> Iterator[FormatProblem]:
    """Yield objects that say more about the credential itself, or its status entry, than stands in its place.

    In the graph all that is said of one id is one description, wherever it stands in the JSON.
    """
    status = document.get("credentialStatus")
    owners = {str(one["id"]): one for one in (document, status) if isinstance(one, dict) and "id" in one}
    for path, value, _ in places(document):
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            continue
        owner = owners.get(value["id"])
        if owner is not None and value is not owner and value != owner:
            extra = value.keys() - {"id", "type", "endorsementComment"}
            if extra:
                text = Sentence(
                    "The object {place} describes {id} a second time ({member}).",
                    place=path,
                    id=value["id"][:200],
                    member=min(extra)[:_MAX_NAME],
                )
                yield FormatProblem("described-twice", text)


def _require_few_types(path: str, value: dict[str, Any]) -> int:
    entries = [entry for key in ("type", "@type") for entry in _listed(value.get(key, []))]
    if len(entries) > MAX_TYPES:
        raise CredentialFormatError(f"The object {path or '/'} has {len(entries)} types; at most {MAX_TYPES} are read.")
    names = [entry for entry in entries if isinstance(entry, str)]
    if len(set(names)) != len(names):
        raise CredentialFormatError(f"The object {path or '/'} names a type twice.")
    return len(entries)


def _require_served_contexts(path: str, value: object) -> None:
    entries = _listed(value)
    if len(entries) > MAX_CONTEXTS:
        raise CredentialFormatError(f"The @context of {path or '/'} has {len(entries)} entries.")
    for entry in entries:
        if not isinstance(entry, str):
            raise CredentialFormatError(f"The @context of {path or '/'} holds something other than a URL.")
        if entry not in SERVED:
            raise CredentialFormatError(f"The @context of {path or '/'} names {entry[:200]!r}, which we do not serve.")


def _may_be_credential(path: str) -> bool:
    parts = path.split("/")
    return parts[-1] in _EMBEDDED_IN or (len(parts) > 1 and parts[-1].isdecimal() and parts[-2] in _EMBEDDED_IN)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
