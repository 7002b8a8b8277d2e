"""From JSON to the canonical bytes that a Data Integrity signature covers.

PyLD expands the JSON-LD; pyoxigraph canonicalises the graph (RDFC-1.0). Where a graph has blank nodes that only
trial can tell apart, or an IRI that the two read differently, PyLD canonicalises it too, under openbadgeslib's
work limit, because the algorithm is factorial on hostile graphs.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from registry.core.errors import CredentialFormatError
from registry.credentials import contexts
from registry.credentials.plain import require_bounded
from registry.credentials.processor import expand_with_pyld, pyld

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

# Relative references are resolved against this base, so that they can be recognised afterwards and refused.
_BASE = "relative-reference://base/"
LARGEST_PLAIN = 1e15
"""Fractions below this are written alike by everybody who writes them with 16 digits."""

# What PyLD drops without a word when it makes a graph: white space, or no scheme.
_DROPPED_IRI = re.compile(r"\s|^(?![A-Za-z][A-Za-z0-9+.-]*:)")


@dataclass(frozen=True, slots=True)
class Expanded:
    """A document with every member replaced by the IRI that its contexts give it."""

    nodes: list[Any]
    """Expanded JSON-LD."""
    dropped: tuple[str, ...]
    """Members that no context defines; no signature covers them."""
    relative: tuple[str, ...]
    """Types and ids that are not absolute IRIs, as written; no signature covers where they point."""

    def require_covered(self) -> None:
        """Raise CredentialFormatError unless a signature over the graph covers every member."""
        if self.dropped:
            raise CredentialFormatError(f"No context defines the member {self.dropped[0]!r}, so it cannot be signed.")
        if self.relative:
            raise CredentialFormatError(
                f"{self.relative[0]!r} is neither a defined type nor an absolute IRI, so it cannot be signed."
            )


def expand(document: dict[str, Any]) -> Expanded:
    """Return the expanded form of a document whose contexts we serve.

    Raises:
        CredentialFormatError: too large or too deep, an inline or unknown context, or not JSON-LD.

    """
    require_bounded(document)
    dropped: list[str] = []
    try:
        nodes = expand_with_pyld(document, _BASE, lambda name: dropped.append(name or "@"))
    except (pyld().JsonLdError, RecursionError) as error:
        raise CredentialFormatError(f"The document is not JSON-LD that we can read: {_lead(error)}.") from error
    relative = tuple(_as_written(iri) for iri in _references(nodes) if _DROPPED_IRI.search(iri) or _is_relative(iri))
    return Expanded(nodes, tuple(dropped), relative)


def canonical_nquads(expanded: Expanded) -> bytes:
    """Return the RDFC-1.0 canonical N-Quads of a document; CredentialFormatError if that takes too much work."""
    import pyoxigraph as ox  # noqa: PLC0415  not needed for --help

    dataset = graph_of(expanded)
    if dataset is None or _has_lookalikes(dataset):
        return reference_nquads(expanded)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def graph_of(expanded: Expanded) -> ox.Dataset | None:
    """Return a document's graph as pyoxigraph reads it; None if PyLD and others would read another one.

    Raises:
        CredentialFormatError: it holds a text that is no Unicode, half a surrogate pair.

    """
    import pyoxigraph as ox  # noqa: PLC0415  not needed for --help

    if not all(is_read_alike(term) for term in set(_terms(expanded.nodes))):
        return None
    try:
        # As UTF-8: escapes make a text up to three times as long, and 16 MiB are more than the parser takes.
        text = json.dumps(expanded.nodes, ensure_ascii=False).encode()
        return ox.Dataset(ox.parse(text, format=ox.RdfFormat.JSON_LD))
    except (SyntaxError, UnicodeEncodeError) as error:
        raise CredentialFormatError(f"The document's graph cannot be read: {_lead(error)}.") from error


def reference_nquads(expanded: Expanded) -> bytes:
    """Return PyLD's canonical N-Quads under openbadgeslib's work limit: slow, and the second opinion.

    PyLD writes control characters raw where RDFC-1.0 escapes them; in all other text the two agree.

    Raises:
        CredentialFormatError: the graph takes more work than the limit allows.

    """
    from openbadgeslib.ob3 import _canon_guard as guard  # noqa: PLC0415  costs 0.1 s, seldom needed

    jsonld = pyld()
    try:
        text: str = guard.canonize(jsonld, expanded.nodes, contexts.load_for_pyld)
        return text.encode()
    except (jsonld.JsonLdError, guard.CanonicalizationWorkExceeded, RecursionError, UnicodeError) as error:
        raise CredentialFormatError(f"The document's graph cannot be put in order: {_lead(error)}.") from error


def pyld_nquads(expanded: Expanded) -> bytes:
    """Return PyLD's canonical N-Quads without a work limit, for graphs that are known to need no trial."""
    text: str = pyld().normalize(
        expanded.nodes,
        {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.load_for_pyld},
    )
    return text.encode()


def is_read_alike(term: str | float) -> bool:
    """Return whether pyoxigraph and PyLD write an IRI or number in the same way.

    pyoxigraph drops statements with an IRI that breaks RFC 3987, which PyLD, like others, signs; and it writes
    numbers with as many digits as they need (7.0E-2), where JSON-LD has 16 (7.000000000000001E-2).
    """
    if isinstance(term, float):
        return abs(term) < LARGEST_PLAIN and Decimal(f"{term:.15e}") == Decimal(repr(term))
    return is_iri(term) and not _DROPPED_IRI.search(term)


def is_iri(term: str) -> bool:
    """Return whether pyoxigraph takes a text without spaces that begins with a scheme for an IRI (RFC 3987)."""
    import pyoxigraph as ox  # noqa: PLC0415  not needed for --help

    try:
        ox.NamedNode(term)
    except ValueError:
        return False
    return True


def _lead(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, CredentialFormatError) else error
    return str(cause).partition("\n")[0][:200].rstrip(".")


def _is_relative(iri: str) -> bool:
    return iri.startswith(_BASE)


def _as_written(iri: str) -> str:
    return iri.removeprefix(_BASE)[:200]


def _references(value: Any) -> Iterator[str]:  # noqa: ANN401  any JSON value
    """Yield the ids and types of expanded JSON-LD; blank node labels are none."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict) and "@value" not in value:
        types = value.get("@type", [])
        yield from ([types] if isinstance(types, str) else types)
        if isinstance(value.get("@id"), str) and not value["@id"].startswith("_:"):
            yield value["@id"]
        for name, item in value.items():
            if name not in {"@type", "@id"}:
                yield from _references(item)


def _terms(value: Any) -> Iterator[str | float]:  # noqa: ANN401  any JSON value
    """Yield every IRI of expanded JSON-LD, those of members and data types included, and every fraction."""
    if isinstance(value, list):
        for item in value:
            yield from _terms(item)
    elif isinstance(value, dict):
        types = value.get("@type", [])
        yield from ([types] if isinstance(types, str) else types)
        for name, item in value.items():
            if not name.startswith("@"):
                yield name
            if name == "@id" or (name == "@value" and isinstance(item, float)):
                yield item
            elif name not in {"@type", "@value"}:
                yield from _terms(item)


def _has_lookalikes(dataset: Any) -> bool:  # noqa: ANN401  pyoxigraph's Dataset
    """Return whether two blank nodes have the same first-degree description, so that RDFC-1.0 would have to try.

    Source: RDFC-1.0, 4.6 (Hash First Degree Quads), without the hashing.
    """
    import pyoxigraph as ox  # noqa: PLC0415  not needed for --help

    described: defaultdict[Any, list[tuple[str, ...]]] = defaultdict(list)
    for quad in dataset:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        for blank in {term for term in terms if isinstance(term, ox.BlankNode)}:
            described[blank].append(tuple(_seen_from(blank, term, ox.BlankNode) for term in terms))
    counted = Counter(tuple(sorted(quads)) for quads in described.values())
    return any(count > 1 for count in counted.values())


def _seen_from(blank: Any, term: Any, blank_type: type) -> str:  # noqa: ANN401  pyoxigraph's terms
    if term == blank:
        return "_:a"
    return "_:z" if isinstance(term, blank_type) else str(term)
