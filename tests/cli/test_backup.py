"""Backup and restore by the real commands: a whole home or nothing, in both directions between two databases."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import stat
import sys
import threading
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from registry.records import AchievementRow, IssuerRow
from registry.services.share_links import share_link_for
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.snapshot import all_tables, consistent, row_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
databases = sys.modules["tests_databases"]
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    engine = create_engine(url)
    with consistent(engine) as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))]
            for table in all_tables()
        }
    engine.dispose()
    return found


def sqlite_url(home: Any) -> str:
    return f"sqlite:///{home.folder / 'credanchor.db'}"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("credanchor.db") and "bundles" not in path.parts
    }


@pytest.fixture(scope="module")
def made(issued_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a backup of a home with three final credentials. Do not write to it: copy it."""
    path: Path = tmp_path_factory.mktemp("backup") / "backup.zip"
    issued_home.do("backup", str(path))
    return path


def rewritten(made: Path, target: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """Return a backup with other content; the manifest's digests are made to fit again."""
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    for line in manifest["members"]:
        if line["name"] in members and line.pop("keep", None) is None:
            content = members[line["name"]]
            line.update(bytes=len(content), sha256="0x" + hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in members.items():
            archive.writestr(name, content)
    return target


# --- There and back


def test_a_restored_home_is_the_same_home(issued_home: Any, made: Path, tmp_path: Path) -> None:
    told = issued_home.do("restore", str(made), "--home", str(tmp_path / "new"))

    new = homes.Home(tmp_path / "new", issued_home.network_toml)
    assert contents(sqlite_url(new)) == contents(sqlite_url(issued_home))
    assert files_of(new.folder) == files_of(issued_home.folder)
    assert "Checked 3 credentials in 1 batches: nothing differs." in told
    assert stat.S_IMODE(new.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (new.folder / "keys").rglob("*.*")} == {0o600}
    new.do("export", "--all", "--out", str(tmp_path / "out"))
    assert new.run("verify", *map(str, (tmp_path / "out").iterdir())).code == 0


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(made.parent.iterdir()) == [made]


def test_the_manifest_counts_and_hashes_everything(made: Path, issued_home: Any) -> None:
    with zipfile.ZipFile(made) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for line in manifest["members"]:
            content = archive.read(line["name"])
            assert (line["bytes"], line["sha256"]) == (len(content), "0x" + hashlib.sha256(content).hexdigest())
        names = {line["name"] for line in manifest["members"]}
    assert names == {"credanchor.db", *files_of(issued_home.folder)}
    assert (manifest["rows"]["credential"], manifest["rows"]["state_proof"]) == (3, 1)


def test_it_is_said_that_the_passphrase_is_not_in_it(issued_home: Any, tmp_path: Path) -> None:
    told = issued_home.do("backup", str(tmp_path / "backup.zip"))
    assert "3 credentials in 1 batches" in told
    assert "The passphrase of the keys is not in it" in told
    assert homes.PASSPHRASE.encode() not in (tmp_path / "backup.zip").read_bytes()


def test_a_program_gets_the_manifest(issued_home: Any, tmp_path: Path) -> None:
    value = json.loads(issued_home.do("backup", str(tmp_path / "backup.zip"), "--json"))
    assert (value["rows"]["credential"], value["leftOut"]) == (3, [])
    assert value["bytes"] == (tmp_path / "backup.zip").stat().st_size
    new = tmp_path / "new"
    lines = issued_home.do("restore", str(tmp_path / "backup.zip"), "--home", str(new), "--json").splitlines()
    assert [json.loads(line)["home"] for line in lines] == [str(new)]


def test_a_file_that_stands_is_replaced_only_with_force(issued_home: Any, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(b"precious")
    outcome = issued_home.run("backup", str(path))
    assert (outcome.code, path.read_bytes()) == (2, b"precious")
    issued_home.do("backup", str(path), "--force")
    assert zipfile.is_zipfile(path)


def test_a_disk_that_takes_nothing_leaves_nothing(issued_home: Any, tmp_path: Path, monkeypatch: Any) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("registry.services.archive.zipfile.ZipFile.writestr", full)
    outcome = issued_home.run("backup", str(tmp_path / "backup.zip"))
    assert outcome.code == 3
    assert "No space left on device" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_not_encrypted_stays_out_and_is_named(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    (home.folder / "keys" / "plain.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    (home.folder / "keys" / "bare.json").write_text('{"privatekey": "0x00", "crypto": {}}')
    (home.folder / "keys" / "two.pem").write_bytes(
        (home.folder / "keys" / "signing.pem").read_bytes() + b"-----BEGIN PRIVATE KEY-----\n"
    )
    outcome = home.run("backup", str(tmp_path / "backup.zip"))
    assert outcome.code == 0
    for name in ("keys/plain.pem", "keys/bare.json", "keys/two.pem"):
        assert f"Left out: {name}" in outcome.err
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert b"BEGIN PRIVATE" not in b"".join(archive.read(name) for name in archive.namelist())


# --- Both databases


@pytest.fixture
def postgres_home(issued_home: Any, made: Path, tmp_path: Path, postgres_url: str) -> tuple[Any, str]:
    """Give a home whose rows lie in PostgreSQL, restored from the SQLite one."""
    url = databases.new_database(postgres_url)
    issued_home.do("restore", str(made), "--home", str(tmp_path / "pg"), CREDANCHOR_DATABASE_URL=url)
    return homes.Home(tmp_path / "pg", issued_home.network_toml), url


def test_sqlite_goes_to_postgresql_and_back(issued_home: Any, postgres_home: Any, tmp_path: Path) -> None:
    home, url = postgres_home
    assert contents(url) == contents(sqlite_url(issued_home))
    assert not (home.folder / "credanchor.db").exists()

    home.do("backup", str(tmp_path / "again.zip"), CREDANCHOR_DATABASE_URL=url)
    home.do("restore", str(tmp_path / "again.zip"), "--home", str(tmp_path / "back"))

    assert contents(f"sqlite:///{tmp_path / 'back' / 'credanchor.db'}") == contents(url)


def test_a_database_restored_into_postgresql_numbers_its_next_rows_on(postgres_home: Any) -> None:
    _, url = postgres_home
    store, added_at = Store(open_engine(url)), datetime(2026, 11, 22, tzinfo=UTC)
    first = store.issuers()[0]
    added = store.add_issuer(IssuerRow("next", "did:web:next.example", type(first.account)("0x" + "99" * 20), {}))
    store.put_achievement(AchievementRow(added.id, "x", {"id": "urn:x", "name": "X"}))
    assert added.id == first.id + 1
    shared = list(store.credentials())[-1]
    assert share_link_for(store, shared, "another", added_at) != share_link_for(store, shared, "Acme Ltd", added_at)
    store.engine.dispose()


def test_a_database_with_rows_is_not_restored_into(postgres_home: Any, made: Path, tmp_path: Path) -> None:
    home, url = postgres_home
    before = contents(url)
    outcome = home.run("restore", str(made), "--home", str(tmp_path / "other"), CREDANCHOR_DATABASE_URL=url)
    assert outcome.code == 2
    assert "name an empty one" in outcome.err
    assert contents(url) == before
    assert not (tmp_path / "other").exists()


def test_damage_in_postgresql_is_found(postgres_home: Any) -> None:
    home, url = postgres_home
    assert home.run("fsck", CREDANCHOR_DATABASE_URL=url).code == 0
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tile SET data = set_byte(data, 40, get_byte(data, 40) # 1)")
    engine.dispose()
    outcome = home.run("fsck", CREDANCHOR_DATABASE_URL=url)
    assert (outcome.code, outcome.err) == (1, "Tile 1/0/0: data is not what its documents lead to.\n")


# --- While others write


@pytest.fixture
def busy(database_url: str) -> Iterator[Store]:
    engine = open_engine(database_url)
    yield Store(engine)
    engine.dispose()


def test_a_snapshot_is_of_one_moment_whatever_is_written_meanwhile(busy: Store, tmp_path: Path) -> None:
    from registry.store.snapshot import take_snapshot  # noqa: PLC0415

    with consistent(busy.engine) as connection:
        assert row_counts(connection)["achievement"] == 0
        issuer = busy.add_issuer(IssuerRow("late", "did:web:late.example", _address(), {}))
        busy.put_achievement(AchievementRow(issuer.id, "late", {"id": "urn:late", "name": "Late"}))
        take_snapshot(connection, tmp_path / "copy.db", lambda _: None)

    rows = contents(f"sqlite:///{tmp_path / 'copy.db'}")
    assert (rows["issuer"], rows["achievement"]) == ([], [])
    assert len(busy.achievements()) == 1


def _address() -> Any:
    from registry.core.account import Address  # noqa: PLC0415

    return Address("0x" + "42" * 20)


def test_backups_taken_while_credentials_are_issued_are_sound(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    store = Store(open_engine(sqlite_url(home)))
    issuer = store.issuers()[0]
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            store.put_achievement(AchievementRow(issuer.id, f"more-{number}", {"id": f"urn:{number}", "name": "More"}))
            number += 1
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        begun.wait(30)
        home.do("backup", str(tmp_path / "backup.zip"))
    finally:
        stop.set()
        writer.join()
        store.engine.dispose()
    home.do("restore", str(tmp_path / "backup.zip"), "--home", str(tmp_path / "new"))
    names = [row[2] for row in contents(f"sqlite:///{tmp_path / 'new' / 'credanchor.db'}")["achievement"]]
    assert names[1:] == [f"more-{number}" for number in range(len(names) - 1)]
    assert names[1:]


# --- Refused, and nothing changed


def refused(home: Any, file: Path, folder: Path, words: str) -> None:
    outcome = home.run("restore", str(file), "--home", str(folder / "new"))
    assert outcome.code == 2, outcome
    assert words in outcome.err, outcome.err
    assert not (folder / "new").exists()
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_every_bit_of_a_backup_counts(issued_home: Any, made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    path = tmp_path / "damaged.zip"
    for at in range(0, len(whole), len(whole) // 24):
        content = bytearray(whole)
        content[at] ^= 1
        path.write_bytes(bytes(content))
        outcome = issued_home.run("restore", str(path), "--home", str(tmp_path / f"new-{at}"))
        if outcome.code == 0:  # a bit that means nothing, as a time in the ZIP's own directory
            assert contents(f"sqlite:///{tmp_path / f'new-{at}' / 'credanchor.db'}") == contents(
                sqlite_url(issued_home)
            )
        else:
            assert outcome.code == 2, outcome
            assert not (tmp_path / f"new-{at}").exists()


@pytest.mark.parametrize("length", [0, 1, 1000, -1, -30])
def test_half_a_backup_is_none(issued_home: Any, made: Path, tmp_path: Path, length: int) -> None:
    (tmp_path / "half.zip").write_bytes(made.read_bytes()[:length])
    refused(issued_home, tmp_path / "half.zip", tmp_path, "is not a backup")


def lines_named(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    return next(line for line in manifest["members"] if line["name"] == name)


def added(name: str, content: bytes = b"x") -> Callable[..., None]:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        members[name] = content
        manifest["members"].append({"name": name, "bytes": 0, "sha256": "0x" + "00" * 32})

    return change


def database_with(*statements: str) -> Callable[..., None]:
    def change(members: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(members["credanchor.db"])
            for statement in statements:
                database.execute(statement)
            database.commit()
            members["credanchor.db"] = database.serialize()

    return change


HOSTILE: dict[str, tuple[Callable[..., Any], str]] = {
    "path-upwards": (added("../evil.json"), "which no backup holds"),
    "path-upwards-in-keys": (added("keys/../../evil.json"), "which no backup holds"),
    "path-from-the-root": (added("/tmp/evil.json"), "which no backup holds"),  # noqa: S108
    "path-with-backslash": (added("keys\\..\\evil.json"), "which no backup holds"),
    "another-file": (added("devnet/network.toml"), "which no backup holds"),
    "hidden-key": (added("keys/.hidden"), "which no backup holds"),
    "plain-key": (added("keys/plain.pem", b"-----BEGIN PRIVATE KEY-----"), "not an encrypted key file"),
    "long-settings": (added("networks.toml", b"#" * 2_000_000), "more than any such file"),
    "unnamed-member": (lambda members, _: members.update(extra=b"x"), "exactly the files"),
    "missing-member": (lambda members, _: members.pop("keys/admin.json"), "exactly the files"),
    "missing-home": (
        lambda members, manifest: (
            members.pop("home.json"),
            manifest["members"].remove(lines_named(manifest, "home.json")),
        ),
        "does not name home.json",
    ),
    "twice": (
        lambda _, manifest: manifest["members"].append(dict(lines_named(manifest, "home.json"))),
        "names a file twice",
    ),
    "newer-format": (lambda _, manifest: manifest.update(version=2), "newer version of Credanchor"),
    "no-manifest": (lambda _, manifest: manifest.clear() or manifest.update(members=[]), "not that of a backup"),
    "other-digest": (
        lambda _, manifest: lines_named(manifest, "home.json").update(keep=True, sha256="0x" + "00" * 32),
        "home.json is not what the manifest says",
    ),
    "other-rows": (lambda _, manifest: manifest["rows"].update(credential=4), "other rows than its manifest says"),
    "newer-home": (lambda members, _: members.update({"home.json": b'{"version": 99}'}), "newer version of Credanchor"),
    "broken-home": (lambda members, _: members.update({"home.json": b"{"}), "settings cannot be read"),
    "broken-networks": (lambda members, _: members.update({"networks.toml": b"["}), "settings cannot be read"),
    "no-database": (lambda members, _: members.update({"credanchor.db": b"no database"}), "cannot be read"),
    "trigger": (
        database_with("CREATE TRIGGER evil AFTER INSERT ON issuer BEGIN SELECT 1; END"),
        "more than the tables of a home",
    ),
    "view": (database_with("CREATE VIEW evil AS SELECT 1"), "more than the tables of a home"),
    "other-table": (database_with("CREATE TABLE evil (id INTEGER)"), "more than the tables of a home"),
    "newer-schema": (
        database_with("UPDATE alembic_version SET version_num = '9999'"),
        "newer version of Credanchor",
    ),
    "dangling-row": (
        database_with("PRAGMA foreign_keys = OFF", "UPDATE credential SET batch_id = 99 WHERE id = 1"),
        "contradicts itself",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_backup_changes_nothing(issued_home: Any, made: Path, tmp_path: Path, name: str) -> None:
    change, words = HOSTILE[name]
    refused(issued_home, rewritten(made, tmp_path / "hostile.zip", change), tmp_path, words)


def test_a_bomb_is_not_unpacked(issued_home: Any, made: Path, tmp_path: Path) -> None:
    def grow(members: dict[str, bytes], _: object) -> None:
        members["credanchor.db"] = members["credanchor.db"] + bytes(40 * 1024 * 1024)

    bomb = rewritten(made, tmp_path / "bomb.zip", grow)
    refused(issued_home, bomb, tmp_path, "no backup packs so well")


def test_a_member_longer_than_the_manifest_says_is_not_read_to_its_end(
    issued_home: Any, made: Path, tmp_path: Path
) -> None:
    def lie(_: object, manifest: dict[str, Any]) -> None:
        lines_named(manifest, "credanchor.db").update(keep=True, bytes=1000)

    long = rewritten(made, tmp_path / "long.zip", lie)
    refused(issued_home, long, tmp_path, "credanchor.db is not what the manifest says")


def test_a_home_that_stands_is_not_restored_into(issued_home: Any, made: Path, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    before = files_of(home.folder)
    outcome = home.run("restore", str(made))
    assert outcome.code == 2
    assert "is not empty" in outcome.err
    assert files_of(home.folder) == before


def test_an_empty_folder_is_restored_into(issued_home: Any, made: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    issued_home.do("restore", str(made), "--home", str(tmp_path / "new"))
    assert (tmp_path / "new" / "home.json").is_file()


def test_damage_that_was_backed_up_is_restored_and_named(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    with contextlib.closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        database.execute("UPDATE batch SET order_digest = zeroblob(32)")
        database.commit()
    home.do("backup", str(tmp_path / "backup.zip"))
    outcome = home.run("restore", str(tmp_path / "backup.zip"), "--home", str(tmp_path / "new"))
    assert (outcome.code, outcome.err) == (1, "Batch 1: order_digest is not SHA-256 of its leaves in order.\n")


def test_a_database_that_contradicts_itself_is_not_backed_up(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    with contextlib.closing(sqlite3.connect(home.folder / "credanchor.db")) as database:
        database.execute("UPDATE credential SET batch_id = 99 WHERE id = 1")
        database.commit()
    outcome = home.run("backup", str(tmp_path / "backup.zip"))
    assert outcome.code == 2
    assert "credanchor fsck" in outcome.err
    assert not (tmp_path / "backup.zip").exists()


def test_a_backup_of_an_older_version_is_brought_up_to_date(issued_home: Any, made: Path, tmp_path: Path) -> None:
    def older(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        database_with(
            "DROP TABLE delivery",
            "DROP TABLE pathway",
            "DROP TABLE component_receipt",
            "DROP TABLE reissue",
            "DROP TABLE endorsement_receipt",
            "DROP TABLE share_link",
            "ALTER TABLE credential RENAME COLUMN recipient_token TO share_token",
            "DROP INDEX ix_credential_batch_id",
            "DROP INDEX ix_credential_achievement_id",
            "DROP INDEX ix_credential_recipient",
            "ALTER TABLE credential ADD COLUMN leaf_index INTEGER",
            "CREATE INDEX ix_credential_batch_leaf ON credential (batch_id, leaf_index)",
            "ALTER TABLE signing_key DROP COLUMN retired_since",
            "ALTER TABLE signing_key DROP COLUMN stolen",
            "UPDATE alembic_version SET version_num = '0003'",
        )(members, manifest)
        for table in ("reissue", "share_link", "delivery", "endorsement_receipt", "pathway", "component_receipt"):
            del manifest["rows"][table]
        manifest["schemaRevision"] = "0003"

    issued_home.do("restore", str(rewritten(made, tmp_path / "old.zip", older)), "--home", str(tmp_path / "new"))
    rows = contents(f"sqlite:///{tmp_path / 'new' / 'credanchor.db'}")
    assert (len(rows["credential"]), rows["reissue"], len(rows["share_link"])) == (3, [], 3)
