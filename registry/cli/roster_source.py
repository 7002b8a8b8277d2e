"""Where a roster is and how it is to be read: opened as often as it is gone through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.cli.oneroster_files import files_at, is_oneroster
from registry.core.errors import InputError, RosterError
from registry.credentials.mapping_file import MappingFile, parse_mapping_file
from registry.credentials.oneroster import read_oneroster
from registry.credentials.roster import read_roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from registry.credentials.fields import Shared
    from registry.credentials.roster import Roster

READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class RosterSource:
    """A roster on this machine, and what was said of it."""

    path: Path
    """Where it is."""
    told: MappingFile
    """What the mapping file and the command say."""
    overrides: tuple[str, ...]
    """`Column=field` texts."""

    def opened(self) -> Roster:
        """Open it anew; RosterError if it cannot be read as a roster."""
        if is_oneroster(self.path):
            return read_oneroster(files_at(self.path), overrides=self.overrides, told=self.told)
        return read_roster(chunks_of(self.path), file=str(self.path), overrides=self.overrides, told=self.told)


def source_of(
    path: Path, *, mapping: Path | None, overrides: Sequence[str], achievement: str | None, awarded_on: str | None
) -> RosterSource:
    """Return a roster with what its mapping file says, and the command's own words before those.

    Raises:
        InputError: the mapping file or the date cannot be read.

    """
    told = MappingFile()
    if mapping is not None:
        told = parse_mapping_file(b"".join(chunks_of(mapping)), file=str(mapping))
    own: dict[Shared, str] = {}
    if achievement:
        own["achievement"] = achievement
    if awarded_on:
        own["awarded_on"] = awarded_on
    try:
        return RosterSource(path, told.with_constants(own), tuple(overrides))
    except InputError as error:
        raise InputError(f"--achievement or --awarded-on: {error}") from error


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file; RosterError if it cannot be read."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(READ_BYTES):
                yield chunk
    except OSError as error:
        raise RosterError(f"the file cannot be read ({error.strerror})", file=str(path)) from error
