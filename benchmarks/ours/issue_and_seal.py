"""Issue a roster and seal its batch in one process: `issue_and_seal.py ROSTER`, in a home.

The first half is `credanchor issue`, the second what `credanchor anchor run` does before it sends anything.
"""

from __future__ import annotations

import sys

from registry.cli.main import main as credanchor
from registry.services.seal import seal_open_batches
from registry.settings import load_settings, open_store
from registry.system import SystemClock

if __name__ == "__main__":
    sys.argv[1:] = ["issue", *sys.argv[1:], "--json"]
    try:
        credanchor()
    except SystemExit as ended:
        if ended.code:
            raise
    seal_open_batches(open_store(load_settings()), SystemClock().now())
