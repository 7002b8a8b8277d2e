"""Restoring a home from a backup: all is checked in a folder beside it, then the folder becomes the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.cli.output import progress_bar
from registry.cli.scratch import finish, scratch_folder, write_private
from registry.core.backup_manifest import DATABASE
from registry.core.errors import BackupFormatError, InputError, StateError
from registry.identity.key_files import is_encrypted_key
from registry.services.archive import opened_archive
from registry.settings import DATABASE_FILE, load_settings, named_database
from registry.store.engine import open_engine
from registry.store.snapshot import holds_rows, load_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from registry.core.backup_manifest import Manifest
    from registry.services.archive import Archive


def restore_home(file: Path, home: Path) -> Manifest:
    """Make a home from a backup, and fill the database that CREDANCHOR_DATABASE_URL names, or else the home's own.

    1 home and database are empty   2 manifest, names, lengths, digests   3 keys are encrypted, settings readable
    4 the database is plain and sound, and is copied in one transaction   5 the folder takes the home's name

    Raises:
        BackupFormatError: the file is no backup, or was damaged, or holds what no backup holds.
        StateError: the home or the database is not empty.
        HomeVersionError: a newer version of Credanchor wrote the backup.
        BackupStorageError: the disk did not take it.

    """
    _require_empty(home)
    with scratch_folder(home) as scratch, opened_archive(file) as archive:
        new = scratch / "home"
        _write_small_files(archive, new)
        _require_settings(new)
        snapshot = scratch / "snapshot.db"
        with progress_bar(_database_bytes(archive), "Unpacking") as advance:
            archive.unpack_database(snapshot, advance)
        _fill_database(archive.manifest, snapshot, named_database() or f"sqlite:///{new / DATABASE_FILE}")
        # A crash here leaves a hidden folder beside the home and no home. If the database is a named one, it is filled
        # by now: empty it before restoring again.
        finish(new, home)
        return archive.manifest


def _require_empty(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise StateError(f"{home} is not empty; restore into a new folder with --home FOLDER. Nothing was changed.")
    named = named_database()
    if named and holds_rows(named):
        raise StateError(
            "The database that CREDANCHOR_DATABASE_URL names holds a home already; name an empty one. "
            "Nothing was changed."
        )


def _write_small_files(archive: Archive, home: Path) -> None:
    home.mkdir(mode=0o700)
    for member in archive.manifest.members:
        if member.name == DATABASE:
            continue
        content = archive.small(member.name)
        if member.name.startswith("keys/") and not is_encrypted_key(content):
            raise BackupFormatError(f"{member.name} is not an encrypted key file; no backup holds such a file.")
        # The manifest admits only names below the home: letters, digits and dots that do not come first.
        path = home / member.name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, content)


def _require_settings(home: Path) -> None:
    try:
        load_settings(home)
    except InputError as error:
        raise BackupFormatError(f"Its settings cannot be read ({error})") from error


def _database_bytes(archive: Archive) -> int:
    return sum(member.size_bytes for member in archive.manifest.members if member.name == DATABASE)


def _fill_database(manifest: Manifest, snapshot: Path, url: str) -> None:
    engine = open_engine(url)
    try:
        with progress_bar(sum(manifest.rows.values()), "Restoring rows") as advance:
            load_snapshot(snapshot, engine, manifest.rows, advance)
    finally:
        engine.dispose()
