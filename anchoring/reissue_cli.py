"""`credanchor reissue`: a corrected credential in an old one's place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.output import json_line, say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.admin_desk import Home
    from registry.records import StoredCredential
    from registry.services.reissue import Plan, Reissuing

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

Ids = Annotated[list[str], typer.Argument(help="Ids of credentials, urn:uuid:… or the bare UUID.")]
Changed = Annotated[list[str] | None, typer.Option("--set", help='A new value, as "member=value"; may be repeated.')]
FromFile = Annotated[Path | None, typer.Option("--from", help="The same as a JSON object from member to value.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in your own words; it stays in this home.")]
NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check it and show the cost of revoking; change nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a credential.")]

EXIT_WAITS = 3


def reissue(
    ids: Ids,
    *,
    reason: Reason,
    changed: Changed = None,
    source: FromFile = None,
    network: NetworkName = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Issue credentials anew with changed members, and revoke the old ones as superseded.

    Members: name, email, student-id, awarded, expires, grade, credits, narrative, achievement (the short id). The new
    one is stored before the old one is revoked, and both pages say so. Its recipient's own link is printed; the old
    one's page leads there, too. Run it again after an interruption: it goes on.

    Example: credanchor reissue 7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c --set "name=Ada Okafor" --reason "typing error"
    """
    from anchoring.admin_desk import open_home  # noqa: PLC0415
    from anchoring.status_cli import order  # noqa: PLC0415

    home = open_home(network)
    work = _reissuing(home)
    changes = _changes(changed or [], source)
    plans = [work.plan(one, changes) for one in dict.fromkeys(ids)]
    if not dry_run:
        for plan in plans:
            new = work.carry_out(plan)
            # A crash here leaves the old one standing beside the new; run again, the new is found and the old revoked.
            _tell(plan, new, home.settings.base_url, as_json=as_json)
    mined = order(home, "revoked", [plan.old for plan in plans], (1, reason), dry_run=dry_run, quiet=as_json)
    if not (dry_run or as_json):
        say("Next: credanchor anchor run; until then the new ones read as waiting to be anchored.")
    if not mined:
        raise typer.Exit(EXIT_WAITS)


def _reissuing(home: Home) -> Reissuing:
    from registry.cli.signing_keys import signers  # noqa: PLC0415
    from registry.services.reissue import Reissuing  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    return Reissuing(
        store=home.store,
        signer_of=signers(home.settings, home.store),
        base_url=home.settings.base_url,
        now=SystemClock().now(),
        max_batch_size=home.allowed.max_batch_size,
    )


def _changes(given: Sequence[str], source: Path | None) -> dict[str, str]:
    changes = _from_file(source) if source else {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise InputError(f'--set {one[:80]!r} has no "="; write it as "name=Ada Okafor".')
        changes[name.strip()] = value.strip()
    return changes


def _from_file(path: Path) -> dict[str, str]:
    from registry.core.canonical import parse_json  # noqa: PLC0415

    try:
        value: Any = parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise InputError(f'{path} is not a JSON object from member to text, such as {{"name": "Ada Okafor"}}.')
    return value


def _tell(plan: Plan, new: StoredCredential, base_url: str, *, as_json: bool) -> None:
    from registry.services.share_links import recipient_link  # noqa: PLC0415

    link = recipient_link(base_url, new)
    if as_json:
        json_line({"old": plan.old.credential_id, "new": new.credential_id, "link": link})
        return
    was = " (it was before)" if plan.done else ""
    say(f"{plan.old.credential_id} is reissued as {new.credential_id}{was}\n  {link}")
