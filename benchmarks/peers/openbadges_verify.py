"""Verify the proofs of documents as openbadgeslib does, nothing more: `openbadges_verify.py SIGNED.jsonl KEY.pem`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from benchmarks.contender import contend


def main() -> None:
    """Verify all of them for every go; one that fails raises."""
    lines = Path(sys.argv[1]).read_bytes().splitlines()
    pem = Path(sys.argv[2]).read_bytes()

    def work() -> int:
        for line in lines:
            verify_data_integrity_proof(json.loads(line), pem)
        return len(lines)

    contend(work)


if __name__ == "__main__":
    main()
