"""Signing many credentials that differ in their recipients alone: the expensive work is done once for a cohort.

Of a credential only the values of a few named members are its recipient's own. A *shape* is a credential with holes in
those places; it is expanded and canonicalised once, and for each recipient the holes are filled. A value goes into its
hole by its place in the document, never by a search for text, so whatever a recipient is called stays a value.
What no shape covers goes the slow way, which is also the second opinion on a sample.

Source: design.md, 11 ("How the bulk signature gets there").
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rfc8785

from registry.core.canonical import canonical_bytes
from registry.core.errors import CredentialFormatError
from registry.credentials.entry_template import EntryTemplate, entry_template
from registry.credentials.graph_template import GraphTemplate, graph_template
from registry.credentials.jsonld import pyld_nquads
from registry.credentials.signing import ProofOptions, options_hash, require_signable, signing_input
from registry.credentials.unsigned import Unsigned

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from registry.credentials.holes import Places

MAX_SHAPES = 512
"""Most shapes of a cohort; what has another shape goes the slow way. Optional members make a few dozen."""

_SIGNATURE = "signature:"


@dataclass(frozen=True, slots=True)
class Shape:
    """What documents have in common that differ in the values of their holes alone."""

    options_hash: bytes
    """SHA-256 of the canonical proof options."""
    graph: GraphTemplate
    """From values to N-Quads."""
    entry: EntryTemplate
    """From values to the entry."""

    def filled(self, values: Sequence[Any]) -> Unsigned | None:
        """Return the credential with these values in its holes; None if one of them may change more than its place."""
        nquads = self.graph.filled(values)
        parts = self.entry.filled(values) if nquads is not None else None
        if nquads is None or parts is None:
            return None
        return Unsigned(self.options_hash + hashlib.sha256(nquads).digest(), *parts)


@dataclass(frozen=True, slots=True)
class ProofCohort:
    """Credentials of one achievement, issuer and time of signing, prepared for a Data Integrity proof."""

    options: ProofOptions
    """What the proof says beside its signature."""
    places: Places
    """Where the documents have holes."""
    shapes: dict[Hashable, Shape | None] = field(default_factory=dict)
    """Shapes met so far, filled as needed; None for one that is not covered."""

    def prepared(self, document: dict[str, Any], *, checked: bool = False) -> Unsigned:
        """Return a document ready to be signed; `checked` asks for the second opinion, as a new shape does by itself.

        Raises:
            CredentialFormatError: as `require_signable` says.

        """
        holes = self.places.holes(document)
        is_new = holes.key not in self.shapes
        if is_new:
            self.shapes[holes.key] = self._shape(document) if len(self.shapes) < MAX_SHAPES else None
        shape = self.shapes[holes.key]
        fast = shape.filled(holes.values) if shape else None
        if fast is None or not (is_new or checked) or is_same(fast, document, self.options):
            return fast or prepared_alone(document, self.options)
        self.shapes[holes.key] = None
        slow = prepared_alone(document, self.options)
        text = f"Bulk signing would have signed other bytes for {document.get('id')} than signing it alone does."
        return Unsigned(slow.message, slow.head, slow.tail, text)

    def _shape(self, document: dict[str, Any]) -> Shape | None:
        marked = self.places.marked(document)
        try:
            graph = graph_template(require_signable(marked.document), marked.markers)
        except CredentialFormatError:
            return None  # the slow way says what is wrong
        mark = _SIGNATURE + hashlib.sha256(canonical_bytes(marked.document)).hexdigest()
        entry = entry_template(_secured(marked.document, self.options, mark), marked.markers, mark)
        if graph is None or entry is None:
            return None
        return Shape(options_hash(self.options, document.get("@context")), graph, entry)


def prepared_alone(document: dict[str, Any], options: ProofOptions) -> Unsigned:
    """Return a document ready to be signed, made by itself; CredentialFormatError as `require_signable` says."""
    message = signing_input(document, options)
    mark = _SIGNATURE + hashlib.sha256(message).hexdigest()  # the document cannot hold its own hash
    head, _, tail = canonical_bytes(_secured(document, options, mark)).partition(mark.encode())
    return Unsigned(message, head, tail)


def is_same(fast: Unsigned, document: dict[str, Any], options: ProofOptions) -> bool:
    """Return whether PyLD and rfc8785 make of a document, to the last byte, what was made of it in bulk."""
    # What the fast way does has no two nodes alike, so PyLD need not try either.
    nquads = pyld_nquads(require_signable(document))
    first = options_hash(options, document.get("@context"), pyld_nquads)
    entry = rfc8785.dumps(_secured(document, options, _SIGNATURE))
    is_same_message = fast.message == first + hashlib.sha256(nquads).digest()
    return is_same_message and fast.entry(_SIGNATURE) == entry


def _secured(document: dict[str, Any], options: ProofOptions, signature: str) -> dict[str, Any]:
    return {**document, "proof": [{**options.to_proof(), "proofValue": signature}]}
