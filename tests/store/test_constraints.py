"""What the database itself forbids, and that every change of a submission is compare-and-swap; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from registry.core.account import Address
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import StoreConflictError
from registry.core.submission import Attempt, Fees, Mined, NewSubmission, Purpose, Standing, Submission, SubmissionState
from registry.records import AchievementRow, IssuerRow, NewCredential
from registry.services.seal import seal_open_batches
from registry.store.anchor_rows import ClaimLostError
from registry.store.session import reading, writing
from registry.store.submission_tables import ANCHOR, ATTEMPT, SUBMISSION
from registry.store.table_objects import BATCH, CREDENTIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table

    from registry.store.repository import Store
    from registry.store.submissions import SubmissionRows

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUER, SENDER, CONTRACT = (Address("0x" + digit * 40) for digit in "123")
STANDING = Standing(NOW, 90, Digest(b"\x0b" * 32))


@pytest.fixture
def signed(store: Store) -> Submission:
    """Give a submission that carries a sealed batch and has one attempt."""
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", ISSUER, {}))
    store.put_achievement(AchievementRow(issuer.id, "course", {}))
    entry = b'{"id":"urn:uuid:1"}'
    leaf = leaf_hash(entry)
    achievement = store.achievements()[0].id
    store.add_credentials([NewCredential(issuer.id, achievement, "1", leaf, entry, leaf, "1", 1, "x", NOW)], NOW, 9)
    seal_open_batches(store, NOW)
    rows = store.submissions
    what = NewSubmission(Purpose.ANCHOR, "anchor", 1, CONTRACT, SENDER, b"\x01", tuple(rows.unclaimed_batches()))
    planned = rows.plan(what, NOW)
    return rows.signed(planned, attempt_of(planned), NOW)


def attempt_of(submission: Submission, number: int = 1) -> Attempt:
    return Attempt(submission.id, 7, b"raw", Digest(bytes([number]) * 32), 80_000, Fees(10, 1), NOW)


def copy_row(store: Store, table: Table, **changes: object) -> None:
    """Write a table's first row again, under a new number and with some values changed."""
    with reading(store.engine) as connection:
        row: dict[str, Any] = dict(connection.execute(select(table)).mappings().first() or {})
    row.pop("id")
    with writing(store.engine) as connection:
        connection.execute(insert(table).values(row | changes))


@pytest.mark.parametrize(
    "table", [SUBMISSION, ANCHOR, ATTEMPT, CREDENTIAL], ids=["nonce", "anchor", "transaction", "credential"]
)
def test_the_database_refuses_the_same_row_twice(store: Store, signed: Submission, table: Table) -> None:
    assert signed.nonce == 7

    with pytest.raises(StoreConflictError):
        copy_row(store, table)


@pytest.mark.parametrize("column", ["chain_id", "sender", "nonce"])
def test_a_nonce_is_one_accounts_on_one_chain(store: Store, signed: Submission, column: str) -> None:
    other = {"chain_id": 2, "sender": "0x" + "9" * 40, "nonce": signed.nonce + 1 if signed.nonce else 0}

    copy_row(store, SUBMISSION, **{column: other[column]})

    assert len(store.submissions.submissions()) == 2


def test_any_number_of_submissions_have_no_nonce_yet(store: Store, signed: Submission) -> None:
    for _ in range(2):
        copy_row(store, SUBMISSION, nonce=None)

    assert len(store.submissions.submissions()) == 3
    assert signed.nonce == 7


@pytest.mark.parametrize("column", ["chain_id", "contract", "issuer", "root", "tree_size"])
def test_an_anchor_is_what_chain_contract_issuer_root_and_size_say(
    store: Store, signed: Submission, column: str
) -> None:
    other = {
        "chain_id": 2,
        "contract": "0x" + "9" * 40,
        "issuer": "0x" + "9" * 40,
        "root": b"\x09" * 32,
        "tree_size": 9,
    }

    copy_row(store, ANCHOR, **{column: other[column]})

    assert len(store.submissions.anchors(signed.what.batches[0].batch_id)) == 2


MINED = Mined(Digest(b"\x01" * 32), 90, STANDING.block_hash, succeeded=True, gas_used=5, gas_price_wei=7)
CHANGES: dict[str, Callable[[SubmissionRows, Submission], object]] = {
    "signed": lambda rows, read: rows.signed(read, attempt_of(read, 2), NOW),
    "sent": lambda rows, read: rows.sent(read, attempt_of(read).tx_hash, "taken", NOW),
    "mined": lambda rows, read: rows.mined(read, MINED, [STANDING], NOW),
    "adopted": lambda rows, read: rows.adopted(read, [STANDING], NOW),
    "finalized": lambda rows, read: rows.finalized(read, [STANDING], NOW, keep_nonce=True),
    "reorganised": lambda rows, read: rows.reorganised(read, "gone", NOW),
    "nonce_lost": lambda rows, read: rows.nonce_lost(read, "lost", NOW),
    "stopped": lambda rows, read: rows.stopped(read, SubmissionState.STUCK, "stuck", NOW),
    "released": lambda rows, read: rows.released(read, "refused", NOW),
}


def contents(store: Store) -> list[list[Any]]:
    with reading(store.engine) as connection:
        return [connection.execute(select(table)).all() for table in (SUBMISSION, ATTEMPT, ANCHOR, BATCH)]


@pytest.mark.parametrize("change", CHANGES)
def test_who_read_an_older_version_changes_nothing_at_all(store: Store, signed: Submission, change: str) -> None:
    store.submissions.claim(signed.id, "another worker", NOW, 30)
    before = contents(store)

    with pytest.raises(ClaimLostError):
        CHANGES[change](store.submissions, signed)

    assert contents(store) == before


@pytest.mark.parametrize("change", CHANGES)
def test_who_read_the_newest_version_raises_it(store: Store, signed: Submission, change: str) -> None:
    CHANGES[change](store.submissions, signed)

    assert store.submissions.submission(signed.id).version == signed.version + 1
    with pytest.raises(ClaimLostError):
        CHANGES[change](store.submissions, replace(signed))


@pytest.mark.parametrize(("column", "table"), [("issuer_id", "issuer"), ("achievement_id", "achievement")])
def test_an_import_cannot_name_what_is_not_there_and_keeps_nothing(store: Store, column: str, table: str) -> None:
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", ISSUER, {}))
    store.put_achievement(AchievementRow(issuer.id, "course", {}))
    leaves = [leaf_hash(name) for name in (b"1", b"2")]
    good, other = (
        NewCredential(issuer.id, store.achievements()[0].id, one.hex(), one, b"{}", one, one.hex(), at, "x", NOW)
        for at, one in enumerate(leaves)
    )
    with store.importing() as importing:
        with pytest.raises(StoreConflictError, match=f"The {table} in row 99 of the database is not there"):
            importing.add_credentials([good, replace(other, **{column: 99})], NOW, 9)
        assert list(store.credentials()) == []
        importing.add_credentials([good], NOW, 9)
    assert [one.uuid for one in store.credentials()] == [good.uuid]


def test_a_row_of_an_import_that_is_there_ends_its_transaction_and_the_next_goes_on(store: Store) -> None:
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", ISSUER, {}))
    store.put_achievement(AchievementRow(issuer.id, "course", {}))
    leaves = [leaf_hash(bytes([at])) for at in range(120)]
    made = [
        NewCredential(issuer.id, store.achievements()[0].id, one.hex(), one, b"{}", one, one.hex(), at, "x", NOW)
        for at, one in enumerate(leaves)
    ]
    with store.importing() as importing:
        importing.add_credentials(made[:1], NOW, 200)
        with pytest.raises(StoreConflictError, match="same row"):
            importing.add_credentials([*made[1:], made[0]], NOW, 200)  # in the last of three statements
        assert [one.uuid for one in store.credentials()] == [made[0].uuid]
        importing.add_credentials(made[1:], NOW, 200)
    assert len(list(store.credentials())) == 120
    assert [batch.tree_size for batch in store.batches()] == [120]


def test_after_an_import_the_database_looks_itself_again(store: Store) -> None:
    with store.importing():
        pass
    with pytest.raises(StoreConflictError), writing(store.engine) as connection:
        connection.execute(insert(BATCH).values(issuer_id=99, state="open", tree_size=0, created_at=0))
