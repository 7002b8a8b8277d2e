"""Check that the README shows what `credanchor --help` prints."""

from __future__ import annotations

import sys
from pathlib import Path

from registry.cli.main import overview

README = Path(__file__).parent.parent / "README.md"


def main() -> int:
    """Return 0 if the README holds the overview as it is printed, else say what to do and return 1."""
    if overview().strip() in README.read_text("utf-8"):
        return 0
    sys.stderr.write("README.md does not show what `credanchor --help` prints; copy it there:\n\n" + overview())
    return 1


if __name__ == "__main__":
    sys.exit(main())
