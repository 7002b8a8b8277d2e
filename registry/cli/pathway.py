"""`credanchor pathway`: what makes up a larger achievement, and who has completed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.output import json_line, say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from registry.credentials.pathway import Pathway
    from registry.services.award import Candidate

# Imports stand inside the functions: `--help` must not wait for SQLModel.

pathway = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What makes up a larger achievement, who has completed it, and its award.",
)

Files = Annotated[list[Path], typer.Argument(help="Pathways as JSON.")]
ShortId = Annotated[str, typer.Argument(help="The pathway's id.")]
Svg = Annotated[Path | None, typer.Option("--svg", help="Write the pathway as a picture.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Whose = Annotated[str | None, typer.Option("--recipient", help="E-mail address, DID or student number of one.")]
Everybody = Annotated[bool, typer.Option("--all", help="Everybody who has completed it.")]
Foreign = Annotated[
    list[Path] | None, typer.Option("--component", help="Bundle of a component that another home issued.")
]
Known = Annotated[list[Path] | None, typer.Option("--recognition", help="Prior learning to be recognised, as JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and say who would get it; sign nothing.")]


@pathway.command()
def add(files: Files) -> None:
    """Add pathways from JSON files; all of them, or none if one is wrong.

    Example: credanchor pathway add data-analyst.json
    """
    from registry.cli.pathway_work import json_in  # noqa: PLC0415
    from registry.credentials.pathway_file import parse_pathway  # noqa: PLC0415
    from registry.records import PathwayRow  # noqa: PLC0415
    from registry.services.pathways import offered_here  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    store = open_store(load_settings())
    offered = offered_here(store)
    read = [(json_in(path), path) for path in files]
    found = [(_named(path, lambda value=value: parse_pathway(value, offered)), value) for value, path in read]
    changed = store.put_pathways([PathwayRow(one.id, value) for one, value in found])
    for (one, _), is_new in zip(found, changed, strict=True):
        word = "Added" if is_new else "Unchanged:"
        say(f"{word} {one.id} ({one.name}): {len(one.components)} components make up {one.title}.")


@pathway.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List the pathways of this home.

    Example: credanchor pathway list --json
    """
    from registry.services.pathways import pathways_of  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    for one in pathways_of(open_store(load_settings())):
        if as_json:
            line = {"id": one.id, "name": one.name, "achievement": one.achievement, "components": len(one.components)}
            json_line(line)
        else:
            say(f"{one.id:24} {one.name}: {len(one.components)} components make up {one.title}")


@pathway.command()
def show(short_id: ShortId, svg: Svg = None) -> None:
    """Print what a pathway asks for, prerequisites first, or write it as a picture.

    Example: credanchor pathway show data-analyst --svg data-analyst.svg
    """
    from registry.cli.whole_file import write_whole  # noqa: PLC0415
    from registry.credentials.pathway_picture import pathway_picture  # noqa: PLC0415
    from registry.credentials.pathway_words import goal_words, notes_of  # noqa: PLC0415
    from registry.services.pathways import pathway_named  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    found = pathway_named(open_store(load_settings()), short_id)
    say(f"{found.name}: makes up {found.title} ({found.achievement}). {goal_words(found)}")
    for one in found.components:
        say(f"  {', '.join([one.name, *notes_of(found, one)])}\n    {one.achievement}, by {one.issuer}")
    if svg is not None:
        write_whole(svg, pathway_picture(found).encode("utf-8"))
        say(f"Wrote {svg}.")


@pathway.command()
def progress(
    short_id: ShortId,
    *,
    recipient: Whose = None,
    component: Foreign = None,
    recognition: Known = None,
    svg: Svg = None,
    as_json: AsJson = False,
) -> None:
    """Print who has completed a pathway, and what others lack.

    With --component, credentials of other homes count, too: each is verified first, and must be proven to be the
    recipient's by e-mail address or DID.

    Example: credanchor pathway progress data-analyst --recipient ada.okafor@learners.example
    """
    from registry.cli.pathway_work import candidates_of  # noqa: PLC0415
    from registry.cli.whole_file import write_whole  # noqa: PLC0415
    from registry.credentials.pathway_picture import pathway_picture  # noqa: PLC0415

    found, candidates = candidates_of(short_id, recipient, component or (), recognition or ())
    if svg is not None and recipient is None:
        raise InputError("A picture shows one recipient's progress: say whose with --recipient.")
    for one in candidates:
        _say_progress(found, one, as_json=as_json)
    if not candidates and not as_json:
        say("Nobody holds any of its components yet.")
    if svg is not None:
        write_whole(svg, pathway_picture(found, candidates[0].progress).encode("utf-8"))


@pathway.command()
def award(
    short_id: ShortId,
    *,
    recipient: Whose = None,
    everybody: Everybody = False,
    component: Foreign = None,
    recognition: Known = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Issue the larger credential with its components inside to who has completed a pathway, to each once.

    All are checked before the first is signed. An interrupted run is simply run again.

    Example: credanchor pathway award data-analyst --all
    """
    from registry.cli.pathway_work import awards_of  # noqa: PLC0415

    if (recipient is None) is not everybody:
        raise InputError("Say who: --recipient X, or --all for everybody who has completed it.")
    new = 0
    for one in awards_of(short_id, recipient, component or (), recognition or (), dry_run=dry_run):
        new += one["issued"]
        if as_json:
            json_line(one)
        else:
            name = one["credential"] or ""
            say(f"{_awarded_word(one)}: {one['recipient']}, {one['components']} components. {name}".rstrip())
    if new and not as_json:
        say("Next: credanchor anchor run")


def _awarded_word(one: dict[str, Any]) -> str:
    if one["revoked"]:
        return "Awarded before, and revoked since"
    if one["issued"]:
        return "Awarded"
    return "Awarded before" if one["credential"] else "Would be awarded"


def _say_progress(found: Pathway, one: Candidate, *, as_json: bool) -> None:
    from registry.cli.pathway_work import progress_json  # noqa: PLC0415
    from registry.credentials.pathway_words import notes_of, so_far_words  # noqa: PLC0415

    if as_json:
        json_line(progress_json(found, one))
        return
    say(f"{one.recipient}: {so_far_words(found, one.progress)}")
    for step in one.progress.steps:
        say(f"  {', '.join([step.component.name, *notes_of(found, step.component, step)])}")


def _named(path: Path, act: Any) -> Any:  # noqa: ANN401  whatever it returns
    try:
        return act()
    except InputError as error:
        raise type(error)(*_said(path, error)) from error


def _said(path: Path, error: InputError) -> tuple[str, ...]:
    rule = getattr(error, "rule", None)
    text = f"{path}: {error} Nothing was stored."
    return (rule, text) if rule else (text,)
