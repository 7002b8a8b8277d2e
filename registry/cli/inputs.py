"""What `verify` is given: files, folders, addresses and standard input, read within limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

CARRIERS = frozenset({".json", ".jsonld", ".jws", ".jwt", ".pdf", ".png", ".svg"})
"""Endings of files that can carry a credential; of a folder, others are passed over."""
STATE_ENDING = ".state.json"
"""Ending of the state proofs that `export --with-state` puts beside bundles."""
MAX_INPUT_BYTES = 16 * 1024 * 1024
"""Largest file that is read; pictures may be larger than the JSON in them."""


def sources_of(inputs: Sequence[str]) -> list[str]:
    """Return the inputs with every folder replaced by the files in it and below, in order of their names.

    Raises:
        InputError: a folder holds nothing that can carry a credential.

    """
    return [source for one in inputs for source in _files_of(one)]


def content_of(source: str) -> bytes:
    """Return what a file, a URL or standard input (`-`) holds; InputError or ProfileUnavailableError if it cannot."""
    if source == "-":
        return sys.stdin.buffer.read(MAX_INPUT_BYTES)
    if source.startswith(("https://", "http://")):
        from registry.identity.fetch import fetch_bytes  # noqa: PLC0415  keeps --help fast
        from registry.settings import has_local_chain, home_folder  # noqa: PLC0415

        return fetch_bytes(source, allow_loopback=has_local_chain(home_folder()))
    try:
        with Path(source).open("rb") as file:
            return _bounded(file)
    except OSError as error:
        raise InputError(f"It cannot be read ({error.strerror}).") from error
    except ValueError as error:  # a NUL in the name
        raise InputError(f"It cannot be read ({error}).") from error


def content_named(source: str) -> bytes:
    """Return the same for a command that changes something; the error names the source."""
    try:
        return content_of(source)
    except InputError as error:
        raise InputError(f"{source}: {error} Nothing was changed.") from error


def _files_of(source: str) -> list[str]:
    folder = Path(source)
    if "\0" in source or not folder.is_dir():
        return [source]
    found = sorted(str(path) for path in folder.rglob("*") if _may_carry(path))
    if not found:
        raise InputError(
            f"The folder {source} holds no file that can carry a credential ({', '.join(sorted(CARRIERS))})."
        )
    return found


def _may_carry(path: Path) -> bool:
    is_ours = path.suffix.lower() in CARRIERS and not path.name.startswith(".") and not path.name.endswith(STATE_ENDING)
    return is_ours and path.is_file()


def _bounded(file: BinaryIO) -> bytes:
    # A buffer as large as the file says it is; one of the most that is read would be made for each, however small.
    said = min(os.fstat(file.fileno()).st_size, MAX_INPUT_BYTES)
    data = file.read(said + 1)
    if len(data) > said:  # a pipe, or it grew meanwhile
        data += file.read(MAX_INPUT_BYTES + 1 - len(data))
    if len(data) > MAX_INPUT_BYTES:
        raise InputError(f"It has more than {MAX_INPUT_BYTES:,} bytes, so it is not read.")
    return data
