"""`credanchor transcript`: everything a recipient holds of this home, as one signed record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from registry.cli.output import say

# Imports stand inside the function: `--help` must not wait for SQLModel.

Whose = Annotated[str, typer.Argument(metavar="RECIPIENT", help="E-mail address, DID or student number.")]
IssuerSlug = Annotated[str | None, typer.Option("--issuer", help="Which issuer signs it, if there are several.")]
As = Annotated[Literal["json", "pdf"], typer.Option("--as", help="Bundle, or a PDF for people with the bundle inside.")]
Out = Annotated[Path, typer.Option("--out", help="File for the transcript with the receipts of all that is in it.")]


def transcript(recipient: Whose, *, out: Out, issuer: IssuerSlug = None, form: As = "json") -> None:
    """Sign a recipient's transcript as a CLR 2.0 learner record, anchored with the next batch.

    The same content is the same transcript. Run it again after `credanchor anchor run`: the file then holds its
    receipt, too. What was revoked is left out; suspended, expired and VC-JWT credentials are, too, and it says so.

    Example: credanchor transcript ada.okafor@learners.example --out ada.json
    """
    from registry.cli.pathway_work import stack_issuance  # noqa: PLC0415
    from registry.cli.whole_file import write_whole  # noqa: PLC0415
    from registry.services.award import recipient_named  # noqa: PLC0415
    from registry.services.catalogue import issuer_named  # noqa: PLC0415
    from registry.services.export import file_content  # noqa: PLC0415
    from registry.services.receipts import bundle_of  # noqa: PLC0415
    from registry.services.transcript import transcript_draft  # noqa: PLC0415
    from registry.services.transcript_pdf import transcript_pdf  # noqa: PLC0415
    from registry.settings import build_press, load_settings, open_store  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    issuance = stack_issuance(settings, store, issuer_named(store, issuer))
    draft = transcript_draft(store, issuance.issuer, recipient_named(recipient), issuance.now)
    issuance.require_sound(draft)
    stored, is_new = issuance.issued(draft)
    bundle = bundle_of(store, stored)
    write_whole(out, file_content(bundle, "json") if form == "json" else transcript_pdf(bundle, build_press(settings)))
    part = " It is partial: something that they hold is left out." if draft.record.partial else ""
    say(f"{'Signed' if is_new else 'Found'} {stored.credential_id}: {len(draft.record.components)} credentials.{part}")
    say(f"  {out}")
    if not any(receipt.leaf_hash == stored.leaf_hash for receipt in bundle.receipts):
        say("Next: credanchor anchor run; then the same command again, for its receipt.")
