"""A folder for unfinished work beside the place where it will lie, so that finishing is one rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from registry.services.archive import BackupStorageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_folder(place: Path) -> Iterator[Path]:
    """Give a new hidden folder beside `place` that only its owner may read; it is removed at the end.

    Raises:
        BackupStorageError: the disk does not take it, or what is written while it is open.

    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise _not_written(place, error) from error
    try:
        yield folder
    except OSError as error:
        raise _not_written(place, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, down to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def finish(unfinished: Path, place: Path) -> None:
    """Let a file or folder take its place, so that it outlasts a power cut."""
    unfinished.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_written(place: Path, error: OSError) -> BackupStorageError:
    return BackupStorageError(f"{place} cannot be written ({error.strerror or error}); nothing was kept of it.")
