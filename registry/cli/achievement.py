"""`credanchor achievement`: what credentials are awarded for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.achievement_check import check
from registry.cli.achievement_new import new
from registry.cli.achievement_paths import content_of_file, require_short_id
from registry.cli.framework_report import AgainstFramework, say_report
from registry.cli.output import json_line, say
from registry.core.errors import InputError

if TYPE_CHECKING:
    from registry.records import IssuerRow
    from registry.settings import Settings

achievement = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="What credentials are awarded for.",
)

Files = Annotated[list[Path], typer.Argument(help="Open Badges Achievement as JSON; the file's name is its short id.")]
IssuerSlug = Annotated[str | None, typer.Option("--issuer", help="Which issuer awards it, if there are several.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ShortId = Annotated[str, typer.Argument(help="The achievement's short id.")]


@achievement.command()
def add(files: Files, issuer: IssuerSlug = None) -> None:
    """Add achievements from JSON files; all of them, or none if one is wrong.

    Example: credanchor achievement add data-foundations.json
    """
    from registry.records import AchievementRow  # noqa: PLC0415  keeps --help fast
    from registry.services.catalogue import issuer_named  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    settings = load_settings()
    store = open_store(settings)
    awarding = issuer_named(store, issuer)
    read = [AchievementRow(awarding.id, path.stem, _document(path, settings, awarding)) for path in files]
    for row, changed in zip(read, store.put_achievements(read), strict=True):
        word = "Added" if changed else "Unchanged:"
        say(f"{word} {row.short_id} ({row.document['name']}), awarded by {awarding.slug}.")


@achievement.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """List the achievements of this home.

    Example: credanchor achievement list --json
    """
    from registry.settings import load_settings, open_store  # noqa: PLC0415  keeps --help fast

    store = open_store(load_settings())
    slugs = {row.id: row.slug for row in store.issuers()}
    for row in store.achievements():
        if as_json:
            json_line({"id": row.short_id, "issuer": slugs[row.issuer_id], "name": row.document["name"]})
        else:
            say(f"{row.short_id:24} {slugs[row.issuer_id]:16} {row.document['name']}")


@achievement.command()
def show(
    short_id: ShortId, *, framework: AgainstFramework = None, issuer: IssuerSlug = None, as_json: AsJson = False
) -> None:
    """Print one achievement as the JSON that credentials carry, or what it has of a framework.

    Example: credanchor achievement show data-foundations --framework eu
    """
    import json  # noqa: PLC0415  keeps --help fast

    from registry.credentials.described import Described  # noqa: PLC0415
    from registry.services.catalogue import Catalogue  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    offer = Catalogue(open_store(load_settings()), issuer).find(short_id)
    if framework is not None:
        say_report(framework, Described.offer(offer.achievement.document, offer.issuer.profile), as_json=as_json)
    elif as_json:
        json_line(offer.achievement.document)
    else:
        say(json.dumps(offer.achievement.document, ensure_ascii=False, indent=2))


def _document(path: Path, settings: Settings, issuer: IssuerRow) -> dict[str, Any]:
    from registry.services.achievement_file import judge_file  # noqa: PLC0415  keeps --help fast

    require_short_id(path)
    judged = judge_file(content_of_file(path))
    if judged.problems:
        said = " ".join(problem.sentence for problem in judged.problems)
        raise InputError(f"{path}: The achievement cannot be used. {said}")
    return {"id": f"{settings.base_url}/issuers/{issuer.slug}/achievements/{path.stem}", **judged.document}


achievement.command("check")(check)
achievement.command("new")(new)
