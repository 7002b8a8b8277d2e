"""`credanchor backup`: everything that a home cannot make again, in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.output import json_line, progress_bar, say, warn
from registry.core.errors import StateError

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.backup_manifest import Manifest
    from registry.settings import Settings
    from registry.store.repository import Store

File = Annotated[Path, typer.Argument(help="File to write; its folder must exist.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it stands already.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def backup(file: File, *, force: Force = False, as_json: AsJson = False) -> None:
    """Write database, settings and encrypted keys into one file; everything else may go on meanwhile.

    The database is taken as it is at one moment. The passphrase of the keys is not in the file: keep it elsewhere.

    Example: credanchor backup credanchor-2026-11-22.zip
    """
    from registry.settings import load_settings, open_store  # noqa: PLC0415  keeps --help fast

    settings = load_settings()
    if file.exists() and not force:
        raise StateError(
            f"{file} stands already; choose another name, or replace it with --force. Nothing was written."
        )
    store = open_store(settings)
    try:
        manifest, left_out = _write(settings, store, file)
    finally:
        store.engine.dispose()
    for name in left_out:
        warn(f"Left out: {name} is no encrypted key file of this home's own making.")
    if as_json:
        json_line(_line(file, manifest, left_out))
    else:
        _say_done(file, manifest)


def _write(settings: Settings, store: Store, file: Path) -> tuple[Manifest, list[str]]:
    """Write the archive; return its manifest, and the names of files in the folder of keys that are not in it."""
    from registry.cli.scratch import finish, scratch_folder  # noqa: PLC0415  keeps --help fast
    from registry.services.archive import write_archive  # noqa: PLC0415

    with scratch_folder(file) as scratch:
        database = scratch / "snapshot.db"
        rows, taken_at = _snapshot(store, database)
        # Keys are read after the snapshot: a key's file is made before its row, so none is missing here.
        small, left_out = _small_files(settings)
        manifest = _manifest(store.engine.dialect.name, rows, taken_at, database, small)
        unfinished = scratch / "backup.zip"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target, progress_bar(database.stat().st_size, "Packing") as advance:
            write_archive(target, manifest, database, small, advance)
            target.flush()
            os.fsync(target.fileno())
        # A crash here leaves a hidden folder beside the file, and no file: nobody takes half a backup for a whole one.
        finish(unfinished, file)
    return manifest, left_out


def _snapshot(store: Store, database: Path) -> tuple[dict[str, int], datetime]:
    """Write the database as one file; return its numbers of rows and when that was."""
    from registry.store.snapshot import consistent, row_counts, take_snapshot  # noqa: PLC0415  keeps --help fast
    from registry.system import SystemClock  # noqa: PLC0415

    with consistent(store.engine) as connection:
        rows = row_counts(connection)
        taken_at = SystemClock().now()
        with progress_bar(sum(rows.values()), "Copying rows") as advance:
            take_snapshot(connection, database, advance)
    return rows, taken_at


def _manifest(
    source: str, rows: dict[str, int], taken_at: datetime, database: Path, small: dict[str, bytes]
) -> Manifest:
    from importlib.metadata import version  # noqa: PLC0415  keeps --help fast

    from registry.core.backup_manifest import DATABASE, Manifest  # noqa: PLC0415
    from registry.services.archive import file_member, member_of  # noqa: PLC0415
    from registry.store.engine import HEAD  # noqa: PLC0415

    return Manifest(
        software=version("credanchor"),
        schema=HEAD,
        source=source,
        created_at=taken_at,
        rows=rows,
        members=(file_member(DATABASE, database), *(member_of(name, content) for name, content in small.items())),
    )


def _small_files(settings: Settings) -> tuple[dict[str, bytes], list[str]]:
    """Return settings and encrypted keys by their place in the home, and the names of what is left out."""
    from registry.core.backup_manifest import HOME, KEYS, MAX_SMALL_BYTES, SETTINGS, is_member  # noqa: PLC0415
    from registry.identity.key_files import is_encrypted_key  # noqa: PLC0415

    small = {
        name: (settings.home / name).read_bytes() for name in (HOME, *SETTINGS) if (settings.home / name).is_file()
    }
    left_out = []
    for path in sorted(one for one in settings.keys().rglob("*") if one.is_file()):
        name = KEYS + path.relative_to(settings.keys()).as_posix()
        fits = is_member(name) and path.stat().st_size <= MAX_SMALL_BYTES
        content = path.read_bytes() if fits else b""
        if is_encrypted_key(content):
            small[name] = content
        else:
            left_out.append(name)
    return small, left_out


def _say_done(file: Path, manifest: Manifest) -> None:
    rows, keys = manifest.rows, sum(one.name.startswith("keys/") for one in manifest.members)
    say(
        f"Wrote {file}: {rows['credential']:,} credentials in {rows['batch']:,} batches, {rows['submission']:,} "
        f"submissions, {keys:,} encrypted key files, as of {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    say("The passphrase of the keys is not in it: keep it elsewhere. Without it the keys in the backup cannot be used.")
    say(f"Try it out: credanchor restore {file} --home FOLDER")


def _line(file: Path, manifest: Manifest, left_out: list[str]) -> dict[str, Any]:
    from registry.core.backup_manifest import manifest_json  # noqa: PLC0415  keeps --help fast

    return {"file": str(file), "bytes": file.stat().st_size, **manifest_json(manifest), "leftOut": left_out}
