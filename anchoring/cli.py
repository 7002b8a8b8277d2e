"""`credanchor anchor` and `credanchor devnet`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from anchoring.endpoints_cli import endpoints, forget_final
from anchoring.relay_cli import relay, sign
from registry.cli.output import json_line, say, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from anchoring.admin_desk import Home
    from anchoring.devnet import Devnet, DevnetStatus
    from anchoring.drive import Desk
    from anchoring.job import Outlook, RunReport
    from registry.core.submission import Submission
    from registry.store.repository import Store

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

EXIT_NEEDS_PERSON = 2
EXIT_WAITS = 3
EXIT_IDLE = 4
ENDED_SHOWN = 10
"""How many ended submissions `anchor status` shows unless told to show all."""
_PLAIN = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False, "no_args_is_help": True}

anchor = typer.Typer(help="Seal batches and anchor them on the chain.", **_PLAIN)  # type: ignore[arg-type]
devnet = typer.Typer(help="A persistent local chain with the contract deployed.", **_PLAIN)  # type: ignore[arg-type]

NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show gas, fee and balance; seal, sign and send nothing.")]
Retry = Annotated[
    bool, typer.Option("--retry", help="Anchor again what the contract reverted, once its reason is gone.")
]
EveryOne = Annotated[bool, typer.Option("--all", help="Show every submission that ended, not the newest ten only.")]
Every = Annotated[int, typer.Option("--every", min=1, help="Seconds between two rounds.")]
MetricsPort = Annotated[
    int | None, typer.Option("--metrics-port", min=1, max=65535, help="Serve /metrics and /healthz there.")
]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port; else that of last time, or 8545.")]


@anchor.command("run")
def anchor_run(
    *, network: NetworkName = None, dry_run: DryRun = False, retry: Retry = False, as_json: AsJson = False
) -> None:
    """Seal every open batch and anchor all sealed ones, once; go on with what was begun.

    Exit codes: 0 something became final and nothing waits, 2 a person is needed, 3 something still waits, 4
    there was nothing to do.

    Example: credanchor anchor run --dry-run
    """
    from anchoring.job import retry_refused  # noqa: PLC0415  keeps --help fast
    from anchoring.logs import open_log  # noqa: PLC0415
    from anchoring.rounds import round_of_all, tell_what_is_left, telling  # noqa: PLC0415

    with _opened(network) as (home, desk):
        if dry_run:
            raise typer.Exit(_show_outlook(home.store, desk, as_json=as_json))
        log = open_log(home.allowed.log or "off", sys.stderr)
        told = telling(desk, log)
        if retry:
            retry_refused(told)
        report = round_of_all(home, told, log, _announced(as_json=as_json))
        tell_what_is_left(report, log)
        _show_report(report, as_json=as_json)
    raise typer.Exit(_exit_code(report))


@anchor.command("watch")
def anchor_watch(
    *, network: NetworkName = None, every: Every = 60, metrics_port: MetricsPort = None, as_json: AsJson = False
) -> None:
    """Do what `run` does again and again, until it is told to stop (Ctrl-C, or a TERM signal).

    A batch is anchored once it is full or old enough: anchoring.toml says when (docs/operations.md). The log goes to
    standard error.

    Example: credanchor anchor watch --every 300
    """
    from anchoring.watching import Orders, run_watch  # noqa: PLC0415  keeps --help fast

    def show(report: RunReport) -> None:
        if not report.idle:
            _show_report(report, as_json=as_json)
            sys.stdout.flush()

    with _opened(network) as (home, desk):
        port = metrics_port or home.allowed.metrics_port
        run_watch(home, desk, Orders(every, port, _announced(as_json=as_json), show))


@anchor.command("status")
def anchor_status(*, every: EveryOne = False, as_json: AsJson = False) -> None:
    """Tell how every submission stands, since when, and what happens next by whom; asks no chain.

    Unfinished ones come first, then the newest that ended.

    Example: credanchor anchor status --all --json
    """
    from anchoring.prospect import prospect  # noqa: PLC0415  keeps --help fast
    from anchoring.report import standing_json, standing_lines  # noqa: PLC0415
    from anchoring.settings import policy_of  # noqa: PLC0415
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    settings = load_settings()
    store, policy, now = open_store(settings), policy_of(load_anchoring_settings(settings.home)), SystemClock().now()
    shown, hidden = _in_order(store.submissions.submissions(), every=every)
    for one in shown:
        ahead = prospect(one, [] if one.finished else store.submissions.attempts(one.id), policy)
        if as_json:
            json_line(standing_json(one, ahead))
        else:
            say("\n".join(standing_lines(one, ahead, now)))
    if not as_json:
        if hidden:
            say(f"{hidden:,} more ended before these; --all shows them.")
        say(_batches_line(store))


def _in_order(submissions: Sequence[Submission], *, every: bool) -> tuple[list[Submission], int]:
    """Return the unfinished ones, then the ended ones, oldest first; and how many ended ones are left out."""
    ended = [one for one in submissions if one.finished]
    hidden = 0 if every else max(0, len(ended) - ENDED_SHOWN)
    return [*(one for one in submissions if not one.finished), *ended[hidden:]], hidden


anchor.command("endpoints")(endpoints)
anchor.command("forget-final")(forget_final)
anchor.command("sign")(sign)
anchor.command("relay")(relay)


@devnet.command("up")
def devnet_up(*, port: Port = None) -> None:
    """Start the local chain, or see that it runs, and deploy the contract if it is missing.

    Example: credanchor devnet up --port 8600
    """
    from anchoring.anvil_program import find_anvil  # noqa: PLC0415  keeps --help fast

    net = _devnet()
    _say_status(net, net.up(find_anvil(os.environ.get("CREDANCHOR_ANVIL")), port))


@devnet.command("status")
def devnet_status(*, as_json: AsJson = False) -> None:
    """Tell whether the local chain runs, and where.

    Example: credanchor devnet status --json
    """
    net = _devnet()
    status = net.status()
    if as_json:
        json_line(status.as_json())
    else:
        _say_status(net, status)


@devnet.command("down")
def devnet_down() -> None:
    """Stop the local chain; its state stays for the next `up`.

    Example: credanchor devnet down
    """
    net = _devnet()
    say(
        f"The local chain is stopped; {net.folder} keeps its state."
        if net.down()
        else "The local chain was not running."
    )


def _devnet() -> Devnet:
    from anchoring.desk import DEVNET_FOLDER  # noqa: PLC0415  keeps --help fast
    from anchoring.devnet import Devnet  # noqa: PLC0415
    from registry.settings import home_folder  # noqa: PLC0415

    return Devnet(home_folder() / DEVNET_FOLDER)


def _say_status(net: Devnet, status: DevnetStatus) -> None:
    if not status.running:
        say("The local chain does not run; `credanchor devnet up` starts it.")
        return
    say(f"The local chain runs at {status.rpc}, at block {status.block}.")
    say(f"  contract {status.contract}")
    say(f"  state    {net.folder}")


def _opened(network: str | None) -> AbstractContextManager[tuple[Home, Desk]]:
    from contextlib import contextmanager  # noqa: PLC0415  keeps --help fast

    from anchoring.admin_desk import open_home  # noqa: PLC0415

    @contextmanager
    def opened() -> Iterator[tuple[Home, Desk]]:
        home = open_home(network)
        with home.anchoring_desk() as desk:
            yield home, desk

    return opened()


def _announced(*, as_json: bool) -> Callable[[Outlook], None]:
    from anchoring.report import outlook_line  # noqa: PLC0415  keeps --help fast

    return (lambda _outlook: None) if as_json else (lambda outlook: say(outlook_line(outlook)))


def _show_outlook(store: Store, desk: Desk, *, as_json: bool) -> int:
    """Show what a run would cost; return the exit code."""
    from anchoring.job import outlook  # noqa: PLC0415  keeps --help fast
    from anchoring.preview import sealable_batches  # noqa: PLC0415
    from anchoring.report import outlook_json, outlook_line  # noqa: PLC0415

    (sender,) = desk.signers
    plans, skipped = outlook(desk, sender, desk.rows.unclaimed_batches() + sealable_batches(store))
    for plan in plans:
        if as_json:
            json_line(outlook_json(plan, desk.chain.network))
        else:
            say(outlook_line(plan))
    for sentence in skipped:
        warn(sentence)
    if not plans and not as_json:
        say("There is nothing to anchor.")
    if skipped:
        return EXIT_NEEDS_PERSON
    return 0 if plans else EXIT_IDLE


def _show_report(report: RunReport, *, as_json: bool) -> None:
    from anchoring.report import submission_json, submission_lines  # noqa: PLC0415  keeps --help fast

    for one in report.progress:
        if as_json:
            json_line(submission_json(one.submission, one.step))
        else:
            say("\n".join(submission_lines(one.submission, one.step)))
    for sentence in report.skipped + report.unproven:
        warn(sentence)
    if report.idle and not as_json:
        say("There is nothing to anchor.")


def _exit_code(report: RunReport) -> int:
    if report.needs_person:
        return EXIT_NEEDS_PERSON
    if report.waits:
        return EXIT_WAITS
    return EXIT_IDLE if report.idle else 0


def _batches_line(store: Store) -> str:
    counts: dict[str, int] = {}
    for batch in store.batches():
        counts[batch.state.value] = counts.get(batch.state.value, 0) + 1
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"Batches: {told or 'none yet'}."
