"""Serving /metrics and /healthz beside other work, in threads of their own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client.exposition import make_wsgi_app

from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from prometheus_client import CollectorRegistry


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 10  # a client that says nothing is let go

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def serving_metrics(host: str, port: int, metrics: CollectorRegistry, alive: Callable[[], bool]) -> Iterator[str]:
    """Serve while the block runs; gives the URL. SettingsError if the address or port cannot be had."""
    try:
        server = make_server(host, port, _application(make_wsgi_app(metrics), alive), _Server, _Handler)
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {host} cannot be listened at ({error.strerror}); choose another with --metrics-port."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _application(metrics: WSGIApplication, alive: Callable[[], bool]) -> WSGIApplication:
    def application(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environment.get("PATH_INFO")
        if path == "/metrics":
            return metrics(environment, start)
        if path != "/healthz":
            return _text(start, "404 Not Found", "There are /metrics and /healthz.\n")
        if alive():
            return _text(start, "200 OK", "ok\n")
        return _text(start, "503 Service Unavailable", "The process has shown no sign of life for too long.\n")

    return application


def _text(start: StartResponse, status: str, body: str) -> list[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [body.encode()]
