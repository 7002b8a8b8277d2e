"""Files that hold achievements: what they may be called, and what is in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_SHORT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def require_short_id(path: Path) -> None:
    """Raise InputError unless a file's name without its ending can be an achievement's short id."""
    if not _SHORT_ID.fullmatch(path.stem):
        raise InputError(
            f"{path}: the file's name becomes the achievement's short id; use letters, digits, dots, dashes and _."
        )


def content_of_file(path: Path) -> bytes:
    """Return what is in a file; InputError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
