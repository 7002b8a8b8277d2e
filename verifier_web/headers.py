"""Headers of every answer: nothing but our own files may run, nobody may frame us, and two addresses are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Content Security Policy, level 3; pictures in a document come as data URLs or not at all."""
PRIVATE_POLICY = POLICY.replace("connect-src 'self'", "connect-src 'self' https: http://127.0.0.1:* http://localhost:*")
"""The policy of the private check alone, whose script asks an endpoint of the visitor's choice."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What is added to every answer."""

OPEN = frozenset({"/v1/verifications", "/static/element.js"})
"""Addresses that other sites' scripts may use: what `<credanchor-verifier>` needs (docs/embedding.md)."""
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What these answers carry beside; never that credentials are allowed."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, Credanchor-Recipient",
    "Access-Control-Max-Age": "86400",
}
"""What a browser is told that asks before it posts."""

CAMERA_HEADERS = {"Permissions-Policy": "camera=(self), geolocation=(), microphone=()"}
"""What lets the one page that reads QR codes use the camera."""

PRIVATE_HEADERS = {"Content-Security-Policy": PRIVATE_POLICY}
"""What lets the private check alone ask endpoints beside our own server."""

NO_STORE = {"Cache-Control": "no-store"}
"""For every answer that speaks of somebody's credential."""


_OWN = {**dict.fromkeys(OPEN, OPEN_HEADERS), "/camera": CAMERA_HEADERS, "/private": PRIVATE_HEADERS}


def headers_of(path: str) -> dict[str, str]:
    """Return what an answer from this address carries."""
    return {**HEADERS, **_OWN.get(path, {})}


class StrictHeaders:
    """ASGI middleware that adds the headers above."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers_of(scope["path"]))
            await send(message)

        await self._app(scope, receive, send_with_headers)
