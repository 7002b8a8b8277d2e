"""`credanchor fsck` names every stored value that was changed behind its back."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from anchoring.fsck_submissions import submission_differences
from registry.services.fsck import differences
from registry.store.raw_rows import RawRows
from registry.store.snapshot import all_tables, consistent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registry.services.fsck_findings import Difference

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]

UNCHECKED = {
    # Names and words that nothing else speaks of.
    "issuer.slug", "issuer.profile", "signing_key.key_file", "status_event.note", "submission.label",
    "submission.note", "attempt.answer", "credential.recipient_token",
    "share_link.token", "share_link.label", "delivery.message_id", "delivery.answer",
    # Moments that nothing else dates.
    "signing_key.retired_since", "signing_key.stolen", "reissue.recorded_at", "signing_key.created_at",
    "batch.created_at", "batch.sealed_at", "status_event.recorded_at",
    "share_link.created_at", "share_link.revoked_at",
    "submission.created_at", "submission.updated_at", "attempt.signed_at", "attempt.sent_at", "state_proof.saved_at",
    "delivery.attempted_at",
    # Counters and leases, which any value suits.
    "submission.version", "submission.lease_owner", "submission.lease_until", "delivery.attempt", "delivery.code",
    # What the endpoint said of the receipt; only the chain knows (`fsck --chain` compares anchors).
    "submission.succeeded", "submission.gas_used", "submission.gas_price_wei", "anchor.anchored_at",
    "final_head.chain_id", "final_head.number", "final_head.block_hash",
    # Any reason below 256 is one.
    "status_event.reason",
}  # fmt: skip
"""Columns whose value follows from nothing else that is stored."""
MOST_NAMED = 5
"""In how many places damage to one value may show."""


ROWS = {"credential": "id = 1", "submission": "id = 4"}
"""Which row is damaged, where it is not the last with a value."""
ROSTER = """Badge Class ID,Identifier,First Name,Last Name,Issue Date
data-foundations,open@learners.example,Still,Open,2026-06-30
data-foundations,other@learners.example,Still,Open,2026-06-30
"""


@pytest.fixture(scope="module")
def full_home(issued_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a home with a row of every kind: a status change, an open batch, and an erased document, too."""
    folder = tmp_path_factory.mktemp("fsck")
    home = issued_home.copied(folder / "home")
    (folder / "roster.csv").write_text(ROSTER, "utf-8")
    home.do("issue", str(folder / "roster.csv"))
    with closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        # As `revoke` leaves it here; on the chain, which others share, the credential stays as it is.
        revoked = (
            "INSERT INTO status_event SELECT 1, issuer_id, leaf_hash, 'revoked', 2, '', 0 FROM credential WHERE id = 3"
        )
        database.execute(revoked)
        uuids = "SELECT old.uuid, new.uuid, 0 FROM credential old, credential new WHERE old.id = 2 AND new.id = 3"
        database.execute(f"INSERT INTO reissue {uuids}")
        database.execute("UPDATE share_link SET revoked_at = created_at")
        mail = "SELECT uuid, 1, '<1@uni.example>', 'sent', 250, 'ok', 0 FROM credential WHERE id = 3"
        database.execute(f"INSERT INTO delivery {mail}")
        database.execute("UPDATE credential SET entry = NULL WHERE id = 2")
        # As somebody's endorsement leaves it.
        [receipt] = json.loads(min((home.folder / "bundles").iterdir()).read_text("utf-8"))["receipts"]
        row = (bytes.fromhex(receipt["leafHash"][2:]), json.dumps(receipt))
        database.execute("INSERT INTO endorsement_receipt VALUES (?, ?)", row)
        database.commit()
    return home


@pytest.fixture
def database(full_home: Any, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give the database of a copy, to be damaged."""
    copy = sqlite3.connect(tmp_path / "credanchor.db", isolation_level=None)
    with closing(sqlite3.connect(full_home.folder / "credanchor.db")) as source:
        source.backup(copy)
    with closing(copy):
        yield copy


def found_in(database: sqlite3.Connection) -> list[Difference]:
    (_, _, path) = database.execute("PRAGMA database_list").fetchone()
    engine = create_engine(f"sqlite:///{path}")
    with consistent(engine) as connection:
        raw = RawRows(connection)
        found = [*differences(raw, lambda _: None), *submission_differences(raw)]
    engine.dispose()
    return found


def flipped(value: Any, bit: int = 1) -> Any:
    """Return a value with one bit turned over."""
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, str):
        return value[:-3] + chr(ord(value[-3]) ^ 1) + value[-2:]
    return value ^ bit


def columns() -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in all_tables()
        for column in table.columns
        if column.name not in {"id", "batch_id", "level", "position"}
        or (table.name, column.name) == ("credential", "batch_id")
    ]


def test_a_sound_home_has_no_difference(full_home: Any) -> None:
    outcome = full_home.run("fsck")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "Checked 5 credentials in 2 batches: nothing differs.\n"


@pytest.mark.parametrize("place", [one for one in columns() if one not in UNCHECKED])
def test_one_bit_turned_over_in_any_column_is_named(database: sqlite3.Connection, place: str) -> None:
    table, column = place.split(".")
    row = ROWS.get(table, f"{column} IS NOT NULL")
    query = f"SELECT rowid, {column} FROM {table} WHERE {row} ORDER BY rowid DESC"  # noqa: S608
    number, value = database.execute(query).fetchone()
    change = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
    database.execute(change, (flipped(value, bit=4096) if column == "nonce" else flipped(value), number))

    found = found_in(database)

    named = [one for one in found if column in one.column and (one.kind == table or f"{table} " in one.detail)]
    assert named, [one.sentence() for one in found]
    assert len(found) <= MOST_NAMED, [one.sentence() for one in found]


# --- Damage of other kinds


def test_a_document_that_was_altered_is_told_from_a_leaf_hash_that_was(database: sqlite3.Connection) -> None:
    database.execute("UPDATE credential SET entry = CAST(replace(entry, 'Data', 'Fata') AS BLOB) WHERE id = 1")
    database.execute("UPDATE credential SET leaf_hash = zeroblob(32) WHERE id = 3")

    found = {(one.name, one.column) for one in found_in(database) if one.kind == "credential"}

    names = dict(database.execute("SELECT id, 'urn:uuid:' || uuid FROM credential"))
    assert found == {(names[1], "entry"), (names[3], "leaf_hash")}


def test_a_lost_credential_is_named_by_its_leaf(database: sqlite3.Connection) -> None:
    (leaf,) = database.execute("SELECT leaf_hash FROM credential WHERE id = 1").fetchone()
    database.execute("DELETE FROM credential WHERE id = 1")

    [found] = found_in(database)

    assert found.sentence().startswith(f"Batch 1: credentials lack the one of leaf 0x{leaf.hex()} at index ")


def test_a_credential_moved_to_another_batch_is_named_with_both(database: sqlite3.Connection) -> None:
    database.execute("UPDATE credential SET batch_id = 2 WHERE id = 1")

    sentences = [one.sentence() for one in found_in(database)]

    assert any(one.endswith("batch_id is 2, and it was sealed in batch 1.") for one in sentences), sentences


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DELETE FROM tile", "Tile 1/0/0: is missing."),
        ("INSERT INTO tile VALUES (1, 0, 1, zeroblob(32))", "Tile 1/0/1: belongs to no tree of this size."),
        ("UPDATE tile SET data = substr(data, 1, 40)", "Tile 1/0/0: data is not what its documents lead to."),
        ("UPDATE credential SET leaf_hash = x'00' WHERE id = 2", "leaf_hash is not what was sealed"),
        ("UPDATE credential SET entry = x'7b' WHERE id = 4", "entry or leaf_hash do not belong together."),
        ("UPDATE batch SET tree_size = 9 WHERE id = 2", "Batch 2: tree_size is 9, and it has 2 credentials."),
        ("UPDATE batch SET state = 'open' WHERE id = 1", "Batch 1: state is open with a root, or closed without one."),
        ("DELETE FROM anchor", "Batch 1: submission_id names a submission, and it has no anchor there."),
        (
            "UPDATE share_link SET credential_uuid = 'x'",
            "Share link 1: credential_uuid points to a row that is not there.",
        ),
        ("DELETE FROM achievement", "Credential 1: achievement_id points to a row that is not there."),
        ("UPDATE achievement SET document = '{'", "Achievement 1: document is not JSON."),
        ("UPDATE issuer SET profile = '{'", "Issuer 1: profile is not JSON."),
        ("UPDATE attempt SET raw = x'02' WHERE id = 1", "Attempt 1: raw is not the transaction that its hash names."),
        ("UPDATE status_event SET reason = 256", "Status change 1: reason is 256, which fits no reason code."),
        ("UPDATE status_event SET issuer_id = 9", "Status change 1: issuer_id is not that of its credential."),
        ("UPDATE state_proof SET document = '{}'", "State proof 1: document does not hold: "),
    ],
)
def test_damage_is_told_in_a_sentence(database: sqlite3.Connection, change: str, sentence: str) -> None:
    database.execute(change)
    sentences = [one.sentence() for one in found_in(database)]
    assert any(sentence in one for one in sentences), sentences


# --- The command


@pytest.fixture
def damaged_home(full_home: Any, tmp_path: Path) -> Any:
    home = full_home.copied(tmp_path / "home")
    with closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        database.execute("UPDATE batch SET order_digest = zeroblob(32) WHERE id = 1")
        database.execute("UPDATE anchor SET anchored_at = anchored_at + 60, block_number = block_number WHERE id = 1")
        database.commit()
    return home


def test_what_differs_is_told_and_is_the_exit_code(damaged_home: Any) -> None:
    outcome = damaged_home.run("fsck")
    assert outcome.code == 1
    assert outcome.err == "Batch 1: order_digest is not SHA-256 of its leaves in order.\n"
    assert outcome.out == "Checked 5 credentials in 2 batches: 1 difference.\n"


def test_a_program_gets_one_object_a_difference(damaged_home: Any) -> None:
    outcome = damaged_home.run("fsck", "--json")
    assert outcome.code == 1
    assert [json.loads(line) for line in outcome.out.splitlines()] == [
        {
            "kind": "batch",
            "name": "1",
            "column": "order_digest",
            "detail": "Batch 1: order_digest is not SHA-256 of its leaves in order.",
        }
    ]


def test_the_chain_is_compared_only_when_asked(damaged_home: Any, full_home: Any) -> None:
    outcome = damaged_home.run("fsck", "--chain")
    assert outcome.code == 1
    assert "Anchor 1: anchored_at is not the contract's " in outcome.err
    assert full_home.run("fsck", "--chain").code == 0


def test_an_anchor_that_the_contract_does_not_hold_is_named(full_home: Any, tmp_path: Path) -> None:
    home = full_home.copied(tmp_path / "home")
    with closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        database.execute("UPDATE anchor SET tree_size = 4")
        database.commit()
    outcome = home.run("fsck", "--chain")
    assert "Anchor 1: is not in the contract: it was not anchored, or the chain went back." in outcome.err


def test_a_chain_that_does_not_answer_is_no_difference(full_home: Any, tmp_path: Path, devnet: Any) -> None:
    home = full_home.copied(tmp_path / "home")
    entry = home.network_toml.replace(devnet.rpc, "http://127.0.0.1:9")
    (home.folder / "networks.toml").write_text(entry, "utf-8")
    outcome = home.run("fsck", "--chain")
    assert (outcome.code, outcome.out) == (3, "")
    assert home.run("fsck").code == 0


def test_a_network_that_is_not_accepted_is_told(full_home: Any, tmp_path: Path) -> None:
    home = full_home.copied(tmp_path / "home")
    (home.folder / "networks.toml").unlink()
    (home.folder / "networks.toml").write_text('[local]\ncontract = "0x' + "11" * 20 + '"\n', "utf-8")
    assert "is in no network of networks.toml" in home.run("fsck", "--chain").err


def test_a_file_that_sqlite_finds_damaged_is_told(full_home: Any, tmp_path: Path) -> None:
    home = full_home.copied(tmp_path / "home")
    path = home.folder / "credanchor.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_credential_1'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[page * size - 20] ^= 1  # in the newest entry of the index of credential ids
    path.write_bytes(bytes(content))
    outcome = home.run("fsck")
    assert outcome.code == 1
    assert "The database its file: is damaged: " in outcome.err
