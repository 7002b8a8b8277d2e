"""`credanchor endorse`: a signed word about somebody's achievement, profile or credential."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.output import say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.receipt import Bundle
    from registry.services.endorse import Endorsable, Endorsing
    from registry.settings import Settings

# Imports stand inside the functions: `--help` must not wait for SQLModel.

Sources = Annotated[
    list[str], typer.Argument(help="Achievement or profile as JSON, credential, bundle or badge: files or URLs.")
]
Comment = Annotated[str, typer.Option("--comment", help="What you say of it, in your own words.")]
IssuerSlug = Annotated[str | None, typer.Option("--issuer", help="Who endorses, if this home has several issuers.")]
Until = Annotated[str | None, typer.Option("--until", help="Last day on which the endorsement stands.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the endorsements, one file each.")]


def endorse(
    sources: Sources, *, comment: Comment, issuer: IssuerSlug = None, until: Until = None, out: Out = None
) -> None:
    """Endorse exactly the text of an achievement, a profile or one credential; all of them, or none if one is wrong.

    With --out, an endorsement of a credential is written beside the credential in one bundle, for its holder; any
    other by itself, for `credanchor achievement add --endorsement`. Run it again after `credanchor anchor run`: the
    same endorsement is found again, and the file holds its receipt. `credanchor revoke` withdraws it.

    Example: credanchor endorse data-foundations.json --comment "We hire on the strength of it." --out endorsements
    """
    from registry.cli.inputs import content_named  # noqa: PLC0415
    from registry.services.endorse import endorsable  # noqa: PLC0415
    from registry.settings import load_settings  # noqa: PLC0415

    if not comment.strip():
        raise InputError("An endorsement says something: give --comment some words. Nothing was signed.")
    work = _endorsing(load_settings(), issuer)
    end = _end(until, work.now) if until else None
    found = [endorsable(source, content_named(source)) for source in sources]
    drafts = [work.draft(one, comment.strip(), end) for one in found]
    waiting = False
    for source, one, draft in zip(sources, found, drafts, strict=True):
        stored = work.endorse(draft)
        handed = work.handed_out(one, stored)
        say(f"{work.issuer.slug} endorses {one.name} ({one.endorsed.id}): {stored.credential_id}")
        waiting = waiting or all(receipt.leaf_hash != stored.leaf_hash for receipt in handed.receipts)
        if out is not None:
            _write(out / _name(source, one), handed)
    if waiting:
        say("Next: credanchor anchor run; then the same command again, for the receipt.")


def _endorsing(settings: Settings, slug: str | None) -> Endorsing:
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415
    from registry.cli.signing_keys import signers  # noqa: PLC0415
    from registry.services.catalogue import issuer_named  # noqa: PLC0415
    from registry.services.endorse import Endorsing  # noqa: PLC0415
    from registry.settings import open_store  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    store = open_store(settings)
    mine = issuer_named(store, slug)
    return Endorsing(
        store=store,
        issuer=mine,
        signer=signers(settings, store)(mine),
        base_url=settings.base_url,
        now=SystemClock().now(),
        max_batch_size=load_anchoring_settings(settings.home).max_batch_size,
    )


def _end(until: str, now: datetime) -> datetime:
    from registry.credentials.cells import date_of, end_of  # noqa: PLC0415

    end = end_of(date_of(until))
    if end <= now:
        raise InputError(f"--until {until[:40]} has passed. Nothing was signed.")
    return end


def _name(source: str, one: Endorsable) -> str:
    stem = Path(source.rstrip("/").rpartition("/")[2]).stem or "standard-input"
    return f"{stem}.{'endorsement' if one.bundle is None else 'endorsed'}.json"


def _write(path: Path, bundle: Bundle) -> None:
    from registry.cli.whole_file import write_whole  # noqa: PLC0415
    from registry.services.export import file_content  # noqa: PLC0415

    write_whole(path, file_content(bundle, "json"))
    say(f"  {path}")
