"""The command `credanchor verifier`: the public page and API on this machine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import say
from registry.cli.servers import serve_app
from verifier_web.buckets import PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier_web.metrics import Metrics

Host = Annotated[str, typer.Option("--host", help="Address to listen at.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen at; 0 takes any free one.", min=0, max=65535)]
PerMinute = Annotated[
    int, typer.Option("--per-minute", help="Requests a minute that one address may make; 0 for any number.", min=0)
]
Proxy = Annotated[
    str | None,
    typer.Option("--proxy", help="Address or network of the reverse proxy whose X-Forwarded-For is believed."),
]
MetricsPort = Annotated[
    int | None,
    typer.Option("--metrics-port", help="Serve /metrics at this port of 127.0.0.1; else nowhere.", min=1, max=65535),
]


def verifier(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8321,
    per_minute: PerMinute = PER_MINUTE,
    proxy: Proxy = None,
    metrics_port: MetricsPort = None,
) -> None:
    """Serve the public verifier page and API until Ctrl-C.

    It needs no home folder and no key; with a home folder it accepts that folder's networks, too.

    Example: credanchor verifier --port 8321
    """
    from registry.settings import build_fonts, load_accepted  # noqa: PLC0415  keeps --help fast
    from registry.system import SystemClock  # noqa: PLC0415
    from verifier_web.app import Limits, create_app  # noqa: PLC0415
    from verifier_web.metrics import Metrics  # noqa: PLC0415

    accepted = load_accepted()
    readers = accepted.readers()
    metrics = Metrics(readers)
    clock = SystemClock()
    app = create_app(
        accepted.verifier(clock, readers),
        networks={one.name: one for one in accepted.networks},
        fonts=build_fonts(),
        directory=accepted.directory(clock),
        watched=readers,
        limits=Limits(per_minute=per_minute),
        metrics=metrics,
    )
    with _metrics_at(metrics_port, metrics):
        serve_app(app, host, port, lambda url: say(f"Verifier page at {url} (stop it with Ctrl-C)."), proxy=proxy)


@contextmanager
def _metrics_at(port: int | None, metrics: Metrics) -> Iterator[None]:
    if port is None:
        yield
        return
    from registry.cli.metrics_server import serving_metrics  # noqa: PLC0415  keeps --help fast

    with serving_metrics("127.0.0.1", port, metrics.registry, lambda: True) as url:
        say(f"Metrics at {url}.")
        yield
