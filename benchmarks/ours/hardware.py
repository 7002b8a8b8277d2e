"""What this machine's cryptography takes by itself: `hardware.py NAME`, a name of `figures.Limit`."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.contender import contend

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 5000
DOCUMENT, NODE, SIGNED = bytes(3000), bytes(65), bytes(64)


def main() -> None:
    """Do one of them many times for every go."""
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key(), key.sign(SIGNED)
    kinds: dict[str, Callable[[], object]] = {
        "document_hashes": lambda: hashlib.sha256(DOCUMENT).digest(),
        "node_hashes": lambda: hashlib.sha256(NODE).digest(),
        "signatures": lambda: key.sign(SIGNED),
        "verifications": lambda: public.verify(signature, SIGNED),
    }
    one = kinds[sys.argv[1]]

    def work() -> int:
        for _ in range(COUNT):
            one()
        return COUNT

    contend(work)


if __name__ == "__main__":
    main()
