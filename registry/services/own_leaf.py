"""A stored document and its leaf hash: whether they still belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.digest import leaf_hash
from registry.core.errors import StateError

if TYPE_CHECKING:
    from registry.core.digest import Digest
    from registry.records import StoredCredential, StoredDocument


class DocumentDamagedError(StateError):
    """A stored document is not the one that was issued: its bytes do not give its leaf hash."""

    code = "document-damaged"

    def __init__(self, uuid: str) -> None:
        """Keep which credential it is."""
        self.credential_id = f"urn:uuid:{uuid}"
        super().__init__(
            f"The stored document of {self.credential_id} does not have its leaf hash any more: one of them was "
            "damaged. It is neither sealed nor handed out; see what else differs with `credanchor fsck`, and restore "
            "the database from a backup."
        )


def own_leaf(credential: StoredCredential | StoredDocument) -> Digest:
    """Return a credential's leaf hash, computed anew from its document; the stored one if that was erased.

    Raises:
        DocumentDamagedError: the stored one is another.

    """
    if credential.entry is not None and leaf_hash(credential.entry) != credential.leaf_hash:
        raise DocumentDamagedError(credential.uuid)
    return credential.leaf_hash
