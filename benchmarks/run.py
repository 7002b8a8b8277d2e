"""Measure this project beside its peers: same work, same documents, alternately, in one run.

Prints medians with their spread and the ratio, and the limit that the machine itself sets.
`python benchmarks/run.py [--rounds N]`
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from openbadgeslib.ob3.ldp import add_data_integrity_proof, verify_data_integrity_proof

from registry.core.digest import leaf_hash
from registry.core.tree import merkletools_root, recursive_root
from registry.credentials.cohort import ProofCohort
from registry.credentials.compose import PERSONAL, compose
from registry.credentials.holes import Places
from registry.credentials.keys import PublicKey, multibase
from registry.credentials.model import parse_achievement, parse_profile
from registry.credentials.presented import present
from registry.credentials.roster import RosterError, read_roster
from registry.credentials.signing import ProofOptions, secure, sign, signing_input
from registry.credentials.status_list import status_entry

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = Path(__file__).parent.parent / "docs" / "example"
KEY = Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DID = "did:web:uni.example"
METHOD = f"{DID}#{PublicKey.of(KEY).multibase}"
NOW = datetime.now(UTC).replace(microsecond=0)
OPTIONS = ProofOptions(NOW, METHOD)
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(100_000)]


def credential() -> dict[str, Any]:
    """Return an unsigned credential of about 3 kB, another at each call."""
    achievement = parse_achievement(json.loads((EXAMPLE / "data-foundations.json").read_text("utf-8")))
    achievement.setdefault("id", "https://uni.example/achievements/data-foundations")
    roster = read_roster([(EXAMPLE / "roster.csv").read_bytes()], file="roster.csv")
    row = next(result for result in roster.results if not isinstance(result, RosterError))
    return compose(
        achievement,
        parse_profile({"id": DID, "type": ["Profile"], "name": "Northfield University"}),
        row,
        credential_id=f"urn:uuid:{uuid.uuid4()}",
        status_entry=status_entry("https://uni.example/status/0", int.from_bytes(os.urandom(2))),
        salt=os.urandom(8).hex(),
    )


def ours_sign(document: dict[str, Any]) -> dict[str, Any]:
    """Sign as `credanchor issue` does."""
    return secure(document, OPTIONS, sign(KEY, signing_input(document, OPTIONS)))


def cohort_of(document: dict[str, Any]) -> ProofCohort:
    """Return the cohort of a credential, its achievement and issuer being what all have in common."""
    fixed = (document["issuer"], document["credentialSubject"]["achievement"])
    return ProofCohort(OPTIONS, Places({id(part): part for part in fixed}, PERSONAL))


def another(document: dict[str, Any]) -> dict[str, Any]:
    """Return a credential of the same cohort for somebody else."""
    identifier = [{**document["credentialSubject"]["identifier"][0], "identityHash": os.urandom(8).hex()}]
    subject = {**document["credentialSubject"], "identifier": identifier}
    return {**document, "id": f"urn:uuid:{uuid.uuid4()}", "credentialSubject": subject}


BULK = 100
FIRST = credential()
COHORT = cohort_of(FIRST)
COHORT_DOCUMENTS = [another(FIRST) for _ in range(BULK)]


def bulk_sign() -> None:
    """Sign as many as `BULK` credentials of one cohort as `credanchor issue` does, an entry each."""
    for document in COHORT_DOCUMENTS:
        made = COHORT.prepared(document)
        made.entry(multibase(sign(KEY, made.message)))


def peer_sign(document: dict[str, Any]) -> dict[str, Any]:
    """Sign as openbadgeslib does."""
    return add_data_integrity_proof(document, PEM, METHOD, created=NOW)


def peer_verify(document: dict[str, Any]) -> None:
    """Verify the proof as openbadgeslib does."""
    verify_data_integrity_proof(document, PUBLIC_PEM)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def beside(
    name: str, rounds: int, ours: Callable[[], object], peer: Callable[[], object], peer_name: str, *, times: int = 1
) -> dict[str, Any]:
    """Run both alternately, and print and return medians, quartiles and the ratio; ours does its work `times` over."""
    pairs = [(milliseconds(ours) / times, milliseconds(peer)) for _ in range(rounds + 2)][2:]
    mine, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    value = {
        "work": name,
        "ours_ms": statistics.median(mine),
        "ours_quartiles_ms": statistics.quantiles(mine, n=4)[::2],
        "peer": peer_name,
        "peer_ms": statistics.median(theirs),
        "peer_quartiles_ms": statistics.quantiles(theirs, n=4)[::2],
    }
    value["times_faster"] = value["peer_ms"] / value["ours_ms"]
    sys.stdout.write(
        f"{name:28} ours {value['ours_ms']:9.3f} ms   {peer_name:30} {value['peer_ms']:9.3f} ms   "
        f"{value['times_faster']:6.2f} times\n"
    )
    return value


def main() -> None:
    """Run everything and keep the figures in results.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    rounds = parser.parse_args().rounds
    signed = [ours_sign(credential()) for _ in range(8)]
    turn = iter(signed * rounds * 4)
    results = [
        beside(
            "sign one credential",
            rounds,
            lambda: ours_sign(credential()),
            lambda: peer_sign(credential()),
            "openbadgeslib",
        ),
        beside(
            "sign one in bulk",
            rounds,
            bulk_sign,
            lambda: peer_sign(credential()),
            "openbadgeslib",
            times=BULK,
        ),
        beside(
            "screen and verify its proof",
            rounds,
            lambda: present(next(turn)),
            lambda: peer_verify(next(turn)),
            "openbadgeslib, proof alone",
        ),
        beside(
            "root of 100,000 leaves",
            3,
            lambda: merkletools_root(LEAVES),
            lambda: recursive_root(LEAVES),
            "our second computation",
        ),
        beside(
            "64 bytes signed, limit",
            rounds,
            lambda: KEY.sign(b"x" * 64),
            lambda: hashlib.sha256(b"x" * 3000).digest(),
            "SHA-256 of 3 kB",
        ),
    ]
    (Path(__file__).parent / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
