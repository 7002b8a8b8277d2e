"""Whose link is mailed, and that nobody begins the same mail twice, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.deliveries import Addressee, Delivery, DeliveryState, Standing, standing_of
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential, StatusChange
from registry.store import delivery_rows

if TYPE_CHECKING:
    from registry.store.repository import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIVALS = 4


def credential(issuer_id: int, achievement_id: int | None, number: int) -> NewCredential:
    entry = f'{{"id":"{number}"}}'.encode()
    return NewCredential(
        issuer_id=issuer_id,
        achievement_id=achievement_id,
        uuid=f"uuid-{number}",
        row_key=leaf_hash(b"row" + entry),
        entry=entry,
        leaf_hash=leaf_hash(entry),
        recipient_token=f"token-{number}",
        status_index=number,
        recipient=f"mailto:s{number}@uni.example",
        issued_at=NOW,
    )


def filled(store: Store, number: int) -> list[NewCredential]:
    mine = store.add_issuer(IssuerRow("north", "did:web:north.example", Address(f"0x{1:040x}"), {}))
    store.put_achievement(AchievementRow(mine.id, "data", {}))
    made = [credential(mine.id, store.achievements(mine.id)[0].id, at) for at in range(number)]
    store.add_credentials(made, NOW, 1000)
    return made


def mail(state: DeliveryState = DeliveryState.SENDING, attempt: int = 1, number: int = 0) -> Delivery:
    return Delivery(f"uuid-{number}", attempt, f"<{attempt}@uni.example>", state, 250, "ok", NOW)


def kept(store: Store, number: int = 0) -> Delivery | None:
    (found,) = store.deliveries.addressees(uuid=f"uuid-{number}")
    return found.delivery


def test_a_mail_is_read_as_it_was_kept(store: Store) -> None:
    filled(store, 2)

    assert store.deliveries.record(None, mail())
    assert store.deliveries.record(mail(), mail(DeliveryState.SENT))

    assert (kept(store), kept(store, 1)) == (mail(DeliveryState.SENT), None)


def test_a_change_that_was_decided_from_something_else_is_not_kept(store: Store) -> None:
    filled(store, 1)
    assert store.deliveries.record(None, mail())

    assert not store.deliveries.record(None, mail(DeliveryState.REFUSED))
    assert not store.deliveries.record(mail(DeliveryState.SENT), mail(DeliveryState.REFUSED))
    assert not store.deliveries.record(mail(attempt=2), mail(DeliveryState.REFUSED))

    assert kept(store) == mail()


@pytest.mark.parametrize("before", [None, mail(DeliveryState.DEFERRED)], ids=["first", "again"])
def test_of_many_who_begin_the_same_mail_at_once_one_does(store: Store, before: Delivery | None) -> None:
    filled(store, 1)
    if before is not None:
        store.deliveries.record(None, before)
    start = Barrier(RIVALS)

    def begin(_: int) -> bool:
        start.wait()
        return store.deliveries.record(before, mail(attempt=2))

    with ThreadPoolExecutor(RIVALS) as rivals:
        begun = list(rivals.map(begin, range(RIVALS)))

    assert sorted(begun) == [False, False, False, True]


def test_erasing_removes_what_is_kept_of_a_mail_and_nothing_is_kept_after_it(store: Store) -> None:
    filled(store, 2)
    store.deliveries.record(None, mail())
    store.deliveries.record(None, mail(number=1))

    store.erase(["uuid-0"])

    assert not store.deliveries.record(mail(), mail(DeliveryState.SENT))
    assert not store.deliveries.record(None, mail())
    erased, other = store.deliveries.addressees()
    assert (erased.erased, erased.recipient, erased.delivery) == (True, "", None)
    assert (other.erased, other.delivery) == (False, mail(number=1))


def test_everybody_is_found_once_in_order_over_many_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_rows, "PAGE_ROWS", 3)
    filled(store, 7)

    assert [one.uuid for one in store.deliveries.addressees()] == [f"uuid-{at}" for at in range(7)]
    assert [one.uuid for one in store.deliveries.addressees(batch_id=1)] == [f"uuid-{at}" for at in range(7)]
    assert list(store.deliveries.addressees(batch_id=2)) == []


def test_status_and_replacement_are_told(store: Store) -> None:
    made = filled(store, 5)
    orders = [(0, "revoked"), (1, "suspended"), (2, "suspended"), (2, "reinstated"), (0, "suspended")]
    for number, kind in orders:
        change = StatusChange(made[number].issuer_id, made[number].leaf_hash, kind, 0, "", NOW)  # type: ignore[arg-type]
        store.record_status([change])
    store.add_reissue("uuid-3", credential(made[0].issuer_id, made[0].achievement_id, 9), NOW, 1000)

    found = {one.uuid: (one.revoked, one.suspended, one.replaced) for one in store.deliveries.addressees()}

    assert found == {
        "uuid-0": (True, True, False),
        "uuid-1": (False, True, False),
        "uuid-2": (False, False, False),
        "uuid-3": (False, False, True),
        "uuid-4": (False, False, False),
        "uuid-9": (False, False, False),
    }


# --- Whose turn it is

ADA = Addressee("uuid-0", "mailto:ada@uni.example", False, False, False, False, BatchState.FINAL, None)  # noqa: FBT003
STANDINGS = {
    Standing.DUE: ADA,
    Standing.ERASED: replace(ADA, erased=True, recipient=""),
    Standing.REVOKED: replace(ADA, revoked=True, recipient="did:key:z6Mk"),
    Standing.REPLACED: replace(ADA, replaced=True),
    Standing.NO_ADDRESS: replace(ADA, recipient="student:4711"),
    Standing.SUSPENDED: replace(ADA, suspended=True),
    Standing.NOT_FINAL: replace(ADA, batch_state=BatchState.ANCHORED),
    Standing.SENT_BEFORE: replace(ADA, delivery=mail(DeliveryState.SENT)),
    Standing.REFUSED_BEFORE: replace(ADA, delivery=mail(DeliveryState.REFUSED)),
    Standing.UNKNOWN_BEFORE: replace(ADA, delivery=mail(DeliveryState.UNKNOWN)),
    Standing.UNDER_WAY: replace(ADA, delivery=mail(DeliveryState.SENDING)),
}


@pytest.mark.parametrize("standing", Standing)
def test_each_reason_keeps_a_link_from_being_mailed(standing: Standing) -> None:
    assert standing_of(STANDINGS[standing], NOW, pending=False, again=frozenset()) is standing


def test_a_mail_that_was_put_off_is_due_again() -> None:
    deferred = replace(ADA, delivery=mail(DeliveryState.DEFERRED))

    assert standing_of(deferred, NOW, pending=False, again=frozenset()) is Standing.DUE


def test_a_mail_without_an_answer_is_unknown_once_nobody_can_be_at_it_any_more() -> None:
    late = NOW + timedelta(minutes=15)

    under_way = STANDINGS[Standing.UNDER_WAY]
    assert standing_of(under_way, late, pending=False, again=frozenset()) is Standing.UNKNOWN_BEFORE
    assert standing_of(under_way, late, pending=False, again={Standing.UNKNOWN_BEFORE}) is Standing.DUE
    assert standing_of(under_way, NOW, pending=False, again={Standing.UNKNOWN_BEFORE}) is Standing.UNDER_WAY


@pytest.mark.parametrize("recipient", ["did:key:z6Mk", "student:1", "ada@uni.example", "", "mailto:a@b\r\nBcc: x@y.z"])
def test_an_address_is_never_guessed(recipient: str) -> None:
    assert replace(ADA, recipient=recipient).address is None


def test_what_is_not_final_goes_only_if_that_is_asked_for() -> None:
    pending = STANDINGS[Standing.NOT_FINAL]

    assert standing_of(pending, NOW, pending=True, again=frozenset()) is Standing.DUE
