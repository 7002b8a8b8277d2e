"""The command `credanchor verifier`: the public page and API on this machine."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8321
MAX_CONNECTIONS = 200
"""Connections served at the same time; more are answered 503."""


def verifier(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = DEFAULT_HOST,
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65535)
    ] = DEFAULT_PORT,
) -> None:
    """Serve the public verifier page and API until Ctrl-C.

    Example: credanchor verifier --port 8321
    """
    import uvicorn  # noqa: PLC0415  the command line imports this module for its help, too

    from registry.chain.networks import load_networks  # noqa: PLC0415
    from registry.settings import build_verifier, home_folder  # noqa: PLC0415
    from verifier_web.app import create_app  # noqa: PLC0415

    home = home_folder()
    known = home if home.is_dir() else None
    app = create_app(build_verifier(known), networks=load_networks(known))
    listener = _listener(host, port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # who asked about whom is nobody's business
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=5,
    )
    typer.echo(f"The verifier is at {_address(listener)} (stop it with Ctrl-C).")
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or end the command with a sentence and exit code 2."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = error.strerror or str(error)
        message = (
            f"The verifier cannot listen on {host}, port {port}: {reason}. Choose another with --port (0 takes any)."
        )
        typer.echo(message, err=True)
        raise typer.Exit(2) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
