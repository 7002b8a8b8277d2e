"""Whether a stack's components can be one person's, and each stands in it once.

A component is tied to the stack's recipient by naming them in the same way: the same DID, name or address, or the
very same hash and salt. Whoever made the stack may have ways to know that it does not show; that is its word.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from registry.checks.recipient import MAX_IDENTIFIERS, plain_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.checks.facts import Facts

MOST_IDENTITIES = 8 * MAX_IDENTIFIERS
"""Most identities of one subject that are compared: a stack repeats those of all its components."""
_Identity = tuple[str, str, str]


def standing_twice(components: Sequence[Facts]) -> str:
    """Return the title of a component that stands in a stack more than once; empty if there is none."""
    names = Counter(one.presented.credential_id for one in components if one.presented.credential_id)
    leaves = Counter(one.presented.leaf_hash for one in components)
    for one in components:
        if names[one.presented.credential_id] > 1 or (one.presented.leaf_hash and leaves[one.presented.leaf_hash] > 1):
            return title_of(one)
    return ""


def of_another(stack: Facts, components: Sequence[Facts]) -> str:
    """Return the title of a component that names somebody else than the stack does; empty if there is none."""
    whose = _identities(stack)
    for one in components:
        mine = _identities(one)
        if not whose & mine and _kinds(whose) & _kinds(mine):
            return title_of(one)
    return ""


def untied(stack: Facts, components: Sequence[Facts]) -> int:
    """Return how many components name their recipient in no way that the stack does."""
    whose = _identities(stack)
    return sum(not whose & _identities(one) for one in components)


def title_of(facts: Facts) -> str:
    """Return what a credential is called: its name, else its id."""
    name = facts.presented.document.get("name")
    return name if isinstance(name, str) else facts.presented.credential_id


def _identities(facts: Facts) -> frozenset[_Identity]:
    subject = facts.presented.document.get("credentialSubject")
    if not isinstance(subject, dict):
        return frozenset()
    listed = subject.get("identifier")
    entries = listed if isinstance(listed, list) else [listed]
    found = [_identity(one) for one in entries[:MOST_IDENTITIES] if isinstance(one, dict)]
    did = str(subject.get("id"))
    return frozenset([*found, *([("id", did, "")] if did.startswith("did:") else [])])


def _identity(entry: dict[str, Any]) -> _Identity:
    kind, value = str(entry.get("identityType")), str(entry.get("identityHash"))
    if entry.get("hashed"):
        return f"hashed {kind}", value.lower(), str(entry.get("salt"))
    return kind, plain_form(value), ""


def _kinds(identities: frozenset[_Identity]) -> set[str]:
    """Return by what kinds of names two people can be told apart; two salted hashes tell nothing."""
    return {kind for kind, _, _ in identities if not kind.startswith("hashed ")}
