"""`credanchor achievement new`: from answers in a file, from standard input, and at a real terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.credentials.badge import default_badge

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = pytest.mark.xdist_group("home")

TOML = """
name = "Water Testing"
description = "Taking and testing samples of water."
page = "https://uni.example/water"
criteria = "Ten samples tested."
outcomes = ["Take a sample", "Read a result"]
eqf = 4
offered_from = 2026-01-31
"""
LINES = ["Water Testing", "Testing water.", "https://uni.example/water", "Ten samples.", "none", "en", "", "2026"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    return homes.Home(tmp_path / "no-home", "")


def written(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def test_answers_in_toml_make_a_file_that_check_takes(home: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(TOML)
    said = home.do("achievement", "new", "water.json", "--answers", "answers.toml")
    document = written(tmp_path / "water.json")
    codes = {one["targetType"]: one.get("targetCode") for one in document["alignment"]}
    assert (codes["ext:EQF"], codes["ext:OfferedFrom"]) == ("4", "2026-01-31")
    assert "can be issued" in home.do("achievement", "check", "water.json")
    assert "Next: credanchor achievement add water.json" in said
    assert not home.folder.exists()


def test_without_a_file_it_is_named_after_the_achievement(home: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"name": "Wässer & Co.", "page": "https://u.example/w"}))
    outcome = home.run("achievement", "new", "--answers", "answers.json")
    assert (outcome.code, "description is missing" in outcome.err) == (2, True)
    answers = {"name": "Wässer & Co.", "page": "https://u.example/w", "description": "x", "criteria": "y"}
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    home.do("achievement", "new", "--answers", "answers.json")
    assert written(tmp_path / "wasser-co.json")["name"] == "Wässer & Co."


def test_it_says_at_the_end_what_the_frameworks_still_lack(home: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(TOML)
    new = ("achievement", "new", "water.json", "--answers", "answers.toml", "--force")
    said = home.do(*new)
    assert said.count("mandatory descriptors are present") == 3
    assert said.count("could not be confirmed at its source") == 2
    chosen = home.do(*new, "--framework", "au")
    assert chosen.count("mandatory descriptors are present") == 1
    assert "delivery mode and location (missing)" in chosen


def test_a_file_that_is_there_is_left_as_it_is_unless_forced(home: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(TOML)
    (tmp_path / "water-testing.json").write_text("mine")
    for named in ((), ("water-testing.json",)):
        outcome = home.run("achievement", "new", *named, "--answers", "answers.toml")
        assert (outcome.code, "--force" in outcome.err) == (2, True)
        assert (tmp_path / "water-testing.json").read_text() == "mine"
    home.do("achievement", "new", "--answers", "answers.toml", "--force")
    assert written(tmp_path / "water-testing.json")["name"] == "Water Testing"


def test_that_a_file_is_there_is_said_before_anything_is_asked(home: Any, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("mine")
    assert "w.json is there already" in home.run("achievement", "new", "w.json", stdin=b"").err


def test_lines_of_standard_input_answer_in_the_order_of_the_questions(home: Any, tmp_path: Path) -> None:
    outcome = home.run("achievement", "new", "w.json", stdin="\n".join(LINES).encode())
    assert outcome.code == 0, outcome
    document = written(tmp_path / "w.json")
    assert (document["inLanguage"], document["version"]) == ("en", "2026")
    assert document["criteria"]["narrative"].endswith("Prerequisites: none")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", "name = ", "cannot be read as TOML"),
        ("a.json", "[1]", "no object"),
        ("a.json", '{"name": true}', "name is no text"),
        ("a.json", '{"name": [{}]}', "name is no text"),
        ("a.json", '{"colour": "red"}', "'colour' answers no question"),
    ],
)
def test_answers_that_cannot_be_read_write_nothing(
    home: Any, tmp_path: Path, name: str, content: str, says: str
) -> None:
    (tmp_path / name).write_text(content)
    outcome = home.run("achievement", "new", "w.json", "--answers", name)
    assert (outcome.code, says in outcome.err) == (2, True), outcome.err
    assert not (tmp_path / "w.json").exists()


def test_answers_that_contradict_each_other_write_nothing(home: Any, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TOML + 'grade = "Mark: 10 to 1"\n')
    outcome = home.run("achievement", "new", "w.json", "--answers", "a.toml")
    assert (outcome.code, "nothing was written. resultDescription[0].valueMin" in outcome.err) == (2, True)
    assert not (tmp_path / "w.json").exists()


def test_a_picture_of_ones_own_is_put_into_the_file(home: Any, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TOML + 'image = "own.png"\n')
    assert "own.png cannot be read" in home.run("achievement", "new", "w.json", "--answers", "a.toml").err
    (tmp_path / "own.png").write_bytes(b"GIF89a")
    assert "neither a PNG nor an SVG" in home.run("achievement", "new", "w.json", "--answers", "a.toml").err
    (tmp_path / "own.png").write_bytes(default_badge(b"own"))
    home.do("achievement", "new", "w.json", "--answers", "a.toml")
    assert written(tmp_path / "w.json")["image"]["id"].startswith("data:image/png;base64,")


def test_at_a_terminal_every_question_has_an_example_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    answers = ["", "Water", "About water.", "uni.example", "https://uni.example/w", "An exam.", "", "en"]
    main, side = pty.openpty()
    os.write(main, "".join(f"{one}\n" for one in [*answers, *[""] * 40]).encode())
    command = [sys.executable, "-m", "registry", "achievement", "new", "w.json"]
    done = subprocess.run(  # noqa: S603  our own interpreter and command
        command, cwd=tmp_path, stdin=side, capture_output=True, text=True, timeout=60, check=False
    )
    os.close(main)
    os.close(side)
    assert done.returncode == 0, done.stderr
    asked = done.stdout + done.stderr
    assert "(for example: Data Foundations)" in asked
    assert "There is no achievement without it." in asked
    assert "page: it is 'uni.example', which is no absolute address" in asked
    document = written(tmp_path / "w.json")
    assert (document["name"], document["inLanguage"]) == ("Water", "en")
