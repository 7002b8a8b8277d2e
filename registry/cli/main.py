"""The `credanchor` command: finds its commands, runs one, and turns errors into sentences and exit codes.

A command's module is imported only when that command runs, so that `--help` stays fast.
Exit codes: 0 done or verified, 1 not verified or not all, 2 bad input or not now, 3 somebody else did not answer.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from importlib.metadata import distribution, entry_points, version
from typing import TYPE_CHECKING, cast

from registry.core.errors import RegistryError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from typer import Typer

GROUP = "credanchor.commands"
"""Entry-point group of the commands; an entry is `name = "module:typer_app_or_function"`."""
EXIT_BAD_INPUT = 2
EXIT_UNAVAILABLE = 3
NEW_OBJECTS = 200_000
"""After how many more objects Python looks for unreachable cycles: almost all that a command makes are in none."""
UNUSED = ("httpx._main", "cffi")
"""What others import for a use that nobody has here: httpx its own command line, with rich and pygments; pycryptodome a
compiler of C declarations instead of ctypes. Each takes 0.02 to 0.03 s of every start."""

SUMMARIES: Mapping[str, str] = {
    "demo": "Everything below on a local chain, in one go.",
    "devnet": "A persistent local chain with the contract deployed.",
    "init": "Make the home folder, the database and the encrypted keys.",
    "issuer": "Register an issuer on the chain, manage its keys, accredit others.",
    "achievement": "What credentials are awarded for.",
    "issue": "Issue credentials from a roster.",
    "pathway": "What makes up a larger achievement, who has completed it, and its award.",
    "transcript": "Everything a recipient holds of this home, as one signed record.",
    "anchor": "Seal batches and anchor them on the chain.",
    "export": "Write bundles, badges and certificates to files.",
    "links": "Print each recipient's own link, to be handed over.",
    "deliver": "Mail each recipient the link to their own page, once.",
    "revoke": "Revoke credentials for good.",
    "reissue": "Issue credentials anew with changed members, the old ones revoked.",
    "suspend": "Suspend credentials for a while.",
    "reinstate": "Lift a suspension.",
    "endorse": "Say a signed word for an achievement, an issuer or a credential.",
    "adopt": "Anchor credentials that were signed elsewhere.",
    "erase": "Remove documents for good; only their fingerprints stay.",
    "verify": "Judge credentials against the chain.",
    "explain": "Print how to ask the contract about a credential yourself.",
    "serve": "Run the issuer API and the credential pages.",
    "verifier": "Run the public verifier page and API.",
    "backup": "Write everything that a home cannot make again into one file.",
    "restore": "Make a home from a backup.",
    "fsck": "Compute everything again from the documents, and name what differs.",
    "deploy": "Deploy the contract to a network.",
}
"""One line for each command, in the order a newcomer meets them; shown without importing the command."""


def main() -> None:
    """Run the command line."""
    for unused in UNUSED:
        sys.modules.setdefault(unused, cast("ModuleType", None))  # None refuses the import
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # or every package is looked through for some
    gc.set_threshold(NEW_OBJECTS)  # at Python's own 700 a tenth of issuing is looking; at 50,000, 0.03 s of each start
    atexit.register(gc.freeze)  # nor at the end, when all of it goes: that took 0.2 s of every command
    try:
        sys.exit(run(sys.argv[1:]))
    except RegistryError as error:
        sys.stderr.write(f"credanchor: {error}\n")
        sys.exit(EXIT_UNAVAILABLE if isinstance(error, UnavailableError) else EXIT_BAD_INPUT)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; that is no error of ours
        sys.exit(0)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; RegistryError is the caller's to show."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        sys.stdout.write(overview())
        return 0
    name, *rest = arguments
    if name == "--version":
        sys.stdout.write(f"credanchor {version('credanchor')}\n")
        return 0
    target = _own().get(name) or _installed().get(name)
    if target is None:
        sys.stderr.write(f"credanchor: there is no command {name!r}; `credanchor --help` lists them.\n")
        return EXIT_BAD_INPUT
    result = _app(target)(args=rest, prog_name=f"credanchor {name}", standalone_mode=True)
    return int(result or 0)


def overview() -> str:
    """Return the text of `credanchor --help`."""
    installed = _installed()
    lines = [f"  {name:12} {summary}" for name, summary in SUMMARIES.items() if name in installed]
    return "\n".join(
        [
            "Usage: credanchor COMMAND [OPTIONS] ...",
            "",
            "Issue Open Badges 3.0, anchor them on a public chain, and verify them without trusting anybody.",
            "",
            "Commands:",
            *lines,
            "",
            "Options: --help, --version. Every command has --help with an example.",
            "Example: credanchor verify badge.png",
            "",
        ]
    )


def _own() -> dict[str, str]:
    """Return the commands of this package; to look through all that are installed takes 0.02 s."""
    return {entry.name: entry.value for entry in distribution("credanchor").entry_points if entry.group == GROUP}


def _installed() -> dict[str, str]:
    return {entry.name: entry.value for entry in entry_points(group=GROUP)}


def _app(target: str) -> Typer:
    from typer import Typer  # noqa: PLC0415  not needed to show the list of commands

    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, Typer):
        return found
    app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(found)
    return app
