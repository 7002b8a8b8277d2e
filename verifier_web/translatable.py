"""Which words are the page's own: every constant of a module of words, made into a sentence that can be translated."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from registry.core.sentence import Sentence


def make_translatable(module: dict[str, Any]) -> None:
    """Turn each constant of a module, given by its globals, into sentences; the keys of a dictionary stay codes."""
    module.update({name: _translatable(value) for name, value in module.items() if name.isupper()})


def _translatable(value: Any) -> Any:  # noqa: ANN401  any constant
    if isinstance(value, str):
        return value if isinstance(value, Sentence) else Sentence(value)
    if isinstance(value, dict):
        return {key: _translatable(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_translatable(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _translatable(getattr(value, one.name)) for one in fields(value)})
    return value
