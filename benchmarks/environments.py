"""The peers' own environments below `.bench/`, made from the pinned lists in `benchmarks/peers/`.

Nothing of theirs is in the project's lock files, and nothing of ours in theirs.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.contest import ROOT

PEERS = Path(__file__).parent / "peers"
BENCH = ROOT / ".bench"
"""Everything that the harness makes and keeps; not in version control."""
STAMP = "installed"
"""File that says which lists an environment was made from."""


def python_environment(name: str) -> Path:
    """Return the interpreter of a peer's virtual environment, made from `peers/NAME.txt` unless it is there."""
    folder, listed = BENCH / name, PEERS / f"{name}.txt"
    interpreter = folder / "bin" / "python"
    if not _is_made(folder, listed):
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        # --no-deps: the list is the whole closure, and in one place departs from what the peers' metadata asks for.
        _run(str(interpreter), *_PIP, "--no-deps", "--require-hashes", "-r", str(listed))
        _stamp(folder, listed)
    return interpreter


def node_environment() -> Path:
    """Return the folder with the peers' `node_modules` and a copy of their programs, made unless it is there."""
    folder, lists = BENCH / "npm", (PEERS / "package.json", PEERS / "package-lock.json")
    folder.mkdir(parents=True, exist_ok=True)
    for program in PEERS.glob("*.mjs"):
        shutil.copy(program, folder)  # beside the modules that they import
    if not _is_made(folder, *lists):
        for one in lists:
            shutil.copy(one, folder)
        _run(
            "npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", at=folder
        )
        _stamp(folder, *lists)
    return folder


_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def _is_made(folder: Path, *lists: Path) -> bool:
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text("ascii") == _digest(*lists)


def _stamp(folder: Path, *lists: Path) -> None:
    (folder / STAMP).write_text(_digest(*lists), "ascii")


def _digest(*lists: Path) -> str:
    return hashlib.sha256(b"\0".join(one.read_bytes() for one in lists)).hexdigest()


def _run(*words: str, at: Path = ROOT) -> None:
    subprocess.run(words, cwd=at, check=True)  # noqa: S603  the words are above
