"""The manifest of a backup: what it may name, and that it reads as it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry.core.backup_manifest import (
    DATABASE,
    HOME,
    MAX_SMALL_BYTES,
    Manifest,
    Member,
    is_member,
    manifest_json,
    parse_manifest,
)
from registry.core.digest import leaf_hash
from registry.core.errors import BackupFormatError

MADE = Manifest(
    software="0.1.0",
    schema="0002",
    source="sqlite",
    created_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    rows={"credential": 3},
    members=(Member(DATABASE, 2**40, leaf_hash(b"a")), Member(HOME, 80, leaf_hash(b"b"))),
)


def test_a_manifest_reads_as_it_was_written() -> None:
    assert parse_manifest(manifest_json(MADE)) == MADE
    assert MADE.member(HOME) == MADE.members[1]
    assert MADE.member("nothing") is None


@pytest.mark.parametrize(
    "name",
    [
        *("credanchor.db", "home.json", "networks.toml", "anchoring.toml", "mail.toml"),
        *("keys/a.pem", "keys/north/signing-2.pem"),
    ],
)
def test_a_file_of_a_home_may_be_a_member(name: str) -> None:
    assert is_member(name)


@pytest.mark.parametrize(
    "name",
    ["", "keys/", "keys", "manifest.json",
     "/home.json", "../home.json", "keys/../x", "keys/.x", "keys/a/b/c", "keys/a b",
     "keys/a\\b", "keys/a\n", "KEYS/a", "devnet/network.toml", "keys/" + "a" * 101],
)  # fmt: skip
def test_no_other_file_may(name: str) -> None:
    assert not is_member(name)


def changed(**members: Any) -> dict[str, Any]:
    return {**manifest_json(MADE), **members}


def with_lines(*lines: dict[str, Any]) -> dict[str, Any]:
    return changed(members=[*manifest_json(MADE)["members"], *lines])


def line(name: str, size: int = 1) -> dict[str, Any]:
    return {"name": name, "bytes": size, "sha256": "0x" + "00" * 32}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("text", "the whole"),
        ([], "the whole"),
        (changed(type="Backup"), "type"),
        (changed(version=0), "version"),
        (changed(version=2), "newer version"),
        (changed(more=1), "more"),
        (changed(createdAt="2026-11-22T12:00:00"), "createdAt"),
        (changed(rows={"credential": "3"}), "rows.credential"),
        (changed(members=[]), "does not name credanchor.db"),
        (changed(members=[line(DATABASE)]), "does not name home.json"),
        (with_lines(line("../x")), "which no backup holds"),
        (with_lines(line("keys/a", MAX_SMALL_BYTES + 1)), "more than any such file"),
        (with_lines(line("keys/a", -1)), "members.2.bytes"),
        (with_lines(line("keys/a"), line("keys/a")), "twice"),
    ],
)
def test_what_is_no_manifest_is_refused(value: Any, words: str) -> None:
    with pytest.raises(BackupFormatError, match=words):
        parse_manifest(value)
