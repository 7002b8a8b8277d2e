"""The command `credanchor verifier`: the public page and API on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from registry.cli.output import say
from registry.cli.servers import serve_app
from verifier_web.buckets import PER_MINUTE

Host = Annotated[str, typer.Option("--host", help="Address to listen at.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen at; 0 takes any free one.", min=0, max=65535)]
PerMinute = Annotated[
    int, typer.Option("--per-minute", help="Requests a minute that one address may make; 0 for any number.", min=0)
]
Proxy = Annotated[
    str | None,
    typer.Option("--proxy", help="Address or network of the reverse proxy whose X-Forwarded-For is believed."),
]


def verifier(
    *, host: Host = "127.0.0.1", port: Port = 8321, per_minute: PerMinute = PER_MINUTE, proxy: Proxy = None
) -> None:
    """Serve the public verifier page and API until Ctrl-C.

    It needs no home folder and no key; with a home folder it accepts that folder's networks, too.

    Example: credanchor verifier --port 8321
    """
    from registry.chain.networks import load_networks  # noqa: PLC0415  keeps --help fast
    from registry.settings import build_verifier, home_folder  # noqa: PLC0415
    from verifier_web.app import Limits, create_app  # noqa: PLC0415

    home = home_folder()
    networks = load_networks(home if home.is_dir() else None)
    app = create_app(build_verifier(home), networks=networks, limits=Limits(per_minute=per_minute))
    serve_app(app, host, port, lambda url: say(f"Verifier page at {url} (stop it with Ctrl-C)."), proxy=proxy)
