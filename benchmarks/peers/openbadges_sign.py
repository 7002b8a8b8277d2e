"""Sign documents as openbadgeslib does, nothing more: `openbadges_sign.py UNSIGNED.jsonl`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob3.ldp import add_data_integrity_proof

from benchmarks.contender import contend

METHOD = "did:web:uni.example#key"


def main() -> None:
    """Sign all of them for every go."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    lines = Path(sys.argv[1]).read_bytes().splitlines()

    def work() -> int:
        return len([add_data_integrity_proof(json.loads(line), pem, METHOD) for line in lines])

    contend(work)


if __name__ == "__main__":
    main()
