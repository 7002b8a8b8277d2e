"""`credanchor serve`: the issuer API and the credential pages."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.cli.output import say
from registry.cli.servers import serve_app
from registry.cli.signing_keys import current_signers

Host = Annotated[str, typer.Option("--host", help="Address to listen at.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen at; 0 takes any free one.", min=0, max=65535)]


def serve(*, host: Host = "127.0.0.1", port: Port = 8320) -> None:
    """Answer for this home's issuers: DID documents, status lists, receipts, shared credentials.

    Put a web server with TLS before it; status lists are signed, so it needs the signing keys' passphrase.

    Example: credanchor serve --port 8320
    """
    from registry.api.app import create_app  # noqa: PLC0415  keeps --help fast
    from registry.api.office import Office  # noqa: PLC0415
    from registry.settings import build_verifier, load_settings, open_store  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    signer_of = current_signers(settings, store)
    for issuer in store.issuers():
        signer_of(issuer)  # a wrong passphrase is told now, not to the first visitor
    office = Office(
        store=store,
        signer_of=signer_of,
        networks=[settings.chosen_network().ref()],
        base_url=settings.base_url,
        verifier=build_verifier(settings.home),
        clock=SystemClock(),
    )
    serve_app(create_app(office), host, port, lambda url: say(f"Issuer API at {url}; stop it with Ctrl-C."))
