"""`credanchor anchor endpoints`: a line on each endpoint of a network."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.output import confirm, json_line, say

if TYPE_CHECKING:
    from anchoring.endpoint_health import EndpointHealth

# Imports stand inside the functions: `--help` must not wait for httpx or eth-abi.

EXIT_NO_QUORUM = 3

NetworkName = Annotated[str | None, typer.Option("--network", help="Network from networks.toml; else the home's own.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def endpoints(*, network: NetworkName = None, as_json: AsJson = False) -> None:
    """Tell how every endpoint of a network stands: its blocks, its lag, and whether it agrees with a quorum.

    Needs no key. Exit codes: 0 a quorum agrees, 3 none does.

    Example: credanchor anchor endpoints --network sepolia
    """
    from anchoring.endpoint_health import health_of  # noqa: PLC0415
    from anchoring.endpoints import open_endpoints  # noqa: PLC0415
    from registry.settings import load_settings  # noqa: PLC0415

    chosen = load_settings().chosen_network(network)
    with closing(open_endpoints(chosen)) as asked:
        found = health_of(asked, chosen)
    for number, one in enumerate(found, 1):
        if as_json:
            json_line({"number": number, **health_json(one)})
        else:
            say(f"{number} {health_line(one)}")
    agreeing = sum(one.agrees for one in found)
    if not as_json:
        verb = "agrees" if agreeing == 1 else "agree"
        say(f"{agreeing} of {len(found)} {verb} on {chosen.title}; {chosen.quorum} must.")
    if agreeing < chosen.quorum:
        raise typer.Exit(EXIT_NO_QUORUM)


def forget_final(*, network: NetworkName = None, yes: Yes = False) -> None:
    """Forget the newest final block that is remembered of a network, after endpoints lied about it together.

    Only for the alarm `finality-broken`, and only once the block was compared with independent explorers: what the
    job remembers is what keeps endpoints from taking anchors back. Batches and submissions stay as they are.

    Example: credanchor anchor forget-final --network sepolia
    """
    from registry.settings import load_settings, open_store  # noqa: PLC0415
    from registry.store.final_heads import FinalHeads  # noqa: PLC0415

    settings = load_settings()
    chosen = settings.chosen_network(network)
    heads = FinalHeads(open_store(settings).engine)
    before = heads.newest(chosen.chain_id)
    if before is None:
        say(f"No final block of {chosen.title} is remembered.")
        return
    confirm(
        f"Forget that block {before.number:,} of {chosen.title} was final as {before.block_hash.to_hex()}?", yes=yes
    )
    heads.forget(chosen.chain_id)
    say("Forgotten. The next run believes what a quorum of the endpoints says is final.")


def health_json(one: EndpointHealth) -> dict[str, Any]:
    """Return the object that `anchor endpoints --json` prints on a line."""
    return {
        "endpoint": one.name,
        "reachable": one.heads is not None,
        "why": str(one.failure) if one.failure else None,
        "rightChain": one.right_chain,
        "head": one.heads.head if one.heads else None,
        "finalized": one.heads.final if one.heads else None,
        "behind": one.behind,
        "milliseconds": one.milliseconds,
        "agrees": one.agrees,
    }


def health_line(one: EndpointHealth) -> str:
    """Return how an endpoint stands, in a line."""
    if one.heads is None:
        return f"{one.name}: no usable answer: {str(one.failure).removesuffix('.')}."
    lag = f"{one.behind:,} behind the best" if one.behind else "newest"
    return (
        f"{one.name}: block {one.heads.head:,} ({lag}), final {one.heads.final:,}, {one.milliseconds} ms, "
        f"{'agrees' if one.agrees else 'DOES NOT AGREE with a quorum'}"
    )
