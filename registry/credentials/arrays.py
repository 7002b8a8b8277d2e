"""Arrays wherever the schemas allow one value or several, so that the strict and the lenient schema both accept.

Source: the JSON schema of AchievementCredential published by 1EdTech, and its older variant that takes arrays alone.
"""

from __future__ import annotations

from typing import Any

_MULTIPLE = frozenset(
    {
        "alignment",
        "allowedValue",
        "endorsement",
        "endorsementJwt",
        "otherIdentifier",
        "related",
        "resultDescription",
        "rubricCriterionLevel",
        "tag",
    }
)
_MULTIPLY_TYPED = frozenset(
    {
        "Achievement",
        "Address",
        "Alignment",
        "Profile",
        "Related",
        "ResultDescription",
        "RubricCriterionLevel",
    }
)


def with_arrays(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """Return an achievement or profile with arrays where the schemas allow them; the input stays as it is.

    Embedded endorsements are signed by somebody else and therefore left alone.
    """
    if isinstance(value, list):
        return [with_arrays(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _member(name, member) for name, member in value.items()}


def _member(name: str, member: Any) -> Any:  # noqa: ANN401  any JSON value
    single = not isinstance(member, list)
    if single and (name in _MULTIPLE or (name == "type" and member in _MULTIPLY_TYPED)):
        member = [member]
    return member if name == "endorsement" else with_arrays(member)
