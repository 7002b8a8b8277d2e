"""`credanchor anchor sign` and `credanchor anchor relay`: the issuer signs, somebody else pays."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import json_line, say, warn
from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anchoring.admin_desk import Home
    from anchoring.chain import Quote
    from anchoring.drive import Desk
    from anchoring.relay import Look, Relayed
    from anchoring.relay_request import RelayRequest
    from anchoring.relay_signing import SignedBatches

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

EXIT_NEEDS_PERSON = 2
EXIT_WAITS = 3
A_WEEK = 7 * 24 * 3600
TEN_YEARS = 10 * 366 * 24 * 3600

NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance; send nothing.")]
ValidFor = Annotated[
    int | None,
    typer.Option("--valid-for", min=1, max=TEN_YEARS, help=f"Seconds the signatures are good; else {A_WEEK} (a week)."),
]
Until = Annotated[
    str | None, typer.Option("--until", help="Instead: the last moment, as 2031-12-31 or 2031-12-31T12:00:00Z.")
]
Out = Annotated[Path, typer.Option("--out", help="The file to write; it must not stand already.")]
Files = Annotated[list[Path], typer.Argument(help="Files that `credanchor anchor sign` wrote.")]


def sign(*, out: Out, network: NetworkName = None, valid_for: ValidFor = None, until: Until = None) -> None:
    """Seal every open batch and sign a relay request for each that is not anchored; somebody else pays.

    Needs the anchoring key and no ether. Once the requests are relayed, `anchor run` adopts the
    anchors and pays nothing. Exit codes: 0 signed or nothing to sign, 2 a person is needed.

    Example: credanchor anchor sign --valid-for 86400 --out relay.json
    """
    from anchoring.relay_request import requests_json  # noqa: PLC0415
    from anchoring.relay_signing import sign_batches  # noqa: PLC0415
    from registry.services.seal import seal_open_batches  # noqa: PLC0415

    if out.exists():
        raise InputError(f"{out} stands already and is not overwritten; give another name with --out.")
    with _opened(network) as (home, desk):
        now = desk.clock.now()
        deadline = _deadline(now, valid_for, until)
        (signer,) = desk.signers
        signed = sign_batches(desk, signer, lambda: seal_open_batches(home.store, now), int(deadline.timestamp()))
    if signed.requests:
        _write_new(out, json.dumps(requests_json(signed.requests), indent=2) + "\n")
    _say_signed(signed, out)
    if signed.skipped:
        raise typer.Exit(EXIT_NEEDS_PERSON)


def relay(files: Files, *, network: NetworkName = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Pay for the anchors that other people's issuers signed for; this home's anchoring key pays.

    Every request is looked at before anything is spent: chain, contract, deadline, signature, role, and
    whether the batch stands already, which costs nothing. Run it again after an interruption. Exit codes: 0
    every batch stands, 2 a request was refused, 3 something still waits.

    Example: credanchor anchor relay relay.json --dry-run
    """
    from anchoring.relay import total_cost  # noqa: PLC0415

    requests = [(path, request) for path in files for request in _read(path)]
    with _opened(network) as (_, desk):
        looks = _looks(desk, [request for _, request in requests], dry_run=dry_run)
        cost = total_cost(looks)
        if cost is not None:
            count = sum(look.quote is not None for look in looks)
            _show_cost(cost, count, dry_run=dry_run, as_json=as_json)
        outcomes = []
        for (path, _), look in zip(requests, looks, strict=True):
            outcomes.append(_carried_out(desk, look, dry_run=dry_run))
            _tell(path, outcomes[-1], look, as_json=as_json)
    raise typer.Exit(_exit_code(outcomes))


@contextmanager
def _opened(network: str | None) -> Iterator[tuple[Home, Desk]]:
    from anchoring.admin_desk import open_home  # noqa: PLC0415

    home = open_home(network)
    with home.anchoring_desk() as desk:
        yield home, desk


def _deadline(now: datetime, valid_for: int | None, until: str | None) -> datetime:
    if valid_for is not None and until is not None:
        raise InputError("Give either --valid-for or --until, not both; nothing was signed.")
    if until is None:
        return now + timedelta(seconds=A_WEEK if valid_for is None else valid_for)
    end = _moment(until)
    if end <= now:
        raise InputError(f"--until {until[:40]} has passed already; nothing was signed.")
    return end


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_moment(text) from error
    if len(text) == len("2031-12-31"):
        return at.replace(hour=23, minute=59, second=59, tzinfo=UTC)
    if at.tzinfo is None:
        raise _no_moment(text)
    return at.astimezone(UTC)


def _no_moment(text: str) -> InputError:
    return InputError(
        f"--until {text[:40]!r} is no moment; write it as 2031-12-31, or as 2031-12-31T12:00:00Z. Nothing was signed."
    )


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); sign again with another --out.") from error


def _say_signed(signed: SignedBatches, out: Path) -> None:
    for request in signed.requests:
        terms = request.terms
        end = datetime.fromtimestamp(terms.deadline_seconds, UTC).isoformat().replace("+00:00", "Z")
        count = f"{terms.batch.tree_size:,} credential{'' if terms.batch.tree_size == 1 else 's'}"
        whose = f"{count} of {terms.batch.issuer.checksummed()}"
        say(f"Signed for batch {terms.batch.batch_id}, of {whose}; good until {end}.")
        say(f"  root {terms.batch.root.to_hex()}")
    for sentence in signed.skipped:
        warn(sentence)
    if signed.standing:
        numbers = ", ".join(str(batch.batch_id) for batch in signed.standing)
        say(f"Anchored by somebody already: batch {numbers}. `credanchor anchor run` adopts that and pays nothing.")
    if signed.requests:
        say(f"{out} has it all: whoever runs `credanchor anchor relay {out}` pays, and then `credanchor anchor run`")
        say("adopts the anchors here.")
    else:
        say("There is nothing to sign.")


def _read(path: Path) -> Sequence[RelayRequest]:
    from anchoring.relay_request import MAX_FILE_BYTES, RelayFormatError, parse_requests  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        return parse_requests(data)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); nothing was sent.") from error
    except RelayFormatError as error:
        raise RelayFormatError(f"{path} is no file of relay requests: {error}. Nothing was sent.") from error


def _looks(desk: Desk, requests: Sequence[RelayRequest], *, dry_run: bool) -> list[Look]:
    from anchoring.relay import look_at  # noqa: PLC0415

    (payer,) = desk.signers
    looks = [look_at(desk, payer, request) for request in requests]
    if dry_run or desk.chain.network.kind != "local" or all(look.quote is None for look in looks):
        return looks
    desk.chain.fund(payer)  # play money
    return [look_at(desk, payer, request) for request in requests]


def _show_cost(cost: Quote, count: int, *, dry_run: bool, as_json: bool) -> None:
    from anchoring.fees import in_eth  # noqa: PLC0415

    if not as_json:
        say(
            f"To relay {count:,} anchor{'' if count == 1 else 's'} on {cost.network} costs about "
            f"{in_eth(cost.likely_fee_wei)} ({cost.gas:,} gas), at most {in_eth(cost.max_fee_wei)}; "
            f"{cost.account.checksummed()} holds {in_eth(cost.balance_wei)}."
        )
    if not dry_run:
        cost.require_funds()


def _carried_out(desk: Desk, look: Look, *, dry_run: bool) -> Relayed:
    from anchoring.relay import Outcome, Relayed, relay  # noqa: PLC0415

    (payer,) = desk.signers
    if look.refusal:
        return Relayed(look.request, Outcome.REFUSED, why=look.refusal)
    if not dry_run:
        return relay(desk, payer, look.request)
    return Relayed(look.request, Outcome.STANDS if look.standing else Outcome.QUOTED, look.standing)


def _tell(path: Path, relayed: Relayed, look: Look, *, as_json: bool) -> None:
    from anchoring.relay import Outcome  # noqa: PLC0415
    from anchoring.relay_report import relayed_json, relayed_line  # noqa: PLC0415

    if as_json:
        json_line(relayed_json(relayed, look, str(path)))
    elif relayed.outcome is Outcome.REFUSED:
        warn(relayed_line(relayed, str(path)))
    else:
        say(relayed_line(relayed, str(path)))


def _exit_code(outcomes: Sequence[Relayed]) -> int:
    from anchoring.relay import Outcome  # noqa: PLC0415

    found = {one.outcome for one in outcomes}
    if Outcome.REFUSED in found:
        return EXIT_NEEDS_PERSON
    return EXIT_WAITS if Outcome.WAITS in found else 0
