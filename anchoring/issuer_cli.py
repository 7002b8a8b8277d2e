"""`credanchor issuer`: register on the chain, manage keys, accredit others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anchoring.admin_cli import accept_admin, delegate, move_admin, withdraw
from anchoring.key_cli import add_key, add_rsa_key, retire_key, rotate_key
from registry.cli.output import json_line, say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from anchoring.enrolment import Enrolment
    from registry.records import SigningKeyRow

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

issuer = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Register an issuer on the chain, manage its keys, accredit others.",
)

Name = Annotated[str, typer.Option("--name", help="The issuer's name, as it stands in credentials.")]
Slug = Annotated[str | None, typer.Option("--issuer", help="Short name for addresses and folders; else from the name.")]
Url = Annotated[str | None, typer.Option("--url", help="The issuer's web site.")]
Country = Annotated[str | None, typer.Option("--country", help="ISO 3166 country code, for example NL.")]
ProfileFile = Annotated[Path | None, typer.Option("--profile", help="Open Badges Profile as JSON, for more than that.")]
OwnDid = Annotated[
    str | None, typer.Option("--did", help="A did:web that the issuer has already; it publishes did.json.")
]
NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance of the next call; send nothing.")]
Account = Annotated[str, typer.Argument(help="The issuer's account on the chain, 0x…")]
Until = Annotated[str, typer.Option("--until", help="Last day of the accreditation, YYYY-MM-DD.")]
AccreditedName = Annotated[str, typer.Option("--name", help="Your word for the issuer; verifiers show it.")]
Uri = Annotated[str, typer.Option("--uri", help="Where your decision can be read.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DidDocuments = Annotated[bool, typer.Option("--did-documents", help="One JSON object from DID to DID document.")]

EXIT_WAITS = 3

for command in (rotate_key, add_key, add_rsa_key, retire_key, delegate, move_admin, accept_admin, withdraw):
    issuer.command(command.__name__.replace("_", "-"))(command)


@issuer.command()
def register(
    *,
    name: Name,
    slug: Slug = None,
    url: Url = None,
    country: Country = None,
    profile: ProfileFile = None,
    did: OwnDid = None,
    network: NetworkName = None,
    dry_run: DryRun = False,
) -> None:
    """Register an issuer: its DID, its anchoring delegate and its signing key.

    The account that registers is the issuer's id on the chain for ever. Run it again after an
    interruption: what the chain has already is not sent twice.

    Example: credanchor issuer register --name "Northfield University" --country GB
    """
    from anchoring.admin_desk import open_home, send  # noqa: PLC0415
    from anchoring.enrolment import Wish, enrol  # noqa: PLC0415
    from anchoring.registrar import registration  # noqa: PLC0415

    home = open_home(network)
    delegate = home.anchoring_account()
    enrolled = enrol(home, Wish(name, slug, url, country, profile, did))
    with home.admin_desk(enrolled.issuer) as desk:
        if home.network.kind == "local":
            desk.chain.fund(delegate)
        mined = send(desk, registration(desk, enrolled.issuer, delegate, enrolled.key), dry_run=dry_run)
    _say_enrolled(enrolled)
    if not mined:
        raise typer.Exit(EXIT_WAITS)


@issuer.command()
def accredit(
    account: Account,
    *,
    name: AccreditedName,
    until: Until,
    uri: Uri = "",
    network: NetworkName = None,
    dry_run: DryRun = False,
) -> None:
    """Vouch for an issuer, with this home's admin key as the accreditor.

    Verifiers who list that account as an accreditor show your name for the issuer.

    Example: credanchor issuer accredit 0x52908400098527886E0F7030069857D2E4169EE7 --name Northfield --until 2031-12-31
    """
    from anchoring.admin_desk import ADMIN_KEY, open_home, send  # noqa: PLC0415
    from anchoring.registrar import accreditation  # noqa: PLC0415
    from registry.core.account import Address  # noqa: PLC0415
    from registry.identity.key_files import account_address  # noqa: PLC0415

    home = open_home(network)
    end = _end_of_day(until)
    accreditor = account_address(home.settings.keys() / ADMIN_KEY)
    with home.desk(accreditor) as desk:
        mined = send(desk, accreditation(desk, Address(account), end, name, uri), dry_run=dry_run)
    say(f"Accreditor: {accreditor.checksummed()}; verifiers add it to networks.toml to believe it.")
    if not mined:
        raise typer.Exit(EXIT_WAITS)


@issuer.command()
def show(*, did_documents: DidDocuments = False, as_json: AsJson = False) -> None:
    """Show the issuers of this home.

    Example: credanchor issuer show --did-documents
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from registry.services.site import did_document  # noqa: PLC0415

    home = open_home(None)
    documents: dict[str, Any] = {}
    for row in home.store.issuers():
        keys = home.store.signing_keys(row.id)
        if did_documents:
            documents[row.did] = did_document(row, keys, [home.network.ref()], home.settings.base_url)
        elif as_json:
            named = {"issuer": row.slug, "name": row.profile["name"], "did": row.did}
            json_line({**named, "account": row.account.checksummed(), "keys": [key.multibase for key in keys]})
        else:
            say(f"{row.slug}: {row.profile['name']}\n  did      {row.did}\n  account  {row.account.checksummed()}")
            say("\n".join(f"  key      {key.multibase}{_retired(key)}" for key in keys))
    if did_documents:
        say(json.dumps(documents, ensure_ascii=False))


def _retired(key: SigningKeyRow) -> str:
    return f"  retired from {key.retired_since:%Y-%m-%dT%H:%M:%SZ}" if key.retired_since else ""


def _say_enrolled(enrolled: Enrolment) -> None:
    say(f"{enrolled.issuer.slug}: {enrolled.issuer.did}, account {enrolled.issuer.account.checksummed()}.")
    say("Next: credanchor achievement add FILE")


def _end_of_day(text: str) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"--until {text!r} is not a date; write it as YYYY-MM-DD, for example 2031-12-31.") from error
    return day.replace(hour=23, minute=59, second=59)
