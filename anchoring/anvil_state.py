"""The state of a local chain on disk: anvil's own file, and the whole copy that we keep beside it."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING

from registry.core.errors import StoreUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from anchoring.ports import Rpc

LIVE = "state.json"
"""anvil writes it in place, every second."""
KEPT = "state.kept.json"
"""We write it in one move, after each transaction."""


def keep(folder: Path, rpc: Rpc) -> None:
    """Write a whole copy of the chain's state with its older blocks; StoreUnavailableError if that fails."""
    dumped = rpc.call("anvil_dumpState", (True,))
    new = folder / (KEPT + ".new")
    try:
        with new.open("wb") as file:
            file.write(gzip.decompress(bytes.fromhex(str(dumped).removeprefix("0x"))))
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / KEPT)
        # A crash before the move leaves the former copy whole; after it, the new one.
    except OSError as error:
        raise StoreUnavailableError(f"The local chain's state cannot be kept in {folder}: {error.strerror}.") from error


def restore_newest(folder: Path) -> None:
    """Put the kept copy in the place of anvil's own file where that one is torn, missing or older."""
    kept, live = folder / KEPT, folder / LIVE
    if _height(kept) > _height(live):
        live.write_bytes(kept.read_bytes())


def _height(file: Path) -> int:
    """Return the newest block of a state file; -1 if it is missing or torn."""
    try:
        return int(json.loads(file.read_bytes())["best_block_number"])
    except (OSError, ValueError, KeyError, TypeError):
        return -1
