"""A pathway's picture in a real browser at a phone's width: every text stands inside of its box."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from registry.credentials.pathway_picture import pathway_picture
from registry.credentials.pathway_progress import progress

if TYPE_CHECKING:
    from playwright.sync_api import Browser

made = sys.modules["tests_pathways"]  # loaded by tests/conftest.py
browser_module = sys.modules["e2e_browser"]  # loaded by conftest.py
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser_module.missing() is not None, reason=str(browser_module.missing())),
]
NAMES = ("WWW MMM OOO QQQ", "Research ethics and data protection law in practice", "أساسيات علم البيانات والإحصاء")
OUTSIDE = """() => {
  const boxes = [...document.querySelectorAll('rect')].slice(1).map(one => one.getBBox());
  return [...document.querySelectorAll('text')].slice(1).filter(text => {
    const at = text.getBBox();
    return !boxes.some(box => box.x <= at.x && at.x + at.width <= box.x + box.width
      && box.y <= at.y && at.y + at.height <= box.y + box.height);
  }).map(text => text.textContent);
}"""


def test_every_text_stands_inside_of_its_box(browser: Browser) -> None:
    path = made.pathway("data", "ethics", {"achievement": "law", "after": ["data", "ethics"]}, minimum={"credits": 12})
    renamed = [replace(one, name=name) for one, name in zip(path.components, NAMES, strict=True)]
    shown = replace(path, components=tuple(renamed))
    page = browser.new_page(viewport={"width": 360, "height": 740})

    page.set_content(f"<body style='margin:0'>{pathway_picture(shown, progress(shown, [made.held('data')]))}")

    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("window.innerWidth")
