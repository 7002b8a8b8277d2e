"""Is this document a plain Open Badges 3.0 credential: contexts we serve, no undefined term, the right shape.

JSON-LD drops what no context defines without a word, and a signature does not cover it; here it is an error.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.contexts import SERVED, context_problem, defined_everywhere, type_terms
from registry.credentials.findings import FormatProblem
from registry.credentials.jsonld import expand
from registry.credentials.plain import embedded, places, plain_problems, require_bounded
from registry.credentials.shape import shape_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PROBLEMS = 20
"""Most problems that are reported of one document."""


def screen(document: dict[str, Any]) -> tuple[FormatProblem, ...]:
    """Return what keeps a document from being a credential we can judge, the gravest first; empty if nothing.

    Never raises for a document's content, and ends in bounded time whatever the content.
    """
    return tuple(itertools.islice(_problems(document), MAX_PROBLEMS))


def _problems(document: dict[str, Any]) -> Iterator[FormatProblem]:
    try:
        # Under contexts that we do not serve we cannot tell what a member means, and so not that it means nothing.
        first = list(_context_problems(document)) or list(itertools.islice(plain_problems(document), MAX_PROBLEMS))
        yield from first
        if first:
            return
        require_bounded(document)
    except CredentialFormatError as error:
        yield FormatProblem("too-complex", str(error))
        return
    yield from shape_problems(document)
    yield from _undefined(document)


def _context_problems(document: dict[str, Any]) -> Iterator[FormatProblem]:
    for path, credential in (("", document), *embedded(document)):
        problem = context_problem(credential.get("@context"), path)
        if problem is not None:
            yield problem


def _undefined(document: dict[str, Any]) -> Iterator[FormatProblem]:
    try:
        expanded = expand(document)
    except CredentialFormatError as error:
        yield FormatProblem("not-json-ld", str(error))
        return
    if expanded.dropped:
        yield from _undefined_members(document, set(expanded.dropped))
    for written in dict.fromkeys(expanded.relative):
        place = next((path for path, value, _ in places(document) if value == written), None)
        yield FormatProblem("undefined-term", _not_a_type(repr(written), place))


def _not_a_type(written: str, place: str | None) -> Sentence:
    if place:
        return Sentence(
            "{written} at {place} is neither a defined type nor an absolute IRI, so no signature covers it.",
            written=written,
            place=place,
        )
    return Sentence(
        "{written} is neither a defined type nor an absolute IRI, so no signature covers it.", written=written
    )


def _undefined_members(document: dict[str, Any], names: set[str]) -> Iterator[FormatProblem]:
    """Name each dropped member once, with its place: an object whose types do not define it."""
    everywhere, left = defined_everywhere(tuple(SERVED)), set(names)
    for path, value, _ in places(document):
        if isinstance(value, dict):
            defined = everywhere.union(*(type_terms(name) for name in _types(value)))
            for name in (left & value.keys()) - defined:
                left.remove(name)
                yield _undefined_member(f"{path}/{name[:80]}")
    yield from (_undefined_member(repr(name[:80])) for name in sorted(left))


def _undefined_member(place: str) -> FormatProblem:
    return FormatProblem(
        "undefined-term",
        Sentence(
            "The member {member} is defined by none of the credential's contexts, so no signature covers it.",
            member=place,
        ),
    )


def _types(value: dict[str, Any]) -> list[str]:
    types = value.get("type", [])
    return [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
