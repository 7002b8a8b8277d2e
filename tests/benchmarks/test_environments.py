"""The peers' environments and the documents that both sides are given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks import environments, homes

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_environment_is_made_once_and_anew_when_its_list_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "PEERS", tmp_path)
    monkeypatch.setattr(environments, "BENCH", tmp_path / "bench")
    listed = tmp_path / "nobody.txt"
    listed.write_text("# nobody\n", "utf-8")

    interpreter = environments.python_environment("nobody")
    mark = interpreter.parent / "mark"
    mark.touch()
    environments.python_environment("nobody")
    kept = mark.exists()
    listed.write_text("# still nobody\n", "utf-8")
    environments.python_environment("nobody")

    assert (kept, mark.exists()) == (True, False)


def test_both_sides_get_the_same_credentials_of_different_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "BENCH", tmp_path)
    homes.documents.cache_clear()

    made = homes.documents(8)
    homes.documents.cache_clear()

    signed = [json.loads(line) for line in made.signed.read_bytes().splitlines()]
    unsigned = [json.loads(line) for line in made.unsigned.read_bytes().splitlines()]
    files = [json.loads(file.read_bytes()) for file in sorted(made.folder.iterdir())]
    assert len({one["id"] for one in signed}) == 8
    for whole, bare, file in zip(signed, unsigned, files, strict=True):
        assert "proof" not in bare
        assert whole == {**bare, "proof": whole["proof"]}
        assert bare == {**file, **{name: bare[name] for name in ("credentialSchema", "credentialStatus")}}
    assert len({json.dumps(sorted(one)) for one in unsigned}) > 1  # several shapes
