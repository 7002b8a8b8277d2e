"""While an import runs, SQLite's log grows with the store: a short one is emptied as the import goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from registry.core.account import Address
from registry.core.digest import leaf_hash
from registry.records import AchievementRow, IssuerRow, NewCredential
from registry.store import session
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENTRY = bytes(14_000)
"""Two of these fill a page: 1,200 take more pages than the shortest log has, and fewer than there are rows."""


def log_limit(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one())


@pytest.mark.parametrize(("rows_a_page", "is_emptied"), [(10**9, True), (1, False)])
def test_a_log_is_emptied_during_an_import_unless_the_store_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_a_page: int, *, is_emptied: bool
) -> None:
    monkeypatch.setattr(session, "ROWS_A_LOG_PAGE", rows_a_page)
    database = tmp_path / "import.db"
    store = Store(open_engine(f"sqlite:///{database}"))
    issuer = store.add_issuer(IssuerRow("uni", "did:web:uni.example", Address("0x" + "1" * 40), {}))
    store.put_achievement(AchievementRow(issuer.id, "course", {}))
    before = database.stat().st_size
    with store.importing() as importing:
        for part in range(4):
            leaves = [leaf_hash(b"%d %d" % (part, at)) for at in range(600)]
            importing.add_credentials(
                [
                    NewCredential(issuer.id, 1, one.hex(), one, ENTRY, one, one.hex(), part * 600 + at, "x", NOW)
                    for at, one in enumerate(leaves)
                ],
                NOW,
                10_000,
            )
        assert (database.stat().st_size > before + 1000 * len(ENTRY)) is is_emptied
    assert log_limit(store) == session.LOG_PAGES
    store.engine.dispose()
    assert database.stat().st_size > before + 2000 * len(ENTRY)
