"""`credanchor deliver`: each recipient's link by mail."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import progress_bar
from registry.core.errors import InputError, MailRefusedError, MailUnavailableError

if TYPE_CHECKING:
    from registry.cli.deliver_report import Report
    from registry.deliveries import Addressee, Standing
    from registry.mail_settings import MailSettings
    from registry.services.deliver import Choice, Delivering
    from registry.settings import Settings
    from registry.store.repository import Store

# Imports stand inside the functions: `--help` must not wait for SQLModel or jinja2.

CredentialId = Annotated[str | None, typer.Option("--credential", help="One credential, by its id.")]
BatchId = Annotated[int | None, typer.Option("--batch", help="All credentials of one batch.")]
All = Annotated[bool, typer.Option("--all", help="All credentials of this home.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count, and show the first mail; connect to nothing.")]
Again = Annotated[
    bool,
    typer.Option(
        "--again", help="Mail those once refused, too; with --credential, that one whatever became of its mail."
    ),
]
Pending = Annotated[bool, typer.Option("--pending", help="Mail those, too, whose anchor is not final yet.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a recipient.")]


def deliver(
    *,
    credential: CredentialId = None,
    batch: BatchId = None,
    everything: All = False,
    dry_run: DryRun = False,
    again: Again = False,
    pending: Pending = False,
    as_json: AsJson = False,
) -> None:
    """Mail each recipient the link to their own page, once.

    Goes to the e-mail addresses of the roster, for credentials whose anchor is final and that were not mailed before,
    erased, revoked, suspended or replaced. May be stopped and run again: nobody gets a second mail. A mail whose
    outcome is not known is named, and goes again only with --credential ID --again. mail.toml in the home folder or
    CREDANCHOR_SMTP_ variables name the mail server (docs/delivery.md).

    Exit codes: 0 all that was due is sent, 1 a mail was refused or its outcome is not known, 2 the settings are wrong,
    or the server does not deal with us, 3 something waits for the next run.

    Example: credanchor deliver --batch 3 --dry-run
    """
    from registry.mail_settings import load_mail_settings, mail_password  # noqa: PLC0415  keeps --help fast
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    if [credential is not None, batch is not None, everything].count(True) != 1:
        raise InputError("Say whose links: --credential ID, --batch ID or --all.")
    settings = load_settings()
    allowed = load_mail_settings(settings.home)
    password = mail_password(allowed)
    store = open_store(settings)
    try:
        work = _work(settings, allowed, store, _choice(store, credential, batch, again=again, pending=pending))
        code = _told(work, allowed, password, dry_run=dry_run, as_json=as_json)
    finally:
        store.engine.dispose()
    raise typer.Exit(code)


def _told(work: Delivering, allowed: MailSettings, password: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Mail, or say who would be mailed, and return the exit code."""
    from registry.cli.deliver_report import Report  # noqa: PLC0415  keeps --help fast

    counts, first = _survey(work)
    report = Report(counts, as_json=as_json)
    if dry_run:
        report.dry_run(work, first)
    elif first is None:
        report.nobody(work)
    else:
        _run(work, allowed, password, report)
    return report.exit_code()


def _run(work: Delivering, allowed: MailSettings, password: str | None, report: Report) -> None:
    from registry.mail.smtp import SmtpMailer  # noqa: PLC0415  keeps --help fast

    mailer = SmtpMailer(allowed.server(password), allowed.per_minute)
    with closing(mailer), progress_bar(report.due, "Mailing") as advance:
        try:
            mailer.open()
            for outcome in work.run(mailer):
                report.tell(outcome)
                advance(report.done)
        except (MailRefusedError, MailUnavailableError) as error:
            raise type(error)(f"{error} {report.left()}") from error
        finally:
            report.summary()


def _choice(store: Store, credential: str | None, batch: int | None, *, again: bool, pending: bool) -> Choice:
    from registry.deliveries import REPEATED, REPEATED_BY_NAME  # noqa: PLC0415  keeps --help fast
    from registry.services.deliver import Choice  # noqa: PLC0415

    uuid = credential.removeprefix("urn:uuid:") if credential is not None else None
    if uuid is not None and not store.known_uuids([uuid]):
        raise InputError(f"There is no credential {uuid[:80]!r} in this home; nothing was mailed.")
    if batch is not None and store.batch(batch) is None:
        raise InputError(f"There is no batch {batch} in this home; `credanchor anchor status` lists them.")
    repeated = REPEATED if uuid is None else REPEATED_BY_NAME
    return Choice(batch, uuid, pending, repeated if again else frozenset())


def _work(settings: Settings, allowed: MailSettings, store: Store, choice: Choice) -> Delivering:
    from registry.services.deliver import Delivering  # noqa: PLC0415  keeps --help fast
    from registry.system import SystemClock  # noqa: PLC0415

    return Delivering(store, store.deliveries, allowed.letterhead(settings.base_url), SystemClock(), choice)


def _survey(work: Delivering) -> tuple[Counter[Standing], Addressee | None]:
    """Return how many stand how, and the first who is due."""
    from registry.deliveries import Standing  # noqa: PLC0415  keeps --help fast

    counts: Counter[Standing] = Counter()
    first = None
    for one, standing in work.standings():
        counts[standing] += 1
        if standing is Standing.DUE and first is None:
            first = one
    return counts, first
