"""Judging an achievement's file as a whole, before anything is issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import parse_json
from registry.core.errors import CanonicalFormError, InputError
from registry.credentials.findings import MemberProblem
from registry.credentials.model import achievement_problems, parse_achievement
from registry.credentials.safe_mode import require_safe_achievement
from registry.credentials.soundness import soundness_problems
from registry.services.export import require_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY_ID = "urn:uuid:00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """What a file holds, and what is wrong with it."""

    document: dict[str, Any]
    """The achievement with arrays wherever several may stand; empty if it has not the shape of one."""
    problems: tuple[MemberProblem, ...]
    """Everything that is wrong; empty if it can be issued."""


def judge_file(data: bytes) -> JudgedFile:
    """Return what an achievement's file holds and all that is wrong with it; never raises for its content."""
    try:
        value = parse_json(data)
    except CanonicalFormError as error:
        return JudgedFile({}, (MemberProblem("", str(error)),))
    wrong = achievement_problems(value)
    if wrong:
        return JudgedFile({}, wrong)
    document = parse_achievement(value)
    return JudgedFile(document, (*soundness_problems(document), *_unusable(document)))


def _unusable(document: dict[str, Any]) -> Iterator[MemberProblem]:
    """Yield why no credential could be baked into its picture, or none of it be verified."""
    try:
        require_picture(document)
    except InputError as error:
        yield MemberProblem("image.id", f"cannot be used. {error}")
    try:
        require_safe_achievement({"id": _ANY_ID, **document})
    except InputError as error:
        yield MemberProblem("", str(error))
