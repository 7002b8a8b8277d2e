"""Grades and other results: each paired with the achievement's description of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.core.sentence import Sentence, listed
from verifier_web import labels as label
from verifier_web.text import line, lines

MAX_RESULTS = 24
"""Most results that are shown."""
MAX_VALUES = 12
"""Most allowed values that are shown of one result."""


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result as a person reads it."""

    name: str
    """What was graded."""
    value: str
    """The grade, level or status."""
    scale: str
    """What values there are, and which is needed."""


def result_views(subject: dict[str, Any], achievement: dict[str, Any]) -> tuple[ResultView, ...]:
    """Return the subject's results, each with the description that its `resultDescription` names."""
    descriptions = {one["id"]: one for one in _objects(achievement.get("resultDescription")) if _named(one)}
    results = _objects(subject.get("result"))[:MAX_RESULTS]
    return tuple(view for view in (_view(one, descriptions) for one in results) if view.value)


def _view(result: dict[str, Any], descriptions: dict[str, dict[str, Any]]) -> ResultView:
    named = result.get("resultDescription")
    description = descriptions.get(named, {}) if isinstance(named, str) else {}
    return ResultView(
        name=line(description.get("name")) or label.RESULT,
        value=_value(result, description),
        scale=_scale(description),
    )


def _value(result: dict[str, Any], description: dict[str, Any]) -> str:
    status = line(result.get("status"))
    parts = (
        line(result.get("value")),
        _level_name(result.get("achievedLevel"), description),
        label.RESULT_STATUSES.get(status, status),
    )
    return listed([part for part in parts if part])


def _level_name(level: object, description: dict[str, Any]) -> str:
    levels = {one["id"]: one for one in _objects(description.get("rubricCriterionLevel")) if _named(one)}
    found = levels.get(level) if isinstance(level, str) else None
    return line(found.get("name")) if found else line(level)


def _scale(description: dict[str, Any]) -> str:
    low, high = line(description.get("valueMin")), line(description.get("valueMax"))
    allowed, needed = lines(description.get("allowedValue"), MAX_VALUES), line(description.get("requiredValue"))
    values = label.ONE_OF.format(values=", ".join(allowed)) if allowed else ""
    scale = label.SCALE.format(low=low, high=high) if low and high else values
    required = label.NEEDED.format(value=needed) if needed else ""
    return Sentence("{scale}; {needed}", scale=scale, needed=required) if scale and required else scale or required


def _named(value: dict[str, Any]) -> bool:
    return isinstance(value.get("id"), str)


def _objects(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON value
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, dict)]
