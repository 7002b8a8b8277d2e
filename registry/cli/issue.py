"""`credanchor issue`: credentials from a roster."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from registry.cli.output import json_line, progress_bar, say, warn
from registry.cli.signing_keys import jwt_signers, signers
from registry.credentials.framework_keys import FrameworkKey

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from registry.cli.roster_check import Checked
    from registry.cli.roster_source import RosterSource
    from registry.services.issue import Issuance
    from registry.services.issuing import Issuing
    from registry.services.storing import Progress
    from registry.settings import Settings
    from registry.store.repository import Store

RosterFile = Annotated[
    Path,
    typer.Argument(help="CSV or OneRoster export of a kind in docs/rosters.md, or any CSV with --mapping."),
]
AchievementId = Annotated[str | None, typer.Option("--achievement", help="Achievement for rows that name none.")]
IssuerSlug = Annotated[str | None, typer.Option("--issuer", help="Which issuer, if two award the same short id.")]
Mapped = Annotated[list[str] | None, typer.Option("--map", help='Read a column as a field, as "Column=field".')]
MappingToml = Annotated[Path | None, typer.Option("--mapping", help="TOML file that says how the roster is read.")]
AwardedOn = Annotated[str | None, typer.Option("--awarded-on", help="Award date for rows that name none.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Issue the good rows although others fail.")]
Proof = Annotated[
    Literal["data-integrity", "jwt", "jwt-rs256"],
    typer.Option("--proof", help="Signature inside the JSON, or a VC-JWT around it (EdDSA, or RS256 with an RSA key)."),
]
Identifiers = Annotated[
    Literal["hashed", "plain"],
    typer.Option("--identifiers", help="E-mail address and student number: salted hashes, or readable."),
]
Name = Annotated[
    Literal["plain", "omitted"], typer.Option("--name", help="The recipient's name: readable, or left out.")
]
Require = Annotated[
    FrameworkKey | None,
    typer.Option("--require", help="Refuse achievements that lack something mandatory of a framework."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check the roster and show the mapping; issue nothing.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=0, max=64, help="Processes that prepare; two for a large roster, if you do not say."),
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="URL", help="Dask scheduler whose workers prepare instead, as tcp://HOST:8786."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")]

EXIT_NOT_ALL = 1
BYTES_IN_PROCESS = 500_000
"""A roster of at most this size is issued sooner than worker processes have started; about 5,000 rows."""
USUAL_WORKERS = 2
"""Processes that prepare a larger roster; this one, which signs and stores, keeps no more than two busy."""


def issue(  # noqa: PLR0913  one argument for each option
    roster: RosterFile,
    *,
    achievement: AchievementId = None,
    issuer: IssuerSlug = None,
    column: Mapped = None,
    mapping: MappingToml = None,
    awarded_on: AwardedOn = None,
    skip_bad: SkipBad = False,
    proof: Proof = "data-integrity",
    identifiers: Identifiers = "hashed",
    name: Name = "plain",
    require: Require = None,
    dry_run: DryRun = False,
    workers: Workers = None,
    dask: Dask = None,
    as_json: AsJson = False,
) -> None:
    """Issue credentials from a roster: checked as a whole first, then signed and stored chunk by chunk.

    A row that was issued before is skipped, so an interrupted import is simply run again; it is skipped also if the
    credential was signed in the other way. With --proof jwt a recipient without a DID gets an id for this credential.
    A micro-credential that lacks mandatory descriptors of the European list is issued with a warning.

    Rows that fail are written to ROSTER.failed.csv with the reason in a column, and nothing is issued. With --skip-bad
    the others are, and the exit code is 1. Rows that are not completed are no failures: they are counted.

    Example: credanchor issue roster.csv --achievement data-foundations
    """
    from registry.cli.roster_source import source_of  # noqa: PLC0415  keeps --help fast
    from registry.credentials.compose import Disclosure  # noqa: PLC0415
    from registry.services.workers import open_workers  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    source = source_of(roster, mapping=mapping, overrides=column or [], achievement=achievement, awarded_on=awarded_on)
    settings = load_settings()
    disclosure = Disclosure(identifiers, name)
    with ExitStack() as ending:
        executor = None
        if not dry_run:
            opened = ending.enter_context(open_workers(workers, dask, usual=_usual_workers(roster)))
            opened.warm_up()  # they load what they need while the store is opened
            executor = opened.executor
        store = open_store(settings)
        ending.callback(store.engine.dispose)  # SQLite clears its log away when the last connection closes
        prepared = _issuance(settings, store, issuer, achievement, proof)
        issuance = replace(prepared, disclosure=disclosure, required=require)
        _go(source, issuance, executor, skip_bad=skip_bad, as_json=as_json)


def _usual_workers(roster: Path) -> int:
    is_large = roster.is_file() and roster.stat().st_size > BYTES_IN_PROCESS
    return min(os.cpu_count() or 1, USUAL_WORKERS) if is_large else 1


def _go(source: RosterSource, issuance: Issuance, executor: Executor | None, *, skip_bad: bool, as_json: bool) -> None:
    """Check a roster and issue it; without an executor it is only checked."""
    from registry.cli.roster_check import RosterCheck, reading  # noqa: PLC0415  keeps --help fast

    if not as_json:
        say(reading(source.opened()))
    check = RosterCheck(source, issuance, skip_bad=skip_bad)
    issuing = issuance.begin(check.rows(), executor) if executor else None
    checked = check.finish()
    _warn_of_lacks(issuance)
    done = _issued(issuing, checked.good) if issuing else None
    _say(done, checked, as_json=as_json)
    if checked.failed:
        raise typer.Exit(EXIT_NOT_ALL)


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


def _warn_of_lacks(issuance: Issuance) -> None:
    from registry.services.framework_rule import framework_warning  # noqa: PLC0415  keeps --help fast

    for offer in issuance.offers:
        said = framework_warning(offer)
        if said and issuance.required is None:
            warn(f"{offer.achievement.short_id}, {said}")


def _issued(issuing: Issuing, total: int) -> Progress:
    from registry.services.storing import Progress  # noqa: PLC0415  keeps --help fast

    done = Progress()
    with progress_bar(total, "Issuing") as advance:
        for done in issuing.finish():
            advance(done.issued + done.skipped)
    for defect in done.defects:
        warn(f"credanchor: {defect} It was signed alone, correctly; please report this.")
    return done


def _say(done: Progress | None, checked: Checked, *, as_json: bool) -> None:
    from registry.cli.roster_check import not_completed  # noqa: PLC0415  keeps --help fast

    if done is not None and as_json:
        failed = {"failed": checked.failed, "failedRows": str(checked.failed_path)} if checked.failed else {}
        left_out = {"notCompleted": checked.left_out.total()} if checked.left_out else {}
        json_line({"issued": done.issued, "skipped": done.skipped, **failed, **left_out})
        return
    if checked.left_out:
        say(not_completed(checked.left_out))
    if done is None:
        share = "" if checked.failed else "All "
        say(f"{share}{checked.good:,} rows can be issued; this was a dry run, so nothing was.")
        return
    say(f"Issued {done.issued:,} credentials" + (f"; {done.skipped:,} were issued before." if done.skipped else "."))
    if done.issued:
        say("Next: credanchor anchor run")
