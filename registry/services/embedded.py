"""Find the credentials that stand inside a credential: endorsements, and components of a larger one.

Source: Open Badges 3.0 (`endorsement` and `endorsementJwt` of credential, achievement and profile); CLR 2.0
(`verifiableCredential`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS: dict[str, Literal["endorsement", "component"]] = {
    "endorsement": "endorsement",
    "endorsementJwt": "endorsement",
    "verifiableCredential": "component",
}
"""Members that hold credentials, and what those are to the outer one."""
_NOT_SEARCHED = frozenset({"@context", "proof"})
_CONTAINERS = (dict, list)


@dataclass(frozen=True, slots=True)
class Embedded:
    """One credential inside another."""

    kind: Literal["endorsement", "component"]
    """What it is to the outer one."""
    place: str
    """Where it stands, for example `credentialSubject.achievement.endorsement[0]`."""
    document: dict[str, Any] | str
    """Its JSON, or a compact VC-JWT."""
    within: dict[str, Any]
    """The object that it is a member of: the credential, an achievement, a profile, a subject."""


def embedded_in(document: dict[str, Any], place: str = "") -> Iterator[Embedded]:
    """Yield the credentials directly inside a document, wherever they stand; not those inside of them in turn.

    `place` is what goes before each place. The document's depth is bounded by the parser.
    """
    for name, member in document.items():
        if name in KINDS:
            for number, one in enumerate(member if isinstance(member, list) else [member]):
                if isinstance(one, dict | str):
                    yield Embedded(KINDS[name], f"{place}{name}[{number}]", one, document)
        elif isinstance(member, _CONTAINERS) and name not in _NOT_SEARCHED:
            yield from _embedded_below(member, f"{place}{name}")


def _embedded_below(member: dict[str, Any] | list[Any], place: str) -> Iterator[Embedded]:
    if isinstance(member, dict):
        yield from embedded_in(member, f"{place}.")
        return
    for number, one in enumerate(member):
        if isinstance(one, dict):
            yield from embedded_in(one, f"{place}[{number}].")


def components_in(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the components of a stack at any depth, as JSON; the document's depth is bounded by the parser."""
    for one in embedded_in(document):
        if one.kind == "component" and isinstance(one.document, dict):
            yield one.document
            yield from components_in(one.document)
