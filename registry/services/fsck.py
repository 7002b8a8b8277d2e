"""Look for damage: everything that follows from the documents is computed again and compared with what is stored.

1 the database's own file and references   2 each batch: documents, leaves, order, tiles, roots
3 status changes   4 receipts of endorsements   5 saved state proofs   6 mails

A value that two others speak against is the one that is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.canonical import parse_json
from registry.core.errors import InputError, VerificationError
from registry.core.proof import require_inclusion
from registry.core.receipt import parse_receipt
from registry.deliveries import DeliveryState
from registry.records import BatchState
from registry.services.fsck_batch import SealedBatchCheck
from registry.services.fsck_document import Catalogued, document_differences
from registry.services.fsck_findings import Difference, credential_name
from registry.services.fsck_state import state_proof_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from registry.ports import RawStore

STATUS_KINDS = frozenset({"revoked", "suspended", "reinstated"})
MAX_REASON = 255


def differences(raw: RawStore, advance: Callable[[int], None]) -> Iterator[Difference]:
    """Yield everything that contradicts the documents or itself; `advance` is told how many credentials were read."""
    yield from (
        Difference(table, row, column, "points to a row that is not there")
        for table, row, column in raw.broken_references()
    )
    catalogued = Catalogued(raw)
    yield from catalogued.differences()
    read = 0
    for batch in raw.rows("batch"):
        for found in _batch_differences(raw, batch, catalogued):
            if isinstance(found, Difference):
                yield found
            else:
                read += 1
                advance(read)
    yield from catalogued.mismatches()
    yield from _status_differences(raw)
    yield from _receipt_differences(raw)
    yield from state_proof_differences(raw)
    yield from _delivery_differences(raw)


def _batch_differences(raw: RawStore, batch: Mapping[str, Any], catalogued: Catalogued) -> Iterator[Difference | None]:
    """Yield differences, and None for each credential read."""
    if batch["state"] not in set(BatchState):
        yield Difference("batch", batch["id"], "state", f"is {batch['state']!r}, which is no state of a batch")
    if (batch["root"] is None) != (batch["state"] == BatchState.OPEN):
        yield Difference("batch", batch["id"], "state", "is open with a root, or closed without one")
    if batch["root"] is None:
        yield from _open_batch(raw, batch, catalogued)
        return
    check = SealedBatchCheck(raw, batch)
    for credential in raw.rows("credential", batch_id=batch["id"]):
        difference, sound = check.take(credential)
        if difference is not None:
            yield difference
        if sound:
            yield from document_differences(credential, catalogued)
        yield None
    yield from check.tree_differences()


def _open_batch(raw: RawStore, batch: Mapping[str, Any], catalogued: Catalogued) -> Iterator[Difference | None]:
    count = 0
    for credential in raw.rows("credential", batch_id=batch["id"]):
        count += 1
        name = credential_name(credential)
        if SealedBatchCheck.is_sound(credential):
            yield from document_differences(credential, catalogued)
        else:
            yield Difference("credential", name, "entry or leaf_hash", "do not belong together")
        yield None
    if count != batch["tree_size"]:
        yield Difference(
            "batch", batch["id"], "tree_size", f"is {batch['tree_size']:,}, and it has {count:,} credentials"
        )


def _receipt_differences(raw: RawStore) -> Iterator[Difference]:
    for row in raw.rows("endorsement_receipt", ("leaf_hash",)):
        name = f"0x{row['leaf_hash'].hex()}"
        try:
            receipt = parse_receipt(parse_json(row["document"]))
            require_inclusion(receipt.leaf_hash, receipt.proof, receipt.root)
        except (InputError, VerificationError) as error:
            yield Difference("endorsement_receipt", name, "document", f"does not hold: {error}")
            continue
        if receipt.leaf_hash != row["leaf_hash"]:
            yield Difference("endorsement_receipt", name, "leaf_hash", "is not that of the receipt")


def _status_differences(raw: RawStore) -> Iterator[Difference]:
    for event in raw.rows("status_event"):
        credential = next(raw.rows("credential", leaf_hash=event["leaf_hash"]), None)
        if credential is None:
            yield Difference("status_event", event["id"], "leaf_hash", "is that of no credential")
        elif credential["issuer_id"] != event["issuer_id"]:
            yield Difference("status_event", event["id"], "issuer_id", "is not that of its credential")
        if event["kind"] not in STATUS_KINDS:
            yield Difference("status_event", event["id"], "kind", f"is {event['kind']!r}, which is no such change")
        if not 0 <= event["reason"] <= MAX_REASON:
            yield Difference(
                "status_event", event["id"], "reason", f"is {event['reason']:,}, which fits no reason code"
            )


def _delivery_differences(raw: RawStore) -> Iterator[Difference]:
    for mail in raw.rows("delivery", ("credential_uuid",)):
        if mail["state"] not in set(DeliveryState):
            yield Difference(
                "delivery", mail["credential_uuid"], "state", f"is {mail['state']!r}, which is no state of a mail"
            )
