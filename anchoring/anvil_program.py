"""Finding the anvil program."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_anvil(named: str | None) -> Path:
    """Return the program: the one named, else that of npm near this package or the working folder, else that on PATH.

    npm's own `anvil` is a script that starts the program; the program itself is taken, so that
    the process that is started is the chain.

    Raises:
        SettingsError: there is none, or the one named does not exist.

    """
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"CREDANCHOR_ANVIL names {named}, which does not exist.")
        return Path(named).resolve()
    for folder in _folders():
        for program in sorted(folder.glob("node_modules/@foundry-rs/anvil-*/bin/anvil*")):
            return program
    on_path = shutil.which("anvil")
    if on_path is None:
        raise SettingsError("anvil was not found: run `npm install` in the repository, or set CREDANCHOR_ANVIL to it.")
    return Path(on_path).resolve()


def _folders() -> Iterator[Path]:
    for start in (Path(__file__).resolve(), Path.cwd(), Path(sys.prefix)):
        yield start
        yield from start.parents
