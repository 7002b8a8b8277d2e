"""Pathways and the receipts of others' components, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.canonical import parse_json
from registry.core.errors import InputError
from registry.core.receipt import parse_receipt
from registry.services.fsck_findings import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.ports import RawStore


def pathway_differences(raw: RawStore) -> Iterator[Difference]:
    """Yield pathways that are not their own file, and receipts that are not those of their leaf."""
    for row in raw.rows("pathway"):
        if _named(row["document"]) != row["short_id"]:
            yield Difference("pathway", row["short_id"], "short_id or document", "is not that of the other")
    for row in raw.rows("component_receipt", ("leaf_hash",)):
        if _leaf(row["document"]) != row["leaf_hash"]:
            leaf = f"0x{row['leaf_hash'].hex()}"
            yield Difference("component_receipt", leaf, "leaf_hash or document", "is not that of the other")


def _named(text: str) -> object:
    try:
        value = parse_json(text)
    except InputError:
        return None
    return value.get("id") if isinstance(value, dict) else None


def _leaf(text: str) -> bytes | None:
    try:
        return parse_receipt(parse_json(text)).leaf_hash
    except InputError:
        return None
