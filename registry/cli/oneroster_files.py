"""A OneRoster export on this machine: a folder or a .zip archive, of which only files of known names are read.

Nothing is ever unpacked: members are read as a stream, found by their exact name at the archive's top level, and no
further than `MAX_MEMBER_BYTES`, whatever the archive says of their size. A path inside an archive leads nowhere.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.errors import RosterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_BYTES = 64 * 1024
MAX_MEMBER_BYTES = 2 * 1024**3
"""Most bytes of one table, unpacked; a million users are a fifth of it."""
MAX_MEMBERS = 1000
"""Most members of an archive."""


def is_oneroster(path: Path) -> bool:
    """Return whether a path is that of a folder or an archive."""
    return path.is_dir() or path.suffix.lower() == ".zip"


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The files of a folder."""

    folder: Path
    """Where they are."""

    @property
    def place(self) -> str:
        """Return where they are, for messages."""
        return str(self.folder)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file; RosterError if it cannot be read or is too long."""
        try:
            with (self.folder / name).open("rb") as file:
                yield from _bounded(iter(lambda: file.read(READ_BYTES), b""), f"{self.place}/{name}")
        except OSError as error:
            message = f"the file cannot be read ({error.strerror}); a OneRoster export has it"
            raise RosterError(message, file=f"{self.place}/{name}") from error


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """The files of a .zip archive."""

    archive: Path
    """Where it is."""

    @property
    def place(self) -> str:
        """Return where they are, for messages."""
        return str(self.archive)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a member; RosterError if there is not exactly one, or it is damaged or too long."""
        try:
            with zipfile.ZipFile(self.archive) as archive, archive.open(self._member(archive, name)) as member:
                yield from _bounded(iter(lambda: member.read(READ_BYTES), b""), f"{self.place}/{name}")
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
            # ValueError is a name that is no text, RuntimeError a password or a kind of compression that is not known.
            raise RosterError(f"the archive cannot be read ({error}); pack it anew", file=self.place) from error

    def _member(self, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            message = f"the archive has {len(members):,} members; at most {MAX_MEMBERS:,} are looked at"
            raise RosterError(message, file=self.place)
        found = [member for member in members if member.filename == name]
        if len(found) != 1:
            message = f"the archive has {len(found)} files {name} at its top level, where there must be one"
            raise RosterError(message, file=self.place)
        return found[0]


def files_at(path: Path) -> FolderFiles | ArchiveFiles:
    """Return the files of a folder or archive."""
    return FolderFiles(path) if path.is_dir() else ArchiveFiles(path)


def _bounded(chunks: Iterator[bytes], file: str) -> Iterator[bytes]:
    read = 0
    for chunk in chunks:
        read += len(chunk)
        if read > MAX_MEMBER_BYTES:
            raise RosterError(f"the file is longer than {MAX_MEMBER_BYTES:,} bytes; export fewer at a time", file=file)
        yield chunk
