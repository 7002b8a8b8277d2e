"""`credanchor issue`: credentials from a roster."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from registry.cli.output import json_line, progress_bar, say, warn
from registry.cli.signing_keys import jwt_signers, signers
from registry.core.errors import RosterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor

    from registry.credentials.roster import Roster, RosterRow
    from registry.services.issue import Issuance, Progress
    from registry.settings import Settings
    from registry.store.repository import Store

RosterFile = Annotated[Path, typer.Argument(help="CSV: Canvas Credentials, Credly, or a student system's export.")]
AchievementId = Annotated[str | None, typer.Option("--achievement", help="Achievement for rows that name none.")]
IssuerSlug = Annotated[str | None, typer.Option("--issuer", help="Which issuer, if two award the same short id.")]
Mapped = Annotated[list[str] | None, typer.Option("--map", help='Read a column as a field, as "Column=field".')]
Proof = Annotated[
    Literal["data-integrity", "jwt", "jwt-rs256"],
    typer.Option("--proof", help="Signature inside the JSON, or a VC-JWT around it (EdDSA, or RS256 with an RSA key)."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the roster and show the mapping; issue nothing.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=0, max=64, help="Processes that prepare credentials; for large rosters two if unsaid."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")]

READ_BYTES = 64 * 1024
MAX_REPORTED = 20
BYTES_IN_PROCESS = 500_000
"""A roster of at most this size is issued sooner than worker processes have started; about 5,000 rows."""
USUAL_WORKERS = 2
"""Processes that prepare a larger roster; this one, which signs and stores, keeps no more than two busy."""
MAX_KEPT = 50_000
"""Rows that are kept from the check until they are issued, about 1 kB each; a larger roster is read once more."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A roster of which every row can be issued."""

    count: int
    rows: list[RosterRow]
    """All rows; empty if they are too many to keep."""


def issue(
    roster: RosterFile,
    *,
    achievement: AchievementId = None,
    issuer: IssuerSlug = None,
    column: Mapped = None,
    proof: Proof = "data-integrity",
    dry_run: DryRun = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Issue credentials from a roster: checked as a whole first, then signed and stored chunk by chunk.

    A row that was issued before is skipped, so an interrupted import is simply run again; it is skipped also if the
    credential was signed in the other way. With --proof jwt a recipient without a DID gets an id for this credential.

    Example: credanchor issue roster.csv --achievement data-foundations
    """
    from registry.services.workers import open_workers  # noqa: PLC0415  keeps --help fast
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    issuance = _issuance(settings, store, issuer, achievement, proof)
    if not as_json:
        say(_mapping(_opened(roster, column or [])))
    workers = 0 if dry_run else _workers(roster) if workers is None else workers
    with open_workers(workers) as executor:
        checked = _checked(roster, column or [], issuance)
        if dry_run:
            say(f"All {checked.count:,} rows can be issued; this was a dry run, so nothing was.")
            return
        rows = checked.rows or _rows(roster, column or [])
        done = _issued(rows, issuance, checked.count, executor)
    store.engine.dispose()  # SQLite clears its log away when the last connection closes
    if as_json:
        json_line({"issued": done.issued, "skipped": done.skipped})
        return
    say(f"Issued {done.issued:,} credentials" + (f"; {done.skipped:,} were issued before." if done.skipped else "."))
    if done.issued:
        say("Next: credanchor anchor run")


def _issuance(settings: Settings, store: Store, issuer: str | None, achievement: str | None, proof: str) -> Issuance:
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415  keeps --help fast
    from registry.services.catalogue import Catalogue  # noqa: PLC0415
    from registry.services.issue import Issuance  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    is_jwt = proof != "data-integrity"
    return Issuance(
        store=store,
        catalogue=Catalogue(store, issuer),
        signer_of=jwt_signers(settings, store, rsa=proof == "jwt-rs256") if is_jwt else signers(settings, store),
        base_url=settings.base_url,
        now=SystemClock().now(),
        default_achievement=achievement,
        names_subject=is_jwt,
        max_batch_size=load_anchoring_settings(settings.home).max_batch_size,
    )


def _opened(path: Path, overrides: list[str]) -> Roster:
    from registry.credentials.roster import read_roster  # noqa: PLC0415  keeps --help fast

    return read_roster(_chunks(path), file=str(path), overrides=overrides)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(READ_BYTES):
                yield chunk
    except OSError as error:
        raise RosterError(f"the roster cannot be read ({error.strerror})", file=str(path)) from error


def _mapping(roster: Roster) -> str:
    lines = [f"  {column} -> {field or '(not used)'}" for column, field in roster.mapping.rows]
    return "\n".join(["Columns are read as follows (change one with --map):", *lines])


def _checked(path: Path, overrides: list[str], issuance: Issuance) -> _Checked:
    """Go through the whole roster once; nothing is issued unless every row can be."""
    errors: list[RosterError] = []
    count = 0
    kept: list[RosterRow] = []
    for result in _opened(path, overrides).results:
        count += 1
        error = result if isinstance(result, RosterError) else issuance.problem(result)
        if error is not None and len(errors) < MAX_REPORTED:
            errors.append(error)
        if not isinstance(result, RosterError) and count <= MAX_KEPT:
            kept.append(result)
    for error in errors[:-1]:
        warn(f"credanchor: {error}")
    if errors:
        warn("Nothing was issued. Correct the roster and run the command again.")
        raise errors[-1]
    return _Checked(count, kept if count <= MAX_KEPT else [])


def _rows(path: Path, overrides: list[str]) -> Iterator[RosterRow]:
    return (one for one in _opened(path, overrides).results if not isinstance(one, RosterError))


def _workers(path: Path) -> int:
    is_large = path.is_file() and path.stat().st_size > BYTES_IN_PROCESS
    return min(os.cpu_count() or 1, USUAL_WORKERS) if is_large else 0


def _issued(rows: Iterable[RosterRow], issuance: Issuance, total: int, executor: Executor) -> Progress:
    from registry.services.issue import Progress  # noqa: PLC0415  keeps --help fast

    done = Progress()
    with progress_bar(total, "Issuing") as advance:
        for done in issuance.run(rows, executor):
            advance(done.issued + done.skipped)
    for defect in done.defects:
        warn(f"credanchor: {defect} It was signed alone, correctly; please report this.")
    return done
