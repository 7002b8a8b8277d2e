"""`credanchor issuer rotate-key`, `add-key`, `retire-key`: signing keys, on the chain and in the DID document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import confirm, json_line, say
from registry.core.errors import CredentialFormatError, InputError, StateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.admin_desk import Home
    from anchoring.drive import Desk
    from anchoring.retirement import Invalidated
    from registry.records import IssuerRow, SigningKeyRow

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

IssuerSlug = Annotated[str, typer.Argument(metavar="ISSUER", help="Short name of the issuer.")]
KeyText = Annotated[str, typer.Argument(metavar="KEY", help="Public key, z6Mk…; `credanchor issuer show` lists them.")]
RetireOld = Annotated[bool, typer.Option("--retire-old", help="Retire the issuer's present keys from now on.")]
Since = Annotated[str, typer.Option("--since", help="2026-11-21T12:00:00Z, a day (from its start, UTC), or now.")]
NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance; make and send nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="List what it invalidates, one JSON object a line; send nothing.")]

EXIT_WAITS = 3
MAX_LISTED = 20
"""Most credentials that are listed for a person."""


def rotate_key(
    issuer: IssuerSlug, *, retire_old: RetireOld = False, network: NetworkName = None, dry_run: DryRun = False
) -> None:
    """Replace an issuer's signing key: a new one is made, put on the chain and into did.json, and signs from then on.

    What the old key signed stays valid. With --retire-old it can sign nothing more: what it signed has to be anchored
    first. Run the command again after an interruption: it goes on, and makes no further key.

    Example: credanchor issuer rotate-key northfield --retire-old
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from anchoring.retirement import require_settled, unfinished  # noqa: PLC0415

    home = open_home(network)
    mine = home.issuer(issuer)
    keys = home.store.signing_keys(mine.id)
    with home.admin_desk(mine) as desk:
        begun = unfinished(desk, mine, keys)
        if retire_old:
            require_settled(home.store, mine, begun or _own(keys))
        if dry_run:
            _quote_rotation(desk, mine, begun or (_own(keys) if retire_old else []), adds=not begun)
            return
        if not begun:
            _make_key(home, desk, mine, retire_old=retire_old)
        _finish(home, desk, mine)
    say(f"{mine.slug} signs with {_own(home.store.signing_keys(mine.id))[0].multibase} from now on.")


def add_key(issuer: IssuerSlug, key: KeyText, *, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Add a public key whose private half other software keeps: what that signs can be adopted and anchored here.

    Example: credanchor issuer add-key northfield z6MkfWK2KYTazoJPaD74WLaTWRYJoQHqhUahrTwJp6MR4MsS
    """
    from anchoring.admin_desk import open_home, send  # noqa: PLC0415
    from anchoring.enrolment import record_key  # noqa: PLC0415
    from anchoring.registrar import key_addition  # noqa: PLC0415
    from registry.credentials.keys import PublicKey  # noqa: PLC0415

    home = open_home(network)
    mine = home.issuer(issuer)
    try:
        public = PublicKey.from_multibase(key)
    except CredentialFormatError as error:
        raise InputError(f"{error} Nothing was sent.") from error
    with home.admin_desk(mine) as desk:
        mined = send(desk, key_addition(desk, mine, public), dry_run=dry_run)
    if dry_run:
        return
    if not mined:
        raise typer.Exit(EXIT_WAITS)
    if key not in {one.multibase for one in home.store.signing_keys(mine.id)}:
        record_key(home, mine, public, "")
    say(f"{key} is a key of {mine.slug}; nothing is signed with it here.")


def add_rsa_key(issuer: IssuerSlug, *, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Make an RSA key that signs what is issued with --proof jwt-rs256, and nothing else; 2,048 bits.

    Run the command again after an interruption: it goes on, and makes no further key.

    Example: credanchor issuer add-rsa-key northfield
    """
    from anchoring.admin_desk import open_home, send  # noqa: PLC0415
    from anchoring.enrolment import next_rsa_key, passing_rsa_key, record_key  # noqa: PLC0415
    from anchoring.registrar import SHOWN, key_addition  # noqa: PLC0415

    home = open_home(network)
    mine = home.issuer(issuer)
    key, key_file = (passing_rsa_key(), "") if dry_run else next_rsa_key(home, mine)
    # A crash here leaves a key file that nothing signs with; the command, run again, goes on with that file.
    with home.admin_desk(mine) as desk:
        mined = send(desk, key_addition(desk, mine, key), dry_run=dry_run)
    if dry_run:
        return
    if not mined:
        say("The new key signs once it is on the chain: run the command again then.")
        raise typer.Exit(EXIT_WAITS)
    record_key(home, mine, key, key_file)
    say(f"{mine.slug} signs VC-JWTs of --proof jwt-rs256 with {key.multibase[:SHOWN]}… from now on.")


def retire_key(
    issuer: IssuerSlug,
    key: KeyText,
    *,
    since: Since,
    yes: Yes = False,
    network: NetworkName = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Retire a signing key as of a time, which may have passed: for a key that was stolen, or replaced.

    Lists first what that invalidates: what it signed and was anchored then or later. A retirement can be moved earlier,
    never back. A key retired from a time that has passed counts as stolen: did.json says that it is revoked, and
    standard verifiers, which know no anchors, refuse all that it ever signed.

    Example: credanchor issuer retire-key northfield z6MkfWK2KYTazoJPaD74WLaTWRYJoQHqhUahrTwJp6MR4MsS --since 2026-11-20
    """
    from anchoring.admin_desk import open_home, send  # noqa: PLC0415
    from anchoring.retirement import from_now, invalidated, key_retirement  # noqa: PLC0415

    home = open_home(network)
    mine = home.issuer(issuer)
    row = _replaced_key(home, mine, key)
    with home.admin_desk(mine) as desk:
        at = from_now(desk) if since == "now" else _time_of(since)
        calls = list(key_retirement(desk, mine, row, at))
        found = list(invalidated(desk, home.store, mine, row, at)) if calls else []
        _say_invalidated(found, key, at, as_json=as_json)
        if as_json:
            return
        if calls and not dry_run:
            confirm(f"Retire {key} from {at:%Y-%m-%dT%H:%M:%SZ} on?", yes=yes)
        mined = send(desk, iter(calls), dry_run=dry_run)
    if dry_run:
        return
    # A crash here leaves the chain ahead of did.json; the command, run again, sends nothing and notes it.
    if calls or row.retired_since is None or at < row.retired_since:
        home.store.retire_signing_key(key, at, stolen=since != "now" and at <= desk.clock.now())
    if not mined:
        raise typer.Exit(EXIT_WAITS)


def _make_key(home: Home, desk: Desk, issuer: IssuerRow, *, retire_old: bool) -> None:
    from anchoring.admin_desk import send  # noqa: PLC0415
    from anchoring.enrolment import next_key, record_key  # noqa: PLC0415
    from anchoring.registrar import key_addition  # noqa: PLC0415

    key, key_file = next_key(home, issuer)
    # A crash here leaves a key file that nothing signs with; the command, run again, goes on with that file.
    if not send(desk, key_addition(desk, issuer, key), dry_run=False):
        say("The new key signs once it is on the chain: run the command again then.")
        raise typer.Exit(EXIT_WAITS)
    record_key(home, issuer, key, key_file, retiring=desk.clock.now() if retire_old else None)
    # A crash here leaves old keys retired in this home alone; the command, run again, finds them and goes on.


def _finish(home: Home, desk: Desk, issuer: IssuerRow) -> None:
    """Retire on the chain what this home counts as retired."""
    from anchoring.admin_desk import send  # noqa: PLC0415
    from anchoring.retirement import from_now, key_retirement, require_settled, unfinished  # noqa: PLC0415

    begun = unfinished(desk, issuer, home.store.signing_keys(issuer.id))
    require_settled(home.store, issuer, begun)
    for key in begun:
        since = from_now(desk)
        home.store.retire_signing_key(key.multibase, since, stolen=False)
        if not send(desk, key_retirement(desk, issuer, key, since), dry_run=False):
            raise typer.Exit(EXIT_WAITS)


def _quote_rotation(desk: Desk, issuer: IssuerRow, retired: Sequence[SigningKeyRow], *, adds: bool) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    from anchoring.admin_desk import quote_each  # noqa: PLC0415
    from anchoring.registrar import key_addition  # noqa: PLC0415
    from anchoring.retirement import from_now, key_retirement  # noqa: PLC0415
    from registry.credentials.keys import PublicKey  # noqa: PLC0415

    # A key that is thrown away: what adding one costs does not depend on which it is.
    passing = PublicKey.of(Ed25519PrivateKey.generate())
    calls = list(key_addition(desk, issuer, passing)) if adds else []
    for key in retired:
        calls += key_retirement(desk, issuer, key, from_now(desk))
    quote_each(desk, calls)


def _own(keys: Sequence[SigningKeyRow]) -> list[SigningKeyRow]:
    """Return the Ed25519 keys that sign here, newest first."""
    from registry.cli.signing_keys import keys_of_type  # noqa: PLC0415

    return [key for key in keys_of_type(keys, rsa=False) if key.key_file and key.retired_since is None]


def _replaced_key(home: Home, issuer: IssuerRow, multibase: str) -> SigningKeyRow:
    keys = home.store.signing_keys(issuer.id)
    found = next((key for key in keys if key.multibase == multibase), None)
    if found is None:
        known = ", ".join(key.multibase for key in keys)
        raise InputError(f"{issuer.slug} has no key {multibase[:80]!r}; it has {known}. Nothing was sent.")
    if _own(keys)[:1] == [found]:
        raise StateError(
            f"{issuer.slug} signs with this key. Run `credanchor issuer rotate-key {issuer.slug}` first, then this "
            "command again. Nothing was sent."
        )
    return found


def _time_of(text: str) -> datetime:
    from registry.credentials.times import parse_time  # noqa: PLC0415

    try:
        return parse_time(text if "T" in text else f"{text}T00:00:00Z", "--since").replace(microsecond=0)
    except CredentialFormatError as error:
        raise InputError(f"--since {text!r} is no time; write 2026-11-21T12:00:00Z, 2026-11-21, or now.") from error


def _say_invalidated(found: Sequence[Invalidated], key: str, since: datetime, *, as_json: bool) -> None:
    if as_json:
        for one in found:
            at = one.anchored_at and one.anchored_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            json_line({"credential": one.credential_id, "anchoredAt": at})
        return
    count = f"{len(found):,} credential{'' if len(found) == 1 else 's'}"
    say(f"Retiring {key} from {since:%Y-%m-%dT%H:%M:%SZ} on invalidates {count}{':' if found else '.'}")
    for one in found[:MAX_LISTED]:
        say(
            f"  {one.credential_id}  "
            + (f"anchored {one.anchored_at:%Y-%m-%dT%H:%M:%SZ}" if one.anchored_at else "not anchored yet")
        )
    if len(found) > MAX_LISTED:
        say(f"  and {len(found) - MAX_LISTED:,} more; --json lists all.")
