"""What `verify` prints of a stranger's words: a terminal obeys none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.cli.verify import say_report

if TYPE_CHECKING:
    import pytest

WORDS = "\x1b[2J\x1b]0;title\x07\r\b\u202e\u2066\x9b31m Ada [bold red]{0.__class__}"


def test_a_strangers_words_give_a_terminal_nothing_to_obey(capsys: pytest.CaptureFixture[str]) -> None:
    check = {"check": "signature", "outcome": "passed", "code": "signed", "detail": WORDS}
    part = {"kind": "endorsement", "title": WORDS, "issuedBy": WORDS, "comment": WORDS, "standing": WORDS}
    report = {"input": WORDS, "summary": WORDS, "checks": [check]}

    say_report({**report, "parts": [{**report, **part}]})

    said = capsys.readouterr().out
    assert all(one.isprintable() for one in said.replace("\n", ""))
    assert "Ada [bold red]{0.__class__}" in said
