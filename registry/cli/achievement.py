"""`credanchor achievement`: what credentials are awarded for."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.achievement_check import check
from registry.cli.achievement_new import new
from registry.cli.achievement_paths import content_of_file, require_short_id
from registry.cli.framework_report import AgainstFramework, say_report
from registry.cli.output import json_line, say, warn
from registry.core.errors import InputError

if TYPE_CHECKING:
    from registry.credentials.endorsement import Endorsed
    from registry.records import IssuerRow
    from registry.services.embed import Embedded
    from registry.services.judged import Judged
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
Endorsements = Annotated[
    list[str] | None,
    typer.Option("--endorsement", help="File or URL, from `credanchor endorse`; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ShortId = Annotated[str, typer.Argument(help="The achievement's short id.")]


@achievement.command()
def add(files: Files, issuer: IssuerSlug = None, endorsement: Endorsements = None) -> None:
    """Add achievements from JSON files; all of them, or none if one is wrong.

    With --endorsement, given with one file, every credential issued from then on carries somebody's word for exactly
    this text; it is verified first. An achievement whose text changes loses the endorsements of the former text.

    Example: credanchor achievement add data-foundations.json --endorsement data-foundations.endorsement.json
    """
    from registry.records import AchievementRow  # noqa: PLC0415  keeps --help fast
    from registry.services.catalogue import issuer_named  # noqa: PLC0415
    from registry.settings import load_settings, open_store  # noqa: PLC0415

    if endorsement and len(files) != 1:
        raise InputError("--endorsement belongs to one achievement; add that one by itself. Nothing was changed.")
    settings = load_settings()
    store = open_store(settings)
    awarding = issuer_named(store, issuer)
    before = {row.short_id: row.document for row in store.achievements(awarding.id)}
    parsed = {path: _document(path, settings, awarding) for path in files}
    embedded = {path: _embedded(path, document, before, endorsement or []) for path, document in parsed.items()}
    read = [AchievementRow(awarding.id, path.stem, one.document) for path, one in embedded.items()]
    receipts = [receipt for one in embedded.values() for receipt in one.receipts]
    for row, changed in zip(read, store.put_achievements(read, receipts), strict=True):
        word = "Added" if changed else "Unchanged:"
        say(f"{word} {row.short_id} ({row.document['name']}), awarded by {awarding.slug}.")
    for path, one in embedded.items():
        _tell(path.stem, one)


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


def _embedded(
    path: Path, document: dict[str, Any], before: dict[str, dict[str, Any]], endorsements: list[str]
) -> Embedded:
    from registry.cli.inputs import content_named  # noqa: PLC0415  keeps --help fast
    from registry.credentials.safe_mode import require_safe_achievement  # noqa: PLC0415
    from registry.services.embed import Embedding  # noqa: PLC0415
    from registry.settings import build_verifier  # noqa: PLC0415

    def judge(data: bytes, endorsed: Endorsed) -> Judged:
        with closing(build_verifier()) as verifier:
            return verifier.verify_endorsement(data, endorsed)

    given = [(one, content_named(one)) for one in endorsements]
    found = Embedding(judge).embedded(document, before.get(path.stem), given)
    try:
        require_safe_achievement(found.document)
    except InputError as error:
        raise InputError(f"{path}, with its endorsements: {error} Nothing was changed.") from error
    return found


def _tell(short_id: str, embedded: Embedded) -> None:
    from registry.credentials.issuer_proof import issuer_did  # noqa: PLC0415  keeps --help fast

    for one in embedded.document.get("endorsement", []):
        say(f"  carries {one['name']}, by {issuer_did(one)}")
    for did in embedded.dropped:
        warn(
            f"credanchor: the text of {short_id} changed, so the endorsement by {did} was left out; ask for a new one."
        )


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
