"""Reading members of a document that nobody has checked: what has another kind than it should is not there."""

from __future__ import annotations

from typing import Any


def as_object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Return a JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    """Return what stands in an array, or the one value that stands for an array; objects as they are, else empty."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [as_object(one) for one in listed]  # what is no object keeps its position, which places count


def as_words(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Return a text without the white space around it, and an empty one for anything else."""
    return value.strip() if isinstance(value, str) else ""
