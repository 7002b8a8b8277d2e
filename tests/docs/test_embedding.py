"""docs/embedding.md names every word of the element that can be replaced, and its event."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "embedding.md").read_text("utf-8")
ELEMENT = (ROOT / "verifier_web" / "static" / "element.js").read_text("utf-8")


def test_every_word_that_can_be_replaced_is_named_and_no_other() -> None:
    words = re.findall(r"^  (\w+): \"", ELEMENT.partition("const LABELS = {")[2].partition("};")[0], re.MULTILINE)

    assert sorted(re.findall(r"`label-(\w+)`", TEXT)) == sorted(word.lower() for word in words)
    assert len(words) > 5


def test_the_event_is_named_as_it_is_fired() -> None:
    [fired] = re.findall(r"new CustomEvent\(\"([\w-]+)\"", ELEMENT)

    assert f"`{fired}`" in TEXT
