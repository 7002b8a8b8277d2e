"""The rows of design.md, 11: what is measured, beside whom, and what is asked of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from benchmarks import blockcerts
from benchmarks.contest import Command, Warm, Whole
from benchmarks.environments import node_environment, python_environment
from benchmarks.figures import Bar, Limit
from benchmarks.homes import credanchor, documents, in_home, issue_and_seal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.contest import Contender
    from benchmarks.stage import Stage

OPENBADGESLIB, CERT_ISSUER = "openbadgeslib 4.6.3", "cert-issuer 3.13.1"
CERT_VERIFIER, PYMERKLE = "cert-verifier-js 6.35.0", "pymerkle 7.0.0"
MOCK = "mock chain; without credentialSchema and credentialStatus, which it would fetch something for"


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody to be measured beside."""

    contender: Contender
    """Who it is."""
    bar: Bar | None = None
    """What is asked of ours beside it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work."""

    title: str
    """What is done."""
    unit: Literal["s", "ms"]
    """Seconds for all of it, or milliseconds for one operation."""
    ours: Contender
    """Our side."""
    peers: tuple[Peer, ...] = ()
    """The others, on the same documents."""
    bar: Bar | None = None
    """What is asked of ours by itself; its seconds are for all of it, or for one operation, as `unit` says."""
    limit: Limit = Limit()  # noqa: RUF009  frozen
    """The cryptography in one operation."""
    rounds: int = 31
    """Rounds unless told otherwise."""


def _as_designed(peer: float, ours: float) -> Bar:
    """Return the design's own figures, peer's and ours, as a ratio: it asks the same of us on a slower machine.

    Not for a proof: the peer has the whole tree in memory, and ours opens a database.
    """
    return Bar("times", peer / ours)


def _ours(home: Path, program: str, *words: str) -> Warm:
    return Warm("ours", in_home(home, sys.executable, "-m", f"benchmarks.ours.{program}", *words))


def _python(name: str, program: str, *words: str, note: str = "") -> Warm:
    command = Command((str(python_environment("python")), "-m", f"benchmarks.peers.{program}", *words))
    return Warm(name, command, note)


def _once(name: str, warm: Command, count: int, note: str = "") -> Whole:
    return Whole(name, lambda _: [Command((*warm.words, "--once"), warm.environment)], count, note)


def _node(program: str, *words: str) -> Command:
    return Command(("node", str(node_environment() / program), *words))


def _issuing(stage: Stage, count: int, peers: tuple[Peer, ...], bar: Bar | None) -> Row:
    roster = stage.roster(count)

    def commands(folder: Path) -> Sequence[Command]:
        return [issue_and_seal(stage.copy(folder / "home"), roster)]

    # A leaf is one hash of its document and one node; sealing reads each document again and computes two roots.
    limit = Limit(document_hashes=2, node_hashes=2, signatures=1)
    title = f"issue + seal {count:,}, whole process"
    return Row(title, "s", Whole("ours", commands, count), peers, bar, limit, rounds=3)


def issue(stage: Stage) -> Row:
    """Issue and seal a batch beside cert-issuer, and beside openbadgeslib signing alone."""
    count = stage.sizes.issue
    signing = _python(OPENBADGESLIB, "openbadges_sign", str(documents(count).unsigned)).command
    peers = (
        Peer(Whole(CERT_ISSUER, blockcerts.cert_issuer(count), count, MOCK), Bar("times", 40)),
        Peer(_once(OPENBADGESLIB, signing, count, "signature only"), Bar("times", 40)),
    )
    return _issuing(stage, count, peers, None)


def issue_small(stage: Stage) -> Row:
    """Issue and seal a small batch beside cert-issuer."""
    count = stage.sizes.issue_small
    peer = Peer(Whole(CERT_ISSUER, blockcerts.cert_issuer(count), count, MOCK), _as_designed(7.5, 1))
    return _issuing(stage, count, (peer,), Bar("seconds", 1))


def wrap(stage: Stage) -> Row:
    """Issue and seal beside OpenAttestation."""
    count = stage.sizes.wrap
    command = _node("open_attestation.mjs", str(documents(count).unsigned))
    wrapping = _once("OpenAttestation 6.9.7, v2 wrap", command, count, "unsigned; with the member issuers it wants")
    peer = Peer(wrapping, _as_designed(16.9, 4))
    return _issuing(stage, count, (peer,), Bar("seconds", 4))


def sign(stage: Stage) -> Row:
    """Sign in bulk, in one process, beside PyLD and cryptography."""
    count, alone = stage.sizes.sign, stage.sizes.sign_alone
    note = f"signature only; {alone:,} of them"
    one_by_one = _python("PyLD + cryptography", "pyld_sign", str(documents(alone).unsigned), note=note)
    peer = Peer(one_by_one, _as_designed(5.6, 0.2))
    home = stage.copy(stage.folder / "signing")
    ours = _ours(home, "sign", str(stage.roster(count)))
    limit = Limit(document_hashes=2, signatures=1)
    return Row("compose + sign one in bulk, one process", "ms", ours, (peer,), Bar("seconds", 0.0002), limit, rounds=7)


def tree(stage: Stage) -> Row:
    """Build a tree and take its root."""
    count, small = stage.sizes.tree, stage.sizes.openzeppelin
    peers = (
        Peer(_python("merkletools 1.0.3, stock", "merkletools_tree", str(count), note="no prefixes")),
        Peer(
            _python(PYMERKLE, "pymerkle_tree", "root", str(count), note="hashes its leaves, too"), _as_designed(9.3, 1)
        ),
        Peer(
            Warm("OpenZeppelin 1.0.8", _node("openzeppelin_tree.mjs", str(small)), f"Keccak; its own size, {small:,}")
        ),
    )
    ours = _ours(stage.template, "tree", "root", str(count))
    title = f"tree of {count:,} leaves and its root"
    return Row(title, "s", ours, peers, Bar("seconds", 1), Limit(node_hashes=1), rounds=5)


def seal_tree(stage: Stage) -> Row:
    """Seal a batch: sort it, compute the root twice, cut the tiles."""
    count = stage.sizes.tree
    ours = _ours(stage.template, "tree", "seal", str(count))
    title = f"seal {count:,} leaves: sorted, two roots, tiles"
    return Row(title, "s", ours, limit=Limit(node_hashes=3), rounds=5)


def proof(stage: Stage) -> Row:
    """Make a receipt from the store beside a proof from memory."""
    count = stage.sizes.tree
    peer = Peer(_python(PYMERKLE, "pymerkle_tree", "proof", str(count), note="warm, from memory"))
    home = stage.copy(stage.folder / "proofs")
    ours = _ours(home, "proof", str(count))
    title = f"receipt on demand at {count:,}, database just opened"
    return Row(title, "ms", ours, (peer,), Bar("seconds", 0.0005), Limit(node_hashes=20), rounds=11)


def verify(stage: Stage) -> Row:
    """Judge one credential by all checks, chain facts remembered."""
    issued = blockcerts.issued(stage.sizes.verify)
    signed = (str(stage.some_credentials), str(stage.public_key))
    peers = (
        Peer(
            Warm(CERT_VERIFIER, blockcerts.cert_verifier(issued), f"issued by cert-issuer, {MOCK}"),
            _as_designed(4.05, 2),
        ),
        Peer(_python(OPENBADGESLIB, "openbadges_verify", *signed, note="signature only"), _as_designed(7.5, 2)),
    )
    ours = _ours(stage.anchored, "verify", str(stage.some_bundles))
    limit = Limit(document_hashes=2, node_hashes=14, verifications=1)
    return Row("verify one, chain facts cached", "ms", ours, peers, Bar("seconds", 0.002), limit, rounds=11)


def verify_cold(stage: Stage) -> Row:
    """Verify one credential with a fresh process on the local chain."""
    issued = min(blockcerts.issued(stage.sizes.verify).iterdir())
    peer = Peer(_once(CERT_VERIFIER, blockcerts.cert_verifier(issued), 1, "asks no chain"), _as_designed(0.17, 0.5))
    bundle = min(stage.some_bundles.iterdir())
    ours = Whole("ours", lambda _: [credanchor(stage.anchored, "verify", str(bundle))], 1)
    limit = Limit(document_hashes=2, node_hashes=14, verifications=1)
    return Row("verify one, cold process, local chain", "s", ours, (peer,), Bar("seconds", 0.5), limit, rounds=11)


def verify_bulk(stage: Stage) -> Row:
    """Judge a folder with one command on the local chain."""
    folder = str(stage.anchored / "bundles")
    command = credanchor(stage.anchored, "verify", folder, "--workers", "1")
    limit = Limit(document_hashes=2, node_hashes=14, verifications=1)
    title = f"verify a folder of {stage.sizes.bulk:,}, one worker"
    contender = Whole("ours", lambda _: [command], stage.sizes.bulk)
    return Row(title, "ms", contender, bar=Bar("seconds", 0.001), limit=limit, rounds=3)


ROWS: dict[str, Callable[[Stage], Row]] = {
    "issue": issue,
    "issue-small": issue_small,
    "wrap": wrap,
    "sign": sign,
    "tree": tree,
    "seal": seal_tree,
    "proof": proof,
    "verify": verify,
    "verify-cold": verify_cold,
    "verify-bulk": verify_bulk,
}
"""Every row, in the order of the design, by the name that `--only` takes."""


def hardware(name: str, home: Path) -> Warm:
    """Return what measures one kind of cryptography alone, by its name in `Limit`."""
    return _ours(home, "hardware", name)
