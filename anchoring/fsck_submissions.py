"""Look for damage in what the job keeps: submissions, their signed attempts, anchors, and the batches they carry.

A signed transaction says everything about itself, and call data names every batch: both are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_abi.exceptions import EncodingError
from eth_hash.auto import keccak

from anchoring import contract_calls
from anchoring.sender import TRANSACTION_TYPE
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.errors import RegistryError
from registry.core.rlp_items import decode_item
from registry.core.submission import BatchRef, Purpose, SubmissionState
from registry.records import BatchState
from registry.services.fsck_findings import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry.ports import RawStore

    Row = Mapping[str, Any]

_TYPED_FIELDS = 12
"""Fields of a signed transaction of type 2 (EIP-1559), signature included."""
_STATES = {
    BatchState.ANCHORED: {SubmissionState.MINED, SubmissionState.ALREADY_ANCHORED},
    BatchState.FINAL: {SubmissionState.FINALIZED},
}
"""In which states a submission is whose batches are in each."""
_OF_SUBMISSION = frozenset({"chain_id", "contract", "call_data", "sender"})
"""What a submission says of each of its transactions."""
_SEEN = frozenset({SubmissionState.MINED, SubmissionState.ALREADY_ANCHORED, SubmissionState.FINALIZED})


def submission_differences(raw: RawStore) -> Iterator[Difference]:
    """Yield everything in submissions, attempts and anchors that contradicts itself, the batches or the bytes."""
    for submission in raw.rows("submission"):
        attempts = list(raw.rows("attempt", submission_id=submission["id"]))
        anchors = list(raw.rows("anchor", submission_id=submission["id"]))
        yield from _of_submission(submission, attempts)
        for attempt in attempts:
            yield from _of_attempt(attempt, submission)
        if submission["purpose"] == Purpose.ANCHOR and anchors:
            yield from _of_batches(raw, submission, anchors)
        for anchor in anchors:
            yield from _of_anchor(anchor, submission)
    for batch in raw.rows("batch"):
        yield from _of_batch(raw, batch)


def _of_submission(submission: Row, attempts: Sequence[Row]) -> Iterator[Difference]:
    number = submission["id"]
    if submission["state"] not in set(SubmissionState):
        yield Difference("submission", number, "state", f"is {submission['state']!r}, which is no state")
    if submission["purpose"] not in set(Purpose):
        yield Difference("submission", number, "purpose", f"is {submission['purpose']!r}, which is no purpose")
    nonces = {attempt["nonce"] for attempt in attempts}
    if submission["nonce"] is not None and submission["nonce"] not in nonces:
        yield Difference("submission", number, "nonce", "is that of none of its attempts")
    if submission["tx_hash"] is not None and submission["tx_hash"] not in {one["tx_hash"] for one in attempts}:
        yield Difference("submission", number, "tx_hash", "is that of none of its attempts")


def _of_attempt(attempt: Row, submission: Row) -> Iterator[Difference]:
    said = _fields(attempt["raw"])
    kept = {
        "chain_id": submission["chain_id"],
        "contract": submission["contract"],
        "call_data": submission["call_data"],
        "sender": submission["sender"],
        **{name: attempt[name] for name in ("nonce", "gas_limit", "cap_wei", "tip_wei")},
    }
    wrong = [name for name in kept if said is None or said[name] != kept[name]]
    if keccak(attempt["raw"]) != attempt["tx_hash"]:
        column = "raw" if wrong else "tx_hash"
        yield Difference("attempt", attempt["id"], column, "is not the transaction that its hash names")
        return
    if said is not None and len(_OF_SUBMISSION & set(wrong)) > 1:
        yield Difference("attempt", attempt["id"], "submission_id", "names a submission whose transaction it is not")
        return
    for name in wrong:
        kind, number = ("attempt", attempt["id"]) if name in attempt else ("submission", submission["id"])
        yield Difference(kind, number, name, f"is not what the signed transaction {attempt['id']} says")


def _fields(signed: bytes) -> dict[str, object] | None:
    """Return what a signed transaction says, None if it is none; source: EIP-1559, EIP-2718."""
    from eth_account import Account  # noqa: PLC0415  takes 0.3 s to import
    from eth_keys.exceptions import BadSignature  # noqa: PLC0415
    from eth_utils.exceptions import ValidationError  # noqa: PLC0415

    try:
        fields: Any = decode_item(signed[1:], "the signed transaction")
        if signed[0] != TRANSACTION_TYPE or len(fields) != _TYPED_FIELDS:
            return None
        sender = Address(Account.recover_transaction(signed))
        numbers = [int.from_bytes(one, "big") for one in fields[:5]]
        target = Address("0x" + fields[5].hex())
    except (BadSignature, ValidationError, RegistryError, ValueError, TypeError, IndexError):
        return None
    names = ("chain_id", "nonce", "tip_wei", "cap_wei", "gas_limit")
    return {**dict(zip(names, numbers, strict=True)), "contract": target, "call_data": fields[7], "sender": sender}


def _of_batches(raw: RawStore, submission: Row, anchors: Sequence[Row]) -> Iterator[Difference]:
    """Compare anchors with their batches; where they differ, the call data says which is right."""
    rows = [next(raw.rows("batch", id=anchor["batch_id"]), None) for anchor in anchors]
    carried = [row for row in rows if row is not None]
    accounts = {row["id"]: row["account"] for row in raw.rows("issuer")}
    kept = [{**row, "issuer": accounts.get(row["issuer_id"])} for row in carried]
    anchors_right = _call_data(anchors) == submission["call_data"]
    if not anchors_right and _call_data(kept) != submission["call_data"]:
        yield Difference("submission", submission["id"], "call_data", "does not anchor the batches that it carries")
    for anchor, batch in zip(anchors, kept, strict=False):
        for name in ("issuer", "root", "tree_size"):
            if anchor[name] == batch[name]:
                continue
            if anchors_right and name == "issuer" and anchor[name] not in accounts.values():
                yield Difference("issuer", batch["issuer_id"], "account", f"is not that of anchor {anchor['id']}")
            elif anchors_right:
                column = "issuer_id" if name == "issuer" else name
                yield Difference("batch", batch["id"], column, f"is not that of its anchor {anchor['id']}")
            else:
                yield Difference("anchor", anchor["id"], name, f"is not that of its batch {batch['id']}")


def _call_data(named: Sequence[Row]) -> bytes | None:
    try:
        refs = [BatchRef(0, Address(one["issuer"]), Root(Digest(one["root"])), one["tree_size"]) for one in named]
        return contract_calls.anchor(refs)
    except (RegistryError, EncodingError, TypeError, ValueError):
        return None


def _of_anchor(anchor: Row, submission: Row) -> Iterator[Difference]:
    for name in ("chain_id", "contract"):
        if anchor[name] != submission[name]:
            yield Difference("anchor", anchor["id"], name, f"is not that of its submission {submission['id']}")
    places = ("block_number", "block_hash", "anchored_at")
    seen = submission["state"] in _SEEN
    for name in places:
        if (anchor[name] is not None) != seen:
            yield Difference(
                "anchor", anchor["id"], name, f"does not go with a submission that is {submission['state']}"
            )
    if anchor["tx_hash"] is None:
        return
    for name in ("tx_hash", "block_number", "block_hash"):
        if anchor[name] != submission[name]:
            yield Difference("anchor", anchor["id"], name, f"is not that of its submission {submission['id']}")


def _of_batch(raw: RawStore, batch: Row) -> Iterator[Difference]:
    anchors = list(raw.rows("anchor", batch_id=batch["id"]))
    submission = next(raw.rows("submission", id=batch["submission_id"]), None) if batch["submission_id"] else None
    carried = submission is not None and batch["root"] is not None and batch["root"] in submission["call_data"]
    for anchor in anchors:
        if anchor["submission_id"] != batch["submission_id"]:
            kind, row = ("anchor", anchor) if carried else ("batch", batch)
            yield Difference(kind, row["id"], "submission_id", "is another for the batch than for its anchor")
    if batch["submission_id"] is not None and not anchors:
        yield Difference("batch", batch["id"], "submission_id", "names a submission, and it has no anchor there")
    wanted = _STATES.get(batch["state"])
    state = submission["state"] if submission else None
    if wanted is not None and state not in wanted:
        yield Difference(
            "batch", batch["id"], "state", f"is {batch['state']}, and its submission is {state or 'missing'}"
        )
    if wanted is None and state in _SEEN:
        yield Difference("batch", batch["id"], "state", f"is {batch['state']}, and its submission is {state}")
