"""Progress is drawn for a person at a terminal, and for nobody else."""

from __future__ import annotations

import os
import pty
import sys
import time
from typing import TYPE_CHECKING

from registry.cli.output import progress_bar

if TYPE_CHECKING:
    import pytest


def test_a_terminal_shows_count_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, program = pty.openpty()
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(program, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        with progress_bar(1000, "Issuing") as advance:
            for done in (100, 200, 300):
                advance(done)
                time.sleep(0.3)
        shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert "300/1000" in shown
    assert "/s" in shown
    assert "0:00:0" in shown


def test_what_is_no_terminal_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(10, "Issuing") as advance:
        advance(10)
    assert capsys.readouterr().err == ""
