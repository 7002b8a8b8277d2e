"""What a command is given is read whole, whatever kind of file it is, and never more than a bounded part."""

from __future__ import annotations

import io
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from registry.cli import inputs
from registry.cli.inputs import content_of
from registry.core.errors import InputError

LIMIT = 1000


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MAX_INPUT_BYTES", LIMIT)


@pytest.fixture(params=["file", "pipe"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a file, or a pipe, which says that it is empty, as the shell's `<(...)` does."""
    path = tmp_path / "given.json"
    if request.param == "pipe":
        os.mkfifo(path)
    return path


def given(path: Path, data: bytes) -> str:
    def write() -> None:
        with suppress(BrokenPipeError):  # the reader had enough
            path.write_bytes(data)

    if path.is_fifo():
        threading.Thread(target=write, daemon=True).start()
    else:
        write()
    return str(path)


@pytest.mark.parametrize("size", [0, 1, 2, LIMIT - 1, LIMIT])
def test_a_file_is_read_whole(source: Path, size: int) -> None:
    data = os.urandom(size)
    assert content_of(given(source, data)) == data


@pytest.mark.parametrize("size", [LIMIT + 1, 5 * LIMIT])
def test_a_file_that_is_too_long_is_refused(source: Path, size: int) -> None:
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        content_of(given(source, bytes(size)))


@pytest.mark.parametrize(("more", "is_read"), [(1, True), (900, True), (901, False)])
def test_what_is_added_to_a_file_meanwhile_is_read_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, more: int, is_read: bool
) -> None:
    path = tmp_path / "growing.json"
    path.write_bytes(bytes(100))

    class Growing(io.BytesIO):
        def fileno(self) -> int:
            return opened.fileno()

    with path.open("rb") as opened:
        monkeypatch.setattr(Path, "open", lambda *_: Growing(bytes(100 + more)))
        if is_read:
            assert content_of("growing.json") == bytes(100 + more)
        else:
            with pytest.raises(InputError, match="more than 1,000 bytes"):
                content_of("growing.json")
