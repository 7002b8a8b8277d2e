"""Run a web application until somebody stops it."""

from __future__ import annotations

import gc
import socket
from typing import TYPE_CHECKING

from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

MAX_CONNECTIONS = 200
"""Most connections at once; others are told to come back."""
NEW_OBJECTS = 50_000
"""After how many more objects unreachable cycles are looked for: sooner than in other commands, since what a request
leaves in one may be a document of megabytes."""


def serve_app(app: FastAPI, host: str, port: int, announce: Callable[[str], None], *, proxy: str | None = None) -> None:
    """Serve until Ctrl-C; `announce` is called with the URL once the port is ours.

    `proxy` is the address, or network, of whoever may say in X-Forwarded-For whom it asks for; nobody else may.

    Raises:
        SettingsError: the address or port cannot be listened at.
    """
    import uvicorn  # noqa: PLC0415  only servers need it

    gc.set_threshold(NEW_OBJECTS)
    listener = _listener(host, port)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listener.getsockname()[1]}/")
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            proxy_headers=proxy is not None,
            forwarded_allow_ips=proxy,
        )
    )
    server.run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: else the second part of an answer, its body,
    # waits for 40 ms until the client has acknowledged the first.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # before the address is told: an early visitor waits instead of being refused
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {port} of {host} cannot be listened at ({error.strerror}); choose another with --port."
        ) from error
    return listener
