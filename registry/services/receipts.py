"""Make receipts and bundles: the proof from tiles, the anchors from the job's records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.core.batch import leaf_index_of, proof_from_tiles
from registry.core.canonical import parse_json
from registry.core.errors import ReceiptFormatError, StateError, VerificationError
from registry.core.proof import require_inclusion
from registry.core.receipt import AnchorReceipt, Bundle
from registry.credentials.compact_jws import parse_compact
from registry.credentials.presented import leaf_candidates
from registry.records import BatchState
from registry.services.embedded import embedded_in
from registry.services.own_leaf import own_leaf

if TYPE_CHECKING:
    from registry.core.proof import InclusionProof
    from registry.ports import CredentialStore
    from registry.records import BatchRow, StoredCredential


def bundle_of(store: CredentialStore, credential: StoredCredential) -> Bundle:
    """Return a credential with its receipt, none while its batch is open, and with those of endorsements in it.

    Raises:
        StateError: the document was erased, or a stored tile is damaged.
        DocumentDamagedError: the document does not have its leaf hash any more.

    """
    if credential.entry is None:
        raise StateError(f"The document of {credential.credential_id} was erased; only its leaf hash is kept.")
    own_leaf(credential)
    receipt = receipt_of(store, credential)
    document = credential.entry.decode("ascii") if credential.entry.startswith(b"e") else parse_json(credential.entry)
    return Bundle(document, (*([receipt] if receipt else []), *_of_endorsements(store, document)))


def receipt_of(store: CredentialStore, credential: StoredCredential) -> AnchorReceipt | None:
    """Return the receipt of one credential, or None while its batch is open.

    Raises:
        StateError: a stored tile is damaged, so that the proof does not lead to the sealed root.

    """
    batch = store.batch(credential.batch_id)
    if batch is None or batch.root is None:
        return None
    return AnchorReceipt(
        state="final" if batch.state is BatchState.FINAL else "pending",
        credential_id=credential.credential_id,
        leaf_hash=credential.leaf_hash,
        proof=_proof(store, credential, batch),
        root=batch.root,
        anchors=tuple(store.anchors(batch.id)),
    )


def _of_endorsements(store: CredentialStore, document: dict[str, Any] | str) -> list[AnchorReceipt]:
    """Return the receipts that are kept of the endorsements in a credential."""
    body = parse_compact(document).payload if isinstance(document, str) else document
    found = (one.document for one in embedded_in(body) if one.kind == "endorsement")
    leaves = [leaf for one in found if isinstance(one, dict) for leaf in leaf_candidates(one)]
    return store.endorsement_receipts(leaves) if leaves else []


def _proof(store: CredentialStore, credential: StoredCredential, batch: BatchRow) -> InclusionProof:
    def tile(level: int, at: int) -> bytes:
        return store.tile(batch.id, level, at)

    try:
        index = leaf_index_of(credential.leaf_hash, batch.tree_size, tile)
        proof = proof_from_tiles(index, batch.tree_size, tile)
        if batch.root is not None:
            require_inclusion(credential.leaf_hash, proof, batch.root)
    except (VerificationError, ReceiptFormatError) as error:
        raise StateError(
            f"The stored tiles of batch {batch.id} are damaged: the proof of {credential.credential_id} does not lead "
            "to the sealed root. Restore the database from a backup."
        ) from error
    return proof
