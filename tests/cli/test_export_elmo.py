"""ELMO files by the real command: what is attached is what verifies."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml.ElementTree import fromstring

from registry.credentials.elmo import NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


def attached(path: Path) -> bytes:
    content = fromstring(path.read_bytes()).findtext(f".//{{{NAMESPACE}}}content")
    return base64.b64decode(content.removeprefix("data:application/json;base64,"))


def test_the_attached_bundle_of_an_elmo_file_is_verified(issued_home: Any, tmp_path: Path) -> None:
    issued_home.do("export", "--all", "--as", "elmo", "--out", str(tmp_path))
    files = sorted(tmp_path.glob("*.elmo.xml"))
    assert len(files) == 3
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(attached(files[0]))
    assert json.loads(issued_home.do("verify", "--json", str(bundle)))["verdict"] == "verified"


def test_a_vc_jwt_is_written_too(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    roster = tmp_path / "roster.csv"
    roster.write_text("email,name,award date\njo@learners.example,Jo March,2026-07-01\n")
    home.do("issue", "--proof", "jwt", str(roster))
    home.do("export", "--all", "--as", "elmo", "--out", str(tmp_path / "out"))
    texts = [path.read_text("utf-8") for path in (tmp_path / "out").iterdir()]
    (mine,) = [text for text in texts if "<givenNames>Jo March</givenNames>" in text]
    assert "<title>Northfield University</title>" in mine
