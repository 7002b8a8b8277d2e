"""`credanchor links`: recipients' own links, to be handed over by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import json_line, say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from registry.records import StoredCredential
    from registry.store.repository import Store

Ids = Annotated[list[str] | None, typer.Argument(help="Ids of credentials, urn:uuid:… or the bare UUID.")]
All = Annotated[bool, typer.Option("--all", help="All credentials of this home.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a credential.")]


def links(ids: Ids = None, *, everything: All = False, as_json: AsJson = False) -> None:
    """Print the address of each recipient's own page, where they make share links and turn them off.

    It is a secret: whoever has it can do that, too. Hand it to the recipient alone, and keep no list of them.

    Example: credanchor links 7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c
    """
    from registry.services.share_links import recipient_link  # noqa: PLC0415  keeps --help fast
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    if bool(ids) is everything:
        raise InputError("Say whose links: ids of credentials, or --all.")
    settings = load_settings()
    store = open_store(settings)
    for one in store.credentials() if ids is None or everything else _named(store, ids):
        if one.entry is None:
            continue  # erased: there is nothing left behind its link
        link = recipient_link(settings.base_url, one)
        if as_json:
            json_line({"credential": one.credential_id, "recipient": one.recipient, "link": link})
        else:
            say(f"{one.credential_id}  {one.recipient}\n  {link}")
    if not as_json:
        say("Each is a secret: whoever has it can share the credential and turn its links off. Give it to nobody else.")


def _named(store: Store, ids: Sequence[str]) -> Iterable[StoredCredential]:
    """Return the credentials of these ids; InputError if one is unknown or was erased."""
    found = {name: store.credential(name.removeprefix("urn:uuid:")) for name in ids}
    for name, one in found.items():
        if one is None or one.entry is None:
            was = "There is no credential" if one is None else "The document was erased of"
            raise InputError(f"{was} {name[:80]!r} in this home; no link was printed.")
    return [one for one in found.values() if one is not None]
