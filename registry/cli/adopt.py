"""`credanchor adopt`: credentials that were signed elsewhere, anchored as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.cli.output import say, warn
from registry.core.errors import InputError

Files = Annotated[list[Path], typer.Argument(help="Credentials, bundles, VC-JWTs or badge pictures.")]
IssuerSlug = Annotated[
    str | None, typer.Option("--issuer", help="Anchor under this issuer, whoever the credentials name.")
]

MAX_BYTES = 4 * 1024 * 1024
"""Longest file that is read."""


def adopt(files: Files, *, issuer: IssuerSlug = None) -> None:
    """Take Open Badges 3.0 credentials that other software signed, as they are, to be anchored with the next batch.

    Each proof is checked first, and the key must be one of the issuer's (`credanchor issuer add-key` adds it). One bad
    file, and none is taken. What was taken before is skipped.

    Example: credanchor adopt badges/*.json
    """
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415  keeps --help fast
    from registry.services.adopt import Adopting  # noqa: PLC0415
    from registry.services.catalogue import issuer_named  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    chosen = issuer_named(store, issuer) if issuer else None
    allowed = load_anchoring_settings(settings.home)
    work = Adopting(store, SystemClock().now(), allowed.max_batch_size, chosen)
    found = [work.adoptable(str(path), _read(path)) for path in files]
    adopted = work.store_all(found)
    if chosen is not None:
        warn(
            f"credanchor: anchored under {chosen.slug}; verifiers accept only those whose issuer is {chosen.did} and "
            "whose key is that issuer's on the chain."
        )
    say(f"Adopted {adopted:,} credentials; {len(found) - adopted:,} were here already.")
    if adopted:
        say("Next: credanchor anchor run")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Nothing was adopted.") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path} has more than {MAX_BYTES:,} bytes. Nothing was adopted.")
    return data
