"""What the pathway commands work with: candidates gathered from this home and from files, and their awards."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from registry.credentials.pathway import Pathway
    from registry.records import IssuerRow
    from registry.services.award import Candidate, Candidates
    from registry.services.stacks import StackIssuance
    from registry.settings import Settings
    from registry.store.repository import Store

# Imports stand inside the functions: `--help` must not wait for SQLModel.


def json_in(path: Path) -> Any:  # noqa: ANN401  any JSON value
    """Return the JSON in a file; InputError names the file if it is none."""
    from registry.core.canonical import parse_json  # noqa: PLC0415

    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def candidates_of(
    short_id: str, recipient: str | None, foreign: Sequence[Path], known: Sequence[Path]
) -> tuple[Pathway, list[Candidate]]:
    """Return a pathway with everybody who holds any of it, or the one that is named; InputError names a bad file."""
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    return _gathered(open_store(load_settings()), short_id, recipient, foreign, known)


def awards_of(
    short_id: str, recipient: str | None, foreign: Sequence[Path], known: Sequence[Path], *, dry_run: bool
) -> Iterator[dict[str, Any]]:
    """Yield a line on each award: signed and stored, or found, or what would be; all are checked before the first.

    Raises:
        InputError: somebody who is named has not completed it, or a record would not verify.

    """
    from registry.services.award import award_draft  # noqa: PLC0415
    from registry.services.pathways import offer_of  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    pathway, candidates = _gathered(store, short_id, recipient, foreign, known)
    offer = offer_of(store, pathway)
    issuance = stack_issuance(settings, store, offer.issuer)
    chosen = [one for one in candidates if one.progress.complete or recipient is not None]
    drafts = [(one, award_draft(pathway, offer, one)) for one in chosen]
    for _, draft in drafts:
        issuance.require_sound(draft)
    for one, draft in drafts:
        known_before = store.credential_by_row_key(draft.key)
        stored, is_new = (known_before, False) if dry_run else issuance.issued(draft)
        status = store.statuses([stored.leaf_hash]) if stored else {}
        yield {
            "recipient": one.recipient,
            "components": len(draft.record.components),
            "credential": stored.credential_id if stored else None,
            "issued": is_new,
            "revoked": "revoked" in status.values(),
        }


def stack_issuance(settings: Settings, store: Store, issuer: IssuerRow) -> StackIssuance:
    """Return what issues records of an issuer."""
    from registry.anchoring_settings import load_anchoring_settings  # noqa: PLC0415
    from registry.cli.signing_keys import signers  # noqa: PLC0415
    from registry.services.stacks import StackIssuance  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    return StackIssuance(
        store=store,
        issuer=issuer,
        signer_of=signers(settings, store),
        base_url=settings.base_url,
        now=SystemClock().now(),
        max_batch_size=load_anchoring_settings(settings.home).max_batch_size,
    )


def progress_json(pathway: Pathway, one: Candidate) -> dict[str, Any]:
    """Return one recipient's progress as JSON."""
    found = one.progress
    return {
        "pathway": pathway.id,
        "recipient": one.recipient,
        "complete": found.complete,
        "components": found.count,
        "credits": f"{found.credits:f}",
        "steps": [
            {
                "achievement": step.component.achievement,
                "state": step.state.value,
                "credential": step.held.id if step.held else None,
                "waitsFor": list(step.waits_for),
            }
            for step in found.steps
        ],
    }


def _gathered(
    store: Store, short_id: str, recipient: str | None, foreign: Sequence[Path], known: Sequence[Path]
) -> tuple[Pathway, list[Candidate]]:
    from registry.services.award import Candidates, in_order  # noqa: PLC0415
    from registry.services.pathways import pathway_named  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    pathway = pathway_named(store, short_id)
    found = Candidates(store, pathway, SystemClock().now())
    if recipient is not None:
        found.only(recipient)
    _add_foreign(found, foreign)
    _add_known(found, known)
    return pathway, in_order(found.all())


def _add_foreign(found: Candidates, paths: Sequence[Path]) -> None:
    from registry.cli.inputs import content_of  # noqa: PLC0415
    from registry.settings import build_verifier  # noqa: PLC0415

    if not paths:
        return
    with closing(build_verifier()) as verifier:
        for path in paths:
            found.add_foreign(str(path), content_of(str(path)), verifier.verify)


def _add_known(found: Candidates, paths: Sequence[Path]) -> None:
    from registry.core.errors import ComponentError  # noqa: PLC0415
    from registry.credentials.recognition import parse_recognition  # noqa: PLC0415

    for path in paths:
        try:
            recognition = parse_recognition(json_in(path), found.pathway)
        except ComponentError as error:
            raise ComponentError(f"{path}: {error}") from error
        found.add_recognition(str(path), recognition)
