"""Preparing many VC-JWTs that differ in their recipients alone: what may be signed is looked into once for a shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.credentials.graph_template import graph_template
from registry.credentials.signing import require_signable
from registry.credentials.unsigned import Unsigned
from registry.credentials.vc_jwt import jwt_message

if TYPE_CHECKING:
    from collections.abc import Hashable

    from registry.credentials.graph_template import GraphTemplate
    from registry.credentials.holes import Places
    from registry.credentials.vc_jwt import JwtOptions

MAX_SHAPES = 512
"""Most shapes of a cohort; documents of another are looked into one by one."""


@dataclass(frozen=True, slots=True)
class JwtCohort:
    """Credentials of one achievement and issuer, prepared for a VC-JWT."""

    options: JwtOptions
    """What the token says of its key."""
    places: Places
    """Where the documents have holes."""
    shapes: dict[Hashable, GraphTemplate | None] = field(default_factory=dict)
    """Shapes that may be signed, filled as needed; None for one that is not covered."""

    def prepared(self, document: dict[str, Any], *, checked: bool = False) -> Unsigned:
        """Return a document ready to be signed; `checked` has it looked into by itself.

        Raises:
            CredentialFormatError: as `JwtOptions.message` says.

        """
        holes = self.places.holes(document)
        if holes.key not in self.shapes and len(self.shapes) < MAX_SHAPES:
            marked = self.places.marked(document)
            self.shapes[holes.key] = graph_template(require_signable(marked.document), marked.markers)
        shape = self.shapes.get(holes.key)
        if shape is None or checked or not shape.takes(holes.values):
            require_signable(document)
        message = jwt_message(document, self.options)
        return Unsigned(message, message + b".", b"")
