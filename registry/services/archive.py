"""The backup's archive: a ZIP file with a manifest, written in one go and read with suspicion.

Reading never unpacks by a name from the archive: the caller says which member goes where, the member's length is
bounded by the manifest while it is read, and its SHA-256 must be the manifest's.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from registry.core.backup_manifest import (
    DATABASE,
    MANIFEST,
    MAX_MEMBERS,
    MAX_SMALL_BYTES,
    Member,
    manifest_json,
    parse_manifest,
)
from registry.core.canonical import parse_json
from registry.core.digest import Digest
from registry.core.errors import BackupFormatError, InputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from registry.core.backup_manifest import Manifest

CHUNK_BYTES = 1024 * 1024
"""Read and written at once; all of a member that is ever in memory."""
MAX_RATIO = 200
"""Most that a member may be longer than it is packed: databases reach about ten, bombs a thousand."""
SMALL_DATABASE_BYTES = 16 * 1024 * 1024
"""Up to here any ratio is fine: an empty database is mostly zeros."""
_DATE = (1980, 1, 1, 0, 0, 0)  # the manifest says when; a ZIP's own times have no zone
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError, KeyError)


class BackupStorageError(UnavailableError):
    """The disk did not take or give what a backup or a restore needs; nothing was changed."""

    code = "backup-storage"


def member_of(name: str, content: bytes) -> Member:
    """Return the manifest's line for a small file."""
    return Member(name, len(content), Digest(hashlib.sha256(content).digest()))


def file_member(name: str, path: Path) -> Member:
    """Return the manifest's line for a file of any length."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return Member(name, path.stat().st_size, Digest(digest))


def write_archive(
    target: BinaryIO,
    manifest: Manifest,
    database: Path,
    small: Mapping[str, bytes],
    advance: Callable[[int], None],
) -> None:
    """Write manifest, database and small files into an open file; `advance` is told the database's bytes so far."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_info(MANIFEST), json.dumps(manifest_json(manifest), indent=1) + "\n")
        for name, content in small.items():
            archive.writestr(_info(name), content)
        with database.open("rb") as source, archive.open(_info(DATABASE), "w", force_zip64=True) as packed:
            written = 0
            while chunk := source.read(CHUNK_BYTES):
                packed.write(chunk)
                written += len(chunk)
                advance(written)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


class Archive:
    """A backup that is read: its manifest holds, and it has exactly the members that the manifest names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS + 1:
            raise BackupFormatError(f"It holds {len(infos):,} files, more than any backup.")
        self.manifest = parse_manifest(parse_json(self._bounded(MANIFEST, MAX_SMALL_BYTES)))
        wanted = sorted([MANIFEST, *(one.name for one in self.manifest.members)])
        if sorted(info.filename for info in infos) != wanted:
            raise BackupFormatError("It does not hold exactly the files that its manifest names.")

    def small(self, name: str) -> bytes:
        """Return a small member; BackupFormatError if it is not what the manifest says."""
        member = self._member(name)
        content = self._bounded(name, member.size_bytes)
        if member_of(name, content) != member:
            raise BackupFormatError(f"{name} is not what the manifest says: the backup was damaged.")
        return content

    def unpack_database(self, target: Path, advance: Callable[[int], None]) -> None:
        """Write the database to a new file.

        Raises:
            BackupFormatError: it is not what the manifest says, or packed as nothing honest is.
            BackupStorageError: the disk has no room for it.

        """
        member = self._member(DATABASE)
        self._require_ratio(member)
        if shutil.disk_usage(target.parent).free < member.size_bytes:
            raise BackupStorageError(
                f"{target.parent} has no room for the {member.size_bytes:,} bytes of the database; nothing was changed."
            )
        digest, written = hashlib.sha256(), 0
        with self._opened(DATABASE) as packed, target.open("xb") as file:
            while chunk := packed.read(min(CHUNK_BYTES, member.size_bytes + 1 - written)):
                written += len(chunk)
                digest.update(chunk)
                file.write(chunk)
                advance(written)
                if written > member.size_bytes:
                    break
        if (written, digest.digest()) != (member.size_bytes, member.digest):
            raise BackupFormatError(f"{DATABASE} is not what the manifest says: the backup was damaged.")

    def _member(self, name: str) -> Member:
        member = self.manifest.member(name)
        if member is None:
            raise BackupFormatError(f"The manifest does not name {name}.")
        return member

    def _require_ratio(self, member: Member) -> None:
        packed = self._archive.getinfo(member.name).compress_size
        if member.size_bytes > SMALL_DATABASE_BYTES + MAX_RATIO * packed:
            raise BackupFormatError(
                f"{member.name} would grow to {member.size_bytes:,} bytes; no backup packs so well."
            )

    def _bounded(self, name: str, most: int) -> bytes:
        with self._opened(name) as packed:
            content = packed.read(most + 1)
        if len(content) > most:
            raise BackupFormatError(f"{name} is longer than it may be.")
        return content

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        try:
            opened = self._archive.open(name)
        except (OSError, *_BROKEN) as error:  # an OSError names a place in the file that cannot be
            raise BackupFormatError(f"{name} cannot be read from the backup ({error}).") from error
        try:
            with opened as packed:
                yield packed  # type: ignore[misc]  # zipfile types it IO[bytes]
        except InputError:
            raise
        except _BROKEN as error:
            raise BackupFormatError(f"{name} cannot be read from the backup ({error}).") from error


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Give a backup to read.

    Raises:
        BackupFormatError: it is no backup, of a newer version, or does not hold what its manifest names.

    """
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise BackupFormatError(f"{path} cannot be read ({error.strerror or error}).") from error
    except _BROKEN as error:
        raise BackupFormatError(f"{path} is not a backup ({error}); choose the file that `backup` wrote.") from error
    with archive:
        try:
            yield Archive(archive)
        except InputError as error:
            raise BackupFormatError(f"{path}: {error} Nothing was changed.") from error
