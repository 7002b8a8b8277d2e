"""`credanchor fsck` and `credanchor restore`: looking for damage, and coming back from a backup."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import json_line, progress_bar, say, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from anchoring.chain import Chain
    from registry.services.fsck_findings import Difference
    from registry.settings import Settings
    from registry.store.raw_rows import RawRows

# Imports stand inside the functions: `--help` must not wait for SQLModel or eth-account.

EXIT_DIFFERENCES = 1

WithChain = Annotated[bool, typer.Option("--chain", help="Compare anchors with the contract, too.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Backup = Annotated[Path, typer.Argument(help="File that `backup` wrote.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder to make the home in; else CREDANCHOR_HOME.")]


def fsck(*, with_chain: WithChain = False, as_json: AsJson = False) -> None:
    """Compute leaves, order, tiles and roots again from the documents, and name what differs from what is stored.

    Submissions, signed transactions, anchors and saved state proofs are compared with each other; nothing is changed.

    Exit codes: 0 nothing differs, 1 something does.

    Example: credanchor fsck --chain
    """
    from registry.settings import load_settings  # noqa: PLC0415  keeps --help fast

    found = check_home(load_settings(), with_chain=with_chain, as_json=as_json)
    raise typer.Exit(EXIT_DIFFERENCES if found else 0)


def restore(file: Backup, *, home: Home = None, as_json: AsJson = False) -> None:
    """Make a home from a backup, then look for damage in it.

    The folder must be new or empty, and so must the database that CREDANCHOR_DATABASE_URL names, if it is set. Of the
    two homes only one may go on issuing and anchoring: stop the old one first.

    Exit codes: 0 restored, 1 restored, and something differs that differed in the backup already.

    Example: credanchor restore credanchor-2026-11-22.zip --home new-home
    """
    from registry.cli.restore import restore_home  # noqa: PLC0415  keeps --help fast
    from registry.settings import home_folder, load_settings  # noqa: PLC0415

    folder = home or home_folder()
    manifest = restore_home(file, folder)
    if as_json:
        json_line(
            {"home": str(folder), "createdAt": f"{manifest.created_at:%Y-%m-%dT%H:%M:%SZ}", "rows": dict(manifest.rows)}
        )
    else:
        say(f"Restored {folder} as of {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC; the keys keep their passphrase.")
    found = check_home(load_settings(folder), as_json=as_json)
    if not as_json:
        say(f"Next: CREDANCHOR_HOME={folder} credanchor anchor run takes up what was under way.")
    raise typer.Exit(EXIT_DIFFERENCES if found else 0)


def check_home(settings: Settings, *, with_chain: bool = False, as_json: bool = False) -> int:
    """Look for damage and print every difference; return how many there are."""
    from registry.settings import open_store  # noqa: PLC0415  keeps --help fast
    from registry.store.raw_rows import RawRows  # noqa: PLC0415
    from registry.store.snapshot import consistent, row_counts  # noqa: PLC0415

    found = 0
    engine = open_store(settings).engine
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        connection = stack.enter_context(consistent(engine))
        counts = row_counts(connection)
        chain_of = _chains(settings, engine, stack) if with_chain else None
        with progress_bar(counts["credential"], "Checking") as advance:
            for difference in _differences(RawRows(connection), chain_of, advance):
                found += 1
                _tell(difference, as_json=as_json)
    if not as_json:
        said = "nothing differs." if not found else "1 difference." if found == 1 else f"{found:,} differences."
        say(f"Checked {counts['credential']:,} credentials in {counts['batch']:,} batches: {said}")
    return found


def _differences(
    raw: RawRows, chain_of: Callable[[int, str], Chain | None] | None, advance: Callable[[int], None]
) -> Iterator[Difference]:
    from anchoring.fsck_chain import chain_differences  # noqa: PLC0415  keeps --help fast
    from anchoring.fsck_submissions import submission_differences  # noqa: PLC0415
    from registry.services.fsck import differences  # noqa: PLC0415
    from registry.services.fsck_findings import Difference  # noqa: PLC0415

    yield from (Difference("database", "its file", "", f"is damaged: {line}") for line in raw.file_damage())
    yield from differences(raw, advance)
    yield from submission_differences(raw)
    if chain_of is not None:
        yield from chain_differences(raw, chain_of)


def _chains(settings: Settings, engine: Engine, stack: ExitStack) -> Callable[[int, str], Chain | None]:
    """Return a function from chain id and contract to the accepted network, opened once."""
    from anchoring.chain import Chain  # noqa: PLC0415  keeps --help fast
    from anchoring.endpoints import open_endpoints  # noqa: PLC0415
    from registry.store.final_heads import FinalHeads  # noqa: PLC0415

    opened: dict[str, Chain] = {}

    def chain_of(chain_id: int, contract: str) -> Chain | None:
        for network in settings.networks.values():
            if (network.chain_id, network.contract) == (chain_id, contract):
                if network.name not in opened:
                    endpoints = stack.enter_context(closing(open_endpoints(network)))
                    opened[network.name] = Chain(endpoints, network, FinalHeads(engine))
                return opened[network.name]
        return None

    return chain_of


def _tell(difference: Difference, *, as_json: bool) -> None:
    if as_json:
        json_line(difference.as_json())
    else:
        warn(difference.sentence())
