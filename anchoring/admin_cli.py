"""`credanchor issuer delegate`, `move-admin`, `accept-admin`, `withdraw`: who acts for an issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import say
from registry.core.errors import InputError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anchoring.admin_desk import Home
    from anchoring.drive import Desk
    from anchoring.registrar import PlannedCall

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

IssuerSlug = Annotated[str, typer.Argument(metavar="ISSUER", help="Short name of the issuer.")]
Account = Annotated[str, typer.Argument(help="An account on the chain, 0x…")]
IssuerAccount = Annotated[str, typer.Argument(metavar="ISSUER", help="The issuer's account on the chain, 0x…")]
Roles = Annotated[str, typer.Option("--roles", help="anchor, suspend, revoke, with commas between; or none.")]
NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance of the next call; send nothing.")]

ROLES = {"anchor": 1, "suspend": 2, "revoke": 4}
"""The contract's bits for what a delegate may do."""
EXIT_WAITS = 3


def delegate(
    issuer: IssuerSlug, account: Account, *, roles: Roles, network: NetworkName = None, dry_run: DryRun = False
) -> None:
    """Let an account act for an issuer in exactly these roles; none takes all of them back.

    Example: credanchor issuer delegate northfield 0x52908400098527886E0F7030069857D2E4169EE7 --roles suspend,revoke
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from anchoring.registrar import delegation  # noqa: PLC0415
    from registry.core.account import Address  # noqa: PLC0415

    wanted, who = _bits(roles), Address(account)
    home = open_home(network)
    mine = home.issuer(issuer)
    with home.admin_desk(mine) as desk:
        _sent(home, delegation(desk, mine, who, wanted), desk, dry_run=dry_run)


def move_admin(issuer: IssuerSlug, account: Account, *, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Hand an issuer over to another admin: propose it, and accept at once if its key file is in this home.

    The admin governs the issuer, its id stays what it is. Delegates stay, too: look through them.

    Example: credanchor issuer move-admin northfield 0x52908400098527886E0F7030069857D2E4169EE7
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from anchoring.registrar import acceptance, proposal  # noqa: PLC0415
    from registry.core.account import Address  # noqa: PLC0415
    from registry.core.errors import KeyFileError  # noqa: PLC0415

    home, successor = open_home(network), Address(account)
    mine = home.issuer(issuer)
    with home.admin_desk(mine) as desk:
        _sent(home, proposal(desk, mine.account, successor), desk, dry_run=dry_run)
    if dry_run:
        return
    # A crash here leaves a proposal that nobody accepted; run again, it is not proposed twice.
    try:
        home.keystore(successor)
    except KeyFileError:
        say(
            f"Its holder accepts with `credanchor issuer accept-admin {mine.account.checksummed()}`, or with "
            "`acceptAdmin` of the contract. Until then nothing has changed."
        )
        return
    with home.desk(successor) as desk:
        _sent(home, acceptance(desk, mine.account, successor), desk, dry_run=False)


def accept_admin(issuer: IssuerAccount, *, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Take an issuer over that was proposed to an account whose key file is in this home.

    Example: credanchor issuer accept-admin 0x52908400098527886E0F7030069857D2E4169EE7
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from anchoring.registrar import acceptance  # noqa: PLC0415
    from registry.core.account import Address  # noqa: PLC0415

    home, account = open_home(network), Address(issuer)
    successor = home.proposed_admin(account)
    if successor is None:
        raise StateError(f"Nobody is proposed as the admin of {account.checksummed()}; nothing was sent.")
    with home.desk(successor) as desk:
        _sent(home, acceptance(desk, account, successor), desk, dry_run=dry_run)


def withdraw(account: Account, *, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Stop vouching for an issuer, with this home's admin key as the accreditor; what was anchored before stands.

    Example: credanchor issuer withdraw 0x52908400098527886E0F7030069857D2E4169EE7
    """
    from anchoring.admin_desk import ADMIN_KEY, open_home  # noqa: PLC0415
    from anchoring.registrar import withdrawal  # noqa: PLC0415
    from registry.core.account import Address  # noqa: PLC0415
    from registry.identity.key_files import account_address  # noqa: PLC0415

    home, issuer = open_home(network), Address(account)
    with home.desk(account_address(home.settings.keys() / ADMIN_KEY)) as desk:
        _sent(home, withdrawal(desk, issuer), desk, dry_run=dry_run)


def _sent(home: Home, calls: Iterator[PlannedCall], desk: Desk, *, dry_run: bool) -> None:
    from anchoring.admin_desk import send  # noqa: PLC0415

    if not send(desk, calls, dry_run=dry_run):
        raise typer.Exit(EXIT_WAITS)
    if not dry_run:
        say(f"That is how it stands on {home.network.title}.")


def _bits(roles: str) -> int:
    names = [one.strip() for one in roles.split(",")]
    unknown = [one for one in names if one not in ROLES]
    if names == ["none"]:
        return 0
    if unknown:
        raise InputError(f"--roles {unknown[0][:40]!r} is no role; say anchor, suspend, revoke, or none.")
    return sum(ROLES[one] for one in set(names))
