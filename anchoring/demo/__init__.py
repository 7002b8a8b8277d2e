"""`credanchor demo`: a roster becomes verified credentials on a local chain, by the real commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path(".credanchor") / "demo"
"""Home folder of the demo, below the current folder."""

Credentials = Annotated[int, typer.Option("--credentials", min=20, max=100_000, help="How many to issue in all.")]


def demo(*, credentials: Credentials = 1200) -> None:
    """Issue, anchor and verify on a local chain, in one go, in the folder .credanchor/demo.

    Two issuers, two achievements, one contract. Serves the verifier page if run at a terminal, and ends
    by itself otherwise. Running it again begins anew.

    Example: credanchor demo
    """
    from anchoring.demo.show import Show  # noqa: PLC0415  keeps --help fast

    Show(FOLDER.resolve(), credentials).run(serve=sys.stdout.isatty())
