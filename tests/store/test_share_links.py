"""Share links in the store: reused by name, few, turned off for good, gone quiet with an erased credential."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.core.errors import InputError, ShareLinksFullError, StateError, StoreConflictError
from registry.credentials.compact_jws import from_base64url
from registry.records import AchievementRow, IssuerRow, NewCredential
from registry.services.share_links import (
    MAX_LIVE,
    PLACE_BYTES,
    TOKEN_BYTES,
    new_token,
    new_tokens,
    recipient_link,
    share_label,
    share_link,
    share_link_for,
)
from registry.store.engine import _alembic_config, open_engine
from registry.store.repository import Store
from registry.store.session import writing

if TYPE_CHECKING:
    from registry.records import StoredCredential

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def stored(store: Store, *names: str) -> list[StoredCredential]:
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), {}))
    store.put_achievement(AchievementRow(issuer.id, "course", {}))
    achievement = store.achievements()[0].id
    made = []
    for number, name in enumerate(names):
        entry = f'{{"id":"urn:uuid:{name}"}}'.encode()
        leaf = leaf_hash(entry)
        made.append(NewCredential(issuer.id, achievement, name, leaf, entry, leaf, f"r-{name}", number, "x", NOW))
    store.add_credentials(made, NOW, 100)
    return [found for name in names if (found := store.credential(name))]


@pytest.fixture
def mine(store: Store) -> StoredCredential:
    [made] = stored(store, "mine")
    return made


def test_links_made_together_stand_side_by_side_and_keep_their_secrets() -> None:
    tokens, others = new_tokens(1000), new_tokens(1000)

    assert len({one[:4] for one in tokens}) == len({one[:4] for one in others}) == 1
    assert len({one[4:] for one in (*tokens, *others)}) == 2000
    assert {len(from_base64url(one)) for one in tokens} == {PLACE_BYTES + TOKEN_BYTES}
    # Each bit of the secrets is set in about half of them: 1000 goes of a coin, six deviations away.
    secret = [int.from_bytes(from_base64url(one)[PLACE_BYTES:], "big") for one in tokens]
    assert all(405 < sum(one >> bit & 1 for one in secret) < 595 for bit in range(8 * TOKEN_BYTES))


def test_a_link_made_alone_is_a_secret_throughout() -> None:
    assert len({new_token()[:4] for _ in range(100)}) > 90


def test_a_link_leads_to_its_credential_until_it_is_turned_off_and_is_called_nothing_then(
    store: Store, mine: StoredCredential
) -> None:
    token = share_link_for(store, mine, "Acme Ltd", NOW)
    [live] = store.live_share_links(mine.uuid)
    assert (live, live.label, live.created_at) == (store.share_link(token), "Acme Ltd", NOW)

    assert store.turn_off_share_link(mine.uuid, token, LATER)

    off = store.share_link(token)
    assert off == replace(live, label="", revoked_at=LATER)
    assert store.live_share_links(mine.uuid) == []
    assert not store.turn_off_share_link(mine.uuid, token, LATER)


def test_nobody_turns_off_the_link_of_another_credential(store: Store) -> None:
    mine, other = stored(store, "mine", "other")
    token = share_link_for(store, other, "", NOW)
    assert not store.turn_off_share_link(mine.uuid, token, NOW)
    assert store.share_link(token) in store.live_share_links(other.uuid)


def test_a_name_gives_the_same_link_while_it_is_live_and_no_name_a_new_one_each_time(
    store: Store, mine: StoredCredential
) -> None:
    first = share_link_for(store, mine, "PDF", NOW)
    assert share_link_for(store, mine, " PDF\n", LATER) == first
    assert len({share_link_for(store, mine, "", NOW) for _ in range(3)}) == 3
    store.turn_off_share_link(mine.uuid, first, LATER)
    assert share_link_for(store, mine, "PDF", LATER) != first


def test_two_at_once_asking_for_the_same_name_get_one_link(store: Store, mine: StoredCredential) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: share_link_for(store, mine, "LinkedIn", NOW), range(16)))
    assert len(found) == 1


def test_one_link_too_many_is_refused_even_if_many_ask_at_once(store: Store, mine: StoredCredential) -> None:
    def ask(_: int) -> str | None:
        try:
            return share_link_for(store, mine, "", NOW)
        except ShareLinksFullError:
            return None

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(MAX_LIVE + 5)))

    assert (found.count(None), len(store.live_share_links(mine.uuid))) == (5, MAX_LIVE)
    with pytest.raises(ShareLinksFullError, match="turn one off"):
        share_link_for(store, mine, "", NOW)
    store.turn_off_share_link(mine.uuid, str(next(filter(None, found))), NOW)
    assert share_link_for(store, mine, "", NOW)


def test_links_that_were_turned_off_count_too_so_that_nobody_fills_the_database(
    store: Store, mine: StoredCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.share_links.MAX_EVER", 3)
    for _ in range(3):
        store.turn_off_share_link(mine.uuid, share_link_for(store, mine, "", NOW), NOW)
    with pytest.raises(ShareLinksFullError, match="3 links were made"):
        share_link_for(store, mine, "", NOW)


def test_an_erased_credential_keeps_its_links_without_their_names_and_takes_no_more(
    store: Store, mine: StoredCredential
) -> None:
    token = share_link_for(store, mine, "Acme Ltd", NOW)
    store.erase([mine.uuid])
    kept = store.share_link(token)
    assert kept is not None
    assert (kept.label, kept.revoked_at) == ("", None)
    with pytest.raises(StateError, match="erased"):
        share_link_for(store, mine, "Acme Ltd", NOW)


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("", ""),
        ("  Acme \r\n\t Ltd ", "Acme Ltd"),
        ("a\x00b\x1b[0m", "ab[0m"),
        ("👩‍🎓 履歴書", "👩‍🎓 履歴書"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_label_is_one_line_of_what_can_be_seen(given: str, label: str) -> None:
    assert share_label(given) == label


def test_a_label_that_is_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="61 characters"):
        share_label("x" * 61)


def test_the_two_kinds_of_link_have_addresses_of_their_own(store: Store, mine: StoredCredential) -> None:
    assert store.credential_by_token(mine.recipient_token) == mine
    assert recipient_link("https://uni.example/cred", mine) == "https://uni.example/cred/r/r-mine"
    assert share_link("https://uni.example/cred", "abc") == "https://uni.example/cred/c/abc"


# --- Databases of before


def made_at_0004(url: str, rows: int) -> None:
    engine = create_engine(url)
    config = _alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.execute(text("INSERT INTO issuer VALUES (1, 'uni', 'did:web:uni.example', '0x1', '{}')"))
        connection.execute(
            text("INSERT INTO batch (id, issuer_id, state, tree_size, created_at) VALUES (1, 1, 'open', 0, 0)")
        )
        add = text(
            "INSERT INTO credential (id, uuid, issuer_id, batch_id, row_key, entry, leaf_hash, share_token, recipient, "
            "issued_at) VALUES (:id, :uuid, 1, 1, :key, :entry, :key, :token, 'x', 1700000000)"
        )
        connection.execute(add, [old_row(number) for number in range(1, rows + 1)])
    engine.dispose()


def old_row(number: int) -> dict[str, Any]:
    key = number.to_bytes(32, "big")
    entry = None if number == 1 else b"{}"
    return {"id": number, "uuid": f"u{number}", "key": key, "entry": entry, "token": f"old-{number}"}


def test_a_link_made_before_still_opens_its_credential_and_gives_nobody_the_recipients_page(
    database_url: str,
) -> None:
    made_at_0004(database_url, 7)
    engine = open_engine(database_url)
    store = Store(engine)

    for number in range(1, 8):
        link = store.share_link(f"old-{number}")
        assert link is not None
        assert (link.credential_uuid, link.revoked_at, link.label) == (f"u{number}", None, "")
        assert link.created_at == datetime.fromtimestamp(1700000000, UTC)
        assert store.credential_by_token(f"old-{number}") is None
    assert len({one.recipient_token for one in store.credentials()}) == 7
    with pytest.raises(StoreConflictError), writing(engine) as connection:
        connection.execute(text("UPDATE credential SET recipient_token = 'the same'"))
    engine.dispose()
