"""`credanchor deploy`: put the contract on a network, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import say
from registry.core.errors import ChainUnavailableError, InputError

if TYPE_CHECKING:
    from anchoring.admin_desk import Home
    from anchoring.drive import Desk

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml to deploy to.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show address, gas, fee and balance; send nothing.")]
StandardJson = Annotated[
    Path | None,
    typer.Option("--standard-json", help="Write the compiler's input to this file, for source verification."),
]

EXIT_WAITS = 3


def deploy(*, network: NetworkName = None, dry_run: DryRun = False, standard_json: StandardJson = None) -> None:
    """Deploy the contract to a network, paid by this home's admin key; nothing is sent where it stands already.

    Its address follows from its source and is the same on every chain. Run it again after an interruption.

    Example: credanchor deploy --network sepolia --dry-run
    """
    if network is None and standard_json is None:
        raise InputError("Say which network to deploy to, for example --network sepolia --dry-run.")
    if standard_json is not None:
        _write_standard_json(standard_json)
    if network is not None:
        _deploy(network, dry_run=dry_run)


def _deploy(network: str, *, dry_run: bool) -> None:
    from anchoring.admin_desk import ADMIN_KEY, open_home, send  # noqa: PLC0415
    from anchoring.deployment import deployment  # noqa: PLC0415
    from registry.identity.key_files import account_address  # noqa: PLC0415

    home = open_home(network)
    with home.desk(account_address(home.settings.keys() / ADMIN_KEY)) as desk:
        calls = list(deployment(desk.chain))
        if not calls:
            _say_where(home, "already stands")
            return
        mined = send(desk, iter(calls), dry_run=dry_run)
        if dry_run:
            return
        if not mined:
            say("Run the same command again: it goes on with this transaction and sends no other.")
            raise typer.Exit(EXIT_WAITS)
        _require_deployed(desk)
    _say_where(home, "stands")


def _require_deployed(desk: Desk) -> None:
    from anchoring.deployment import is_deployed  # noqa: PLC0415
    from registry.chain.artifact import derived_address  # noqa: PLC0415

    if not is_deployed(desk.chain.code_at(derived_address())):
        raise ChainUnavailableError(
            f"The transaction is mined, but an endpoint of {desk.chain.network.title} shows no contract yet: run the "
            "same command again in a minute; it looks first and pays nothing twice."
        )


def _say_where(home: Home, verb: str) -> None:
    network = home.network
    say(f"The contract {verb} at {network.contract.checksummed()} on {network.title}.")
    if network.explorer:
        say(f"  {network.explorer}/address/{network.contract.checksummed()}")


def _write_standard_json(file: Path) -> None:
    from anchoring.standard_json import contract_name, standard_json  # noqa: PLC0415
    from registry.chain.artifact import artifact  # noqa: PLC0415

    given = standard_json()
    try:
        file.write_text(json.dumps(given, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}. Name a file in a folder that exists.") from error
    say(f"Wrote {file}. To verify the source in an explorer, choose `standard JSON input`, and say:")
    say(f"  contract     {contract_name(given)}")
    say(f"  compiler     v{artifact()['compiler']}")
    say("  constructor  no arguments")
