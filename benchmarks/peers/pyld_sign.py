"""Sign documents with eddsa-rdfc-2022 by PyLD and cryptography alone: `pyld_sign.py UNSIGNED.jsonl`."""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from benchmarks.contender import contend

FILES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
}
OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-06-30T00:00:00Z",
    "verificationMethod": "did:web:uni.example#key",
    "proofPurpose": "assertionMethod",
}


@functools.cache
def _context(url: str) -> Any:  # noqa: ANN401  a context is any JSON
    return json.loads(resources.files("openbadgeslib").joinpath("ob3", "contexts", FILES[url]).read_text("utf-8"))


def _loaded(url: str, _options: object) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": _context(url), "tag": "static"}


def _digest(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _loaded}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def main() -> None:
    """Sign all of them for every go."""
    key = Ed25519PrivateKey.generate()
    lines = Path(sys.argv[1]).read_bytes().splitlines()

    def work() -> int:
        for line in lines:
            document = json.loads(line)
            key.sign(_digest({"@context": document["@context"], **OPTIONS}) + _digest(document))
        return len(lines)

    contend(work)


if __name__ == "__main__":
    main()
