"""`credanchor export`: bundles and badges as files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from registry.cli.output import json_line, progress_bar, say
from registry.cli.whole_file import write_whole
from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.cli.export_state import StateFile
    from registry.records import StoredCredential
    from registry.services.export import ExportedFile
    from registry.store.repository import Store

CredentialId = Annotated[str | None, typer.Option("--credential", help="One credential, by its id.")]
BatchId = Annotated[int | None, typer.Option("--batch", help="All credentials of one batch.")]
All = Annotated[bool, typer.Option("--all", help="All credentials of this home.")]
Out = Annotated[Path, typer.Option("--out", help="Folder to write into; made if need be.")]
As = Annotated[
    Literal["json", "png", "svg", "jwt", "elmo", "pdf"],
    typer.Option(
        "--as", help="Bundle, badge with both parts baked in, VC-JWT alone, ELMO file (EMREX) or certificate."
    ),
]
WithState = Annotated[bool, typer.Option("--with-state", help="Add UUID.state.json, for `verify --offline`.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a file.")]


def export(
    *,
    out: Out,
    credential: CredentialId = None,
    batch: BatchId = None,
    everything: All = False,
    form: As = "json",
    with_state: WithState = False,
    as_json: AsJson = False,
) -> None:
    """Write credentials with their receipts, one file each, named by the credential's UUID.

    With --with-state, a proof of what the contract holds at the finalized block goes beside each: with it the
    credential can be judged when no endpoint answers any more. If none answers now, it is the proof that was saved
    when the batch became final, which says nothing of the single credential's status.

    A certificate is a page to print, with the bundle attached inside: the file itself can be verified. Its QR code
    leads to a share link called PDF, which the recipient can turn off.

    Example: credanchor export --all --out bundles
    """
    from registry.cli.export_state import StateFiles  # noqa: PLC0415  keeps --help fast
    from registry.services.export import exported  # noqa: PLC0415
    from registry.services.share_links import printed_link  # noqa: PLC0415
    from registry.settings import build_press, load_settings, open_store  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    if [credential is not None, batch is not None, everything].count(True) != 1:
        raise InputError("Say which credentials: --credential ID, --batch ID or --all.")
    settings = load_settings()
    store = open_store(settings)
    chosen, total = _chosen(store, credential, batch)
    made_as = build_press(settings) if form == "pdf" else form
    written, pending, now = 0, 0, SystemClock().now()
    proofs: list[StateFile] = []
    states = StateFiles(settings.networks.values() if with_state else (), store, out)
    with closing(states), progress_bar(total, "Exporting") as advance:
        for file in exported(store, chosen, made_as, lambda one: printed_link(store, one, settings.base_url, now)):
            write_whole(out / file.name, file.data)
            state = states.write(file) if with_state else None
            proofs += [state] if state else []
            written += 1
            pending += file.pending
            advance(written)
            if as_json:
                json_line(_line(out, file, state))
    if not as_json:
        say(f"Wrote {written:,} files into {out}.")
        if with_state:
            _say_states(proofs)
        _say_pending(pending)


def _say_states(proofs: list[StateFile]) -> None:
    say(f"Beside {len(proofs):,} of them lies a state proof.")
    saved = [one.block_number for one in proofs if not one.fresh]
    if saved:
        say(
            f"The chain did not answer, so {len(saved):,} of these are those saved when the batch became final, as of "
            f"block {min(saved):,} or later. They do not cover a credential's status: by them alone nothing is called "
            "verified."
        )


def _say_pending(pending: int) -> None:
    if pending:
        say(f"{pending:,} of them wait for their anchor to become final; export them again after `anchor run`.")


def _line(out: Path, file: ExportedFile, state: StateFile | None) -> dict[str, Any]:
    line = {"file": str(out / file.name), "credential": file.credential_id, "pending": file.pending}
    if state is None:
        return line
    return {**line, "state": str(state.path), "stateBlock": state.block_number, "stateCoversStatus": state.fresh}


def _chosen(store: Store, credential: str | None, batch: int | None) -> tuple[Iterable[StoredCredential], int]:
    """Return the credentials and how many they are; InputError if there is no such credential or batch."""
    if credential is not None:
        found = store.credential(credential.removeprefix("urn:uuid:"))
        if found is None:
            raise InputError(f"There is no credential {credential[:80]!r} in this home.")
        return [found], 1
    batches = [row for row in store.batches() if batch in {None, row.id}]
    if batch is not None and not batches:
        raise InputError(f"There is no batch {batch} in this home; `credanchor anchor status` lists them.")
    return store.credentials(batch), sum(row.tree_size for row in batches)
