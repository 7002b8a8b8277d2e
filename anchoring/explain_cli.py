"""`credanchor explain`: the lines by which anybody asks the contract about one credential, without us."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import json_line, say
from registry.core.errors import ChainUnavailableError, InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry.checks.facts import ChainFacts, Facts
    from registry.services.recheck import Command

# Imports stand inside the functions: `--help` must not wait for openbadgeslib.

Bundle = Annotated[str, typer.Argument(help="Bundle, credential or badge: a file, a URL, or - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def explain(bundle: Bundle, *, as_json: AsJson = False) -> None:
    """Print how to ask the contract about a credential yourself: `cast` lines, each with what it asks.

    The output is a shell script that needs cast (from Foundry) and nothing of ours. The chain is asked once,
    for the time of anchoring and for the answers to expect; whether the credential is genuine, `verify` says.

    Example: credanchor explain bundle.json
    """
    from registry.chain.networks import load_networks  # noqa: PLC0415
    from registry.cli.inputs import content_of  # noqa: PLC0415
    from registry.services.recheck import commands  # noqa: PLC0415
    from registry.settings import build_verifier, home_folder  # noqa: PLC0415

    with closing(build_verifier()) as verifier:
        judged = verifier.verify(content_of(bundle))
    chain = _require_answer(judged.facts)
    folder = home_folder()
    network = load_networks(folder if folder.is_dir() else None)[chain.network.name]
    asked = commands(judged, network.rpc_urls)
    if as_json:
        for one in asked:
            json_line({"input": bundle, **_where(chain), **_json(one)})
    else:
        say("\n".join(_script(chain, asked)))


def _require_answer(facts: Facts) -> ChainFacts:
    """Return what the chain said; the errors say why it said nothing."""
    from registry.checks.facts import ChainFacts, UnknownNetwork, Unreachable  # noqa: PLC0415

    if facts.receipt is None:
        if facts.receipt_unreachable is not None:
            raise ChainUnavailableError(f"Its receipt cannot be looked up: {facts.receipt_unreachable.why}.")
        raise InputError("There is no receipt of this credential, so there is nothing to ask: explain its bundle.")
    if isinstance(facts.chain, UnknownNetwork):
        chains = ", ".join(facts.chain.chains) or "no chain"
        raise SettingsError(f"Its receipt names {chains}, which networks.toml does not have; add it, or ask elsewhere.")
    if isinstance(facts.chain, Unreachable):
        raise ChainUnavailableError(f"The chain cannot be asked: {facts.chain.why}.")
    if not isinstance(facts.chain, ChainFacts) or facts.presented.leaf_hash is None:
        raise InputError("The credential has no canonical form and so no leaf hash; there is nothing to ask.")
    return facts.chain


def _where(chain: ChainFacts) -> dict[str, object]:
    return {"network": chain.network.name, "contract": chain.network.contract.checksummed()}


def _json(command: Command) -> dict[str, object]:
    return {"question": command.purpose, "command": command.text, "expected": command.got or None}


def _script(chain: ChainFacts, asked: Sequence[Command]) -> Iterator[str]:
    from registry.services.recheck import EXPECTED, LIMIT  # noqa: PLC0415

    yield f"# The registry contract on {chain.network.title} is {chain.network.contract.checksummed()}."
    yield f"# {LIMIT}"
    for one in asked:
        yield ""
        yield f"# {one.purpose}"
        yield one.text
        if one.got:
            yield f"# {EXPECTED} {one.got}"
