"""Homes, rosters and documents for both sides, made by the real commands from made-up people."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.contest import ROOT, Command
from benchmarks.environments import BENCH
from registry.core.account import Address
from registry.credentials.keys import PublicKey
from registry.credentials.model import parse_achievement
from registry.identity.key_files import open_signing_key
from registry.records import AchievementRow, IssuerRow, SigningKeyRow
from registry.settings import load_settings, open_store

EXAMPLE = ROOT / "docs" / "example"
PASSPHRASE = "correct horse"  # noqa: S105  of homes that are thrown away
CREDANCHOR = str(Path(sys.executable).parent / "credanchor")
DID = "did:web:uni.example"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Narrative,Evidence URL,Issue Date,Expiration Date\n"
NAMES = ("Ada,Okafor", "José,Núñez", "伟,李", "Zoë,Ångström", "Priya,Raman", "Mary Jane,O'Neill")
NARRATIVE = "Completed all four projects; the last one examined the tide tables of harbour"
_FETCHED = ("credentialSchema", "credentialStatus")
"""Members that cert-issuer and cert-verifier-js would fetch something for."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The same credentials, in the forms that the contenders take."""

    signed: Path
    """One signed credential a line, as stored."""
    unsigned: Path
    """The same without their proofs, a line each."""
    folder: Path
    """The same as files, unsigned and without the members that cert-issuer would fetch something for."""


def in_home(home: Path, *words: str) -> Command:
    """Return a command that works in a home."""
    return Command(words, {"CREDANCHOR_HOME": str(home), "CREDANCHOR_PASSPHRASE": PASSPHRASE})


def credanchor(home: Path, *words: str) -> Command:
    """Return a `credanchor` command in a home."""
    return in_home(home, CREDANCHOR, *words)


def done(command: Command) -> str:
    """Run a command that must succeed, and return what it printed; CalledProcessError if it fails."""
    environment = command.full_environment()
    return subprocess.run(command.words, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def write_roster(path: Path, rows: int) -> Path:
    """Write a roster of this many different people, of four shapes, and return its path."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for at in range(rows):
            narrative = f"{NARRATIVE} {at}" if at % 2 else ""
            end = "2036-06-30" if at % 4 > 1 else ""
            who = f"learner{at}@learners.example,{NAMES[at % len(NAMES)]} {at}"
            file.write(f"data-foundations,{who},{narrative},https://portfolio.example/{at},2026-06-30,{end}\n")
    return path


def new_home(home: Path) -> Path:
    """Make a home with one issuer and one achievement, on no chain, and return it."""
    done(credanchor(home, "init"))
    settings = load_settings(home)
    store = open_store(settings)
    profile = {"id": DID, "type": ["Profile"], "name": "Northfield University", "url": "https://uni.example/"}
    issuer = store.add_issuer(IssuerRow("uni", DID, Address("0x" + "1" * 40), profile))
    key = PublicKey.of(open_signing_key(settings.keys() / "signing.pem", PASSPHRASE))
    store.add_signing_key(SigningKeyRow(issuer.id, key.multibase, "signing.pem", datetime.now(UTC)))
    document = parse_achievement(json.loads((EXAMPLE / "data-foundations.json").read_text("utf-8")))
    store.put_achievement(AchievementRow(issuer.id, "data-foundations", {**document, "id": f"https://{DID[8:]}/a/1"}))
    store.engine.dispose()
    return home


@functools.cache
def documents(count: int) -> Documents:
    """Return this many credentials, issued by the real command; made once and kept in `.bench/`."""
    folder = BENCH / "documents" / str(count)
    made = Documents(folder / "signed.jsonl", folder / "unsigned.jsonl", folder / "unsigned")
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        home = new_home(part / "home")
        done(credanchor(home, "issue", str(write_roster(part / "roster.csv", count))))
        _write(part, home)
        part.rename(folder)
    return made


def _write(folder: Path, home: Path) -> None:
    (folder / "unsigned").mkdir()
    store = open_store(load_settings(home))
    with (
        (folder / "signed.jsonl").open("wb") as signed,
        (folder / "unsigned.jsonl").open("w", encoding="utf-8") as unsigned,
    ):
        for at, credential in enumerate(store.credentials()):
            entry = credential.entry or b""
            signed.write(entry + b"\n")
            document = _without(json.loads(entry), "proof")
            unsigned.write(json.dumps(document, ensure_ascii=False) + "\n")
            file = folder / "unsigned" / f"{at:07}.json"
            file.write_text(json.dumps(_without(document, *_FETCHED)), "utf-8")
    store.engine.dispose()


def _without(document: dict[str, Any], *members: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in members}


def stored_bytes(home: Path) -> tuple[int, int]:
    """Return how many bytes the documents of a home have, and how many its database takes."""
    store = open_store(load_settings(home))
    with store.engine.connect() as connection:
        (total,) = connection.exec_driver_sql("SELECT sum(length(entry)) FROM credential").one()
    store.engine.dispose()
    return int(total), sum(file.stat().st_size for file in home.glob("*.db*"))


def issue_and_seal(home: Path, roster: Path) -> Command:
    """Return the process that takes a roster to a sealed batch."""
    return in_home(home, sys.executable, "-m", "benchmarks.ours.issue_and_seal", str(roster))
