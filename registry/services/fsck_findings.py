"""What looking for damage finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "state_proof": "State proof",
    "status_event": "Status change",
    "signing_key": "Signing key",
    "share_link": "Share link",
    "delivery": "Mail",
    "component_receipt": "Receipt of a component",
    "database": "The database",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored value that is not what it should be."""

    kind: str
    """The table that it stands in, or `tile`, or `database` for the file as a whole."""
    name: str | int
    """Which row: a credential's id, a row number, a tile as `batch/level/position`."""
    column: str
    """Which column, or what of the row."""
    detail: str
    """What is wrong, as the end of a sentence that begins with the column."""

    def sentence(self) -> str:
        """Return it as a finished sentence."""
        kind = _KINDS.get(self.kind, self.kind.capitalize())
        return " ".join(part for part in (kind, f"{self.name}:", self.column, self.detail) if part) + "."

    def as_json(self) -> dict[str, Any]:
        """Return the object that `fsck --json` prints."""
        return {"kind": self.kind, "name": str(self.name), "column": self.column, "detail": self.sentence()}


def credential_name(credential: Mapping[str, Any]) -> str:
    """Return what a credential's row is called."""
    return f"urn:uuid:{credential['uuid']}"
