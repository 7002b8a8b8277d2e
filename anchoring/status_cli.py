"""`credanchor revoke`, `suspend`, `reinstate`: on the chain and in the status list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anchoring.admin_desk import Home
    from anchoring.registrar import StatusKind
    from registry.records import StatusChange, StoredCredential

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

Ids = Annotated[list[str], typer.Argument(help="Ids of credentials, urn:uuid:… or the bare UUID.")]
Reason = Annotated[
    str,
    typer.Option("--reason", help="superseded, error, withdrawn, misconduct, or words of your own, which stay here."),
]
NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance; send nothing.")]

REASON_CODES = {"superseded": 1, "error": 2, "withdrawn": 3, "misconduct": 4}
"""Words for the contract's public reason codes; anything else is a note, and the chain shows no reason."""
LEAVES_A_CALL = 100
"""Most credentials in one transaction, about 2.6 million gas."""
EXIT_WAITS = 3
_WHERE = {
    "revoked": "The status list, which other verifiers read, says so from now on.",
    "suspended": "The chain alone knows of it: the status list, which other verifiers read, shows revocations only.",
}


def revoke(ids: Ids, *, reason: Reason, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Revoke credentials for good: in whatever batch they are anchored, on the chain and in the status list.

    Example: credanchor revoke urn:uuid:7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c --reason error
    """
    _change("revoked", ids, reason, network, dry_run=dry_run)


def suspend(ids: Ids, *, reason: Reason, network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Suspend credentials until they are reinstated; the chain alone knows of it.

    Example: credanchor suspend urn:uuid:7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c --reason "appeal pending"
    """
    _change("suspended", ids, reason, network, dry_run=dry_run)


def reinstate(ids: Ids, *, reason: Reason = "", network: NetworkName = None, dry_run: DryRun = False) -> None:
    """Lift a suspension.

    Example: credanchor reinstate urn:uuid:7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c
    """
    _change("reinstated", ids, reason, network, dry_run=dry_run)


def order(
    home: Home,
    kind: StatusKind,
    credentials: Sequence[StoredCredential],
    reason: tuple[int, str],
    *,
    dry_run: bool,
    quiet: bool = False,
) -> bool:
    """Order a status on the chain and note it for the status list; return whether all of it is mined.

    `reason` is the public code and the registrar's words. `quiet` prints nothing.
    """
    from anchoring.admin_desk import send  # noqa: PLC0415
    from anchoring.registrar import status_change  # noqa: PLC0415

    mined = True
    for issuer_id, group in _by_issuer(credentials):
        mine = next(row for row in home.store.issuers() if row.id == issuer_id)
        leaves = [one.leaf_hash for one in group]
        with home.admin_desk(mine) as desk:
            calls = status_change(desk, kind, mine, leaves, reason[0])
            mined = send(desk, calls, dry_run=dry_run, quiet=quiet) and mined
        # A crash here leaves the chain ahead of the status list; the command, run again, sends nothing and notes it.
        if not dry_run:
            home.store.record_status([_event(kind, one, *reason) for one in group])
    return mined


def _change(kind: StatusKind, ids: list[str], reason: str, network: str | None, *, dry_run: bool) -> None:
    from anchoring.admin_desk import open_home  # noqa: PLC0415

    home = open_home(network)
    code = REASON_CODES.get(reason, 0)
    found = [_credential(home, one) for one in dict.fromkeys(ids)]
    mined = order(home, kind, found, (code, reason), dry_run=dry_run)
    if not dry_run and kind != "reinstated":
        say(_WHERE[kind])
    if kind != "reinstated" and code == 0 and reason:
        say("The reason in your own words stays in this home; the chain shows none.")
    if not mined:
        raise typer.Exit(EXIT_WAITS)


def _by_issuer(found: Sequence[StoredCredential]) -> Iterator[tuple[int, list[StoredCredential]]]:
    for issuer_id in sorted({one.issuer_id for one in found}):
        mine = [one for one in found if one.issuer_id == issuer_id]
        for at in range(0, len(mine), LEAVES_A_CALL):
            yield issuer_id, mine[at : at + LEAVES_A_CALL]


def _credential(home: Home, named: str) -> StoredCredential:
    found = home.store.credential(named.removeprefix("urn:uuid:"))
    if found is None:
        raise InputError(f"There is no credential {named[:80]!r} in this home; nothing was changed.")
    return found


def _event(kind: StatusKind, credential: StoredCredential, code: int, note: str) -> StatusChange:
    from registry.records import StatusChange  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    return StatusChange(credential.issuer_id, credential.leaf_hash, kind, code, note, SystemClock().now())
