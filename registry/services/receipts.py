"""Make receipts and bundles: the proof from tiles, the anchors from the job's records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.batch import leaf_index_of, proof_from_tiles
from registry.core.canonical import parse_json
from registry.core.errors import ReceiptFormatError, StateError, VerificationError
from registry.core.proof import require_inclusion
from registry.core.receipt import AnchorReceipt, Bundle
from registry.credentials.compact_jws import parse_compact
from registry.credentials.presented import leaf_candidates
from registry.records import BatchState
from registry.services.embedded import components_in, embedded_in
from registry.services.own_leaf import own_leaf

if TYPE_CHECKING:
    from registry.core.digest import Digest, Root
    from registry.core.proof import InclusionProof
    from registry.core.receipt import AnchorHint
    from registry.ports import CredentialStore
    from registry.records import StoredCredential


class Receipts:
    """Makes receipts and bundles; what the credentials of a batch share is read once for all that come in a row.

    Of a batch it keeps the tiles that were read, at most 33 MiB, and what the job knew when it first asked.
    """

    def __init__(self, store: CredentialStore) -> None:
        self._store = store
        self._batch: _OneBatch | None = None

    def bundle(self, credential: StoredCredential) -> Bundle:
        """Return a credential with its receipt, none while its batch is open, and those of what is embedded in it.

        Raises:
            StateError: the document was erased, or a stored tile is damaged.
            DocumentDamagedError: the document does not have its leaf hash any more.

        """
        if credential.entry is None:
            raise StateError(f"The document of {credential.credential_id} was erased; only its leaf hash is kept.")
        own_leaf(credential)
        receipt = self.receipt(credential)
        entry = credential.entry
        document = entry.decode("ascii") if entry.startswith(b"e") else parse_json(entry)
        return Bundle(document, (*([receipt] if receipt else []), *self._of_embedded(document)))

    def receipt(self, credential: StoredCredential) -> AnchorReceipt | None:
        """Return the receipt of one credential, or None while its batch is open.

        Raises:
            StateError: a stored tile is damaged, so that the proof does not lead to the sealed root.

        """
        if self._batch is None or self._batch.id != credential.batch_id:
            self._batch = _one_batch(self._store, credential.batch_id)
        return self._batch.receipt(credential) if self._batch else None

    def _of_embedded(self, document: dict[str, Any] | str) -> list[AnchorReceipt]:
        """Return the receipts kept of components at any depth, and of endorsements in these and the credential."""
        body = parse_compact(document).payload if isinstance(document, str) else document
        components = list(components_in(body))
        endorsements = [leaf for one in (body, *components) for leaf in _endorsement_leaves(one)]
        leaves = list(dict.fromkeys(leaf for one in components for leaf in leaf_candidates(one)))
        mine = (self.receipt(credential) for credential in (self._store.credentials_with(leaves) if leaves else ()))
        return [
            *(receipt for receipt in mine if receipt is not None),
            *(self._store.component_receipts(leaves) if leaves else ()),
            *(self._store.endorsement_receipts(endorsements) if endorsements else ()),
        ]


def bundle_of(store: CredentialStore, credential: StoredCredential) -> Bundle:
    """Return the bundle of one credential, as `Receipts.bundle` does."""
    return Receipts(store).bundle(credential)


def receipt_of(store: CredentialStore, credential: StoredCredential) -> AnchorReceipt | None:
    """Return the receipt of one credential, as `Receipts.receipt` does."""
    return Receipts(store).receipt(credential)


def _endorsement_leaves(document: dict[str, Any]) -> list[Digest]:
    found = (one.document for one in embedded_in(document) if one.kind == "endorsement")
    return [leaf for one in found if isinstance(one, dict) for leaf in leaf_candidates(one)]


@dataclass(frozen=True, slots=True)
class _OneBatch:
    """A sealed batch as its receipts need it."""

    id: int
    tree_size: int
    root: Root
    is_final: bool
    anchors: tuple[AnchorHint, ...]
    store: CredentialStore
    tiles: dict[tuple[int, int], bytes]

    def receipt(self, credential: StoredCredential) -> AnchorReceipt:
        return AnchorReceipt(
            state="final" if self.is_final else "pending",
            credential_id=credential.credential_id,
            leaf_hash=credential.leaf_hash,
            proof=self._proof(credential),
            root=self.root,
            anchors=self.anchors,
        )

    def _proof(self, credential: StoredCredential) -> InclusionProof:
        try:
            index = leaf_index_of(credential.leaf_hash, self.tree_size, self._tile)
            proof = proof_from_tiles(index, self.tree_size, self._tile)
            require_inclusion(credential.leaf_hash, proof, self.root)
        except (VerificationError, ReceiptFormatError) as error:
            raise StateError(
                f"The stored tiles of batch {self.id} are damaged: the proof of {credential.credential_id} does not "
                "lead to the sealed root. Restore the database from a backup."
            ) from error
        return proof

    def _tile(self, level: int, position: int) -> bytes:
        if (level, position) not in self.tiles:
            self.tiles.update(self.store.tiles_near(self.id, level, position))
        return self.tiles.get((level, position), b"")


def _one_batch(store: CredentialStore, batch_id: int) -> _OneBatch | None:
    batch, anchors = store.anchored_batch(batch_id)
    if batch is None or batch.root is None:
        return None
    is_final = batch.state is BatchState.FINAL
    return _OneBatch(batch.id, batch.tree_size, batch.root, is_final, tuple(anchors), store, {})
