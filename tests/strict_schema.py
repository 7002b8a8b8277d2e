"""The stricter of the two published Open Badges 3.0 schemas, derived from the looser one (credentials.md, 1.2)."""

from __future__ import annotations

from typing import Any


def arrays_only(node: Any) -> Any:
    """Narrow each choice between one and several to several, and of text and language map to text."""
    if isinstance(node, list):
        return [arrays_only(item) for item in node]
    if not isinstance(node, dict):
        return node
    choices = node.get("oneOf", [])
    narrowed = [one for one in choices if "allOf" in one or one.get("type") == "array"]
    narrowed = narrowed or [one for one in choices if one.get("type") == "string" and len(choices) == 2]
    kept = node | {"oneOf": narrowed} if narrowed and "ext:" not in str(choices) else node
    if "status of a verifiable credential" in str(node.get("description")):
        kept = kept | {"required": ["id", "type"]}
    return {name: arrays_only(value) for name, value in kept.items()}
