"""How a recipient's value stands in canonical N-Quads, by what its hole is in the graph.

Each writer returns None for a value that it does not cover: one that may change more than its own place.

Source: RDF 1.2 N-Quads, 4.1 (canonical form); JSON-LD 1.1 API, 8.2 (numbers).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from registry.credentials.jsonld import is_iri
from registry.credentials.signing import CONTROLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from registry.credentials.holes import Marker

    Writer = Callable[[Any], str | None]

SAFE_SCHEMES = ("https", "http", "did", "urn")
"""Schemes that no context we serve has a term for, so that an id with one of them is an IRI as it stands."""
MAX_INTEGER = 2**53 - 1
"""Largest integer that JSON readers agree on (RFC 7493, 2.2)."""

_SAFE_IRI = re.compile(r"(?:https?://|did:|urn:)\S+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TO_ESCAPE = re.compile(r'["\\\n\r\t]')
_ZEROS = re.compile(r"(\d)0*E\+?(-?)0*(\d)")


def iri(value: str) -> str | None:
    """Return an absolute IRI of a safe scheme as it is."""
    return value if _SAFE_IRI.fullmatch(value) and is_iri(value) else None


def text(value: str) -> str | None:
    """Return a text with the escapes that the canonical form has; None for what no signer takes."""
    if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return value  # as most are; to look so takes less than the patterns do
    if CONTROLS.search(value) or _SURROGATES.search(value):
        return None
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], value)


def integer(value: int) -> str | None:
    """Return an integer's digits."""
    return str(value) if abs(value) <= MAX_INTEGER else None


def fraction(value: float) -> str | None:
    """Return a fraction in scientific notation of at most 16 digits; None for a whole number."""
    if not math.isfinite(value) or value.is_integer():
        return None
    return _ZEROS.sub(r"\1E\2\3", f"{value:.15E}")


def value_of(marker: Marker) -> str:
    """Return the value that a term has which a marker became."""
    return (fraction(marker) or "") if isinstance(marker, float) else str(marker)


def writer_of(term: ox.NamedNode | ox.Literal, marker: Marker) -> Writer:
    """Return how the values of a hole are written that became this term of the graph."""
    if isinstance(term, ox.NamedNode):
        return iri
    return text if isinstance(marker, str) else integer if isinstance(marker, int) else fraction
