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

    With CREDANCHOR_VC_API_TOKEN set, it also answers the W3C's VC-API to whoever presents that token.

    Example: credanchor serve --port 8320
    """
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415
    from registry.api.app import create_app  # noqa: PLC0415  keeps --help fast
    from registry.api.office import Office  # noqa: PLC0415
    from registry.api.vc_api import VcApi  # noqa: PLC0415
    from registry.settings import build_press, build_verifier, load_settings, open_store, vc_api_token  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    settings, token = load_settings(), vc_api_token()
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
        press=build_press(settings),
    )
    vc_api = VcApi(office, token, load_anchoring_settings(settings.home).max_batch_size) if token else None
    serve_app(create_app(office, vc_api), host, port, lambda url: say(f"Issuer API at {url}; stop it with Ctrl-C."))
