"""`credanchor erase`: documents removed, their fingerprints kept."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.cli.output import confirm, say
from registry.core.errors import InputError

Ids = Annotated[list[str], typer.Argument(help="Ids of credentials, urn:uuid:… or the bare UUID.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def erase(ids: Ids, *, yes: Yes = False) -> None:
    """Remove the documents of credentials from this home for good; only their leaf hashes stay.

    Everybody else's proofs stand, and a revocation stays published. The recipient's own copy goes on verifying:
    revoke the credential as well if it should not. Backups made before still hold the document.

    Example: credanchor erase urn:uuid:7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c
    """
    from registry.settings import load_settings, open_store  # noqa: PLC0415  keeps --help fast

    store = open_store(load_settings())
    uuids = [one.removeprefix("urn:uuid:") for one in dict.fromkeys(ids)]
    known = store.known_uuids(uuids)
    missing = [one for one in uuids if one not in known]
    if missing:
        raise InputError(f"There is no credential {missing[0][:80]!r} in this home; nothing was erased.")
    confirm(f"Erase the document{'s' if len(uuids) > 1 else ''} of {len(uuids):,} for good?", yes=yes)
    erased = store.erase(uuids)
    say(f"Erased {erased:,} document{'' if erased == 1 else 's'}; {len(uuids) - erased:,} had none any more.")
    say("Backups and exported files still hold what they held.")
