"""Writing a file whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from registry.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, making its folder if need be; what stood there before stays until the new content is whole.

    Raises:
        InputError: it cannot be written; nothing was changed.

    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)
        # A crash here leaves the former file and a part of the new one beside it, which the next write replaces.
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written ({error.strerror}), and was left as it was; make room, or name another place."
        ) from error
