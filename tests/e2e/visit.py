"""Visits to a page: what a browser did there, what axe-core finds, and a picture of it where somebody wants one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {1280: 900, 360: 740}
"""Width and height in pixels of the windows that every page is looked at in: a desktop's and a phone's."""
LANGUAGES = ("en", "ar")
"""A language of each direction."""
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Forced colours are the reader's own, and a script is told the page's colours instead of those that are painted.
RUN = """async (tags) => {
  const forced = matchMedia("(forced-colors: active)").matches;
  const rules = {"color-contrast": {enabled: !forced}};
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules, resultTypes: ["violations", "incomplete"],
  });
  const why = (node) => [...node.any, ...node.all, ...node.none].map((one) => one.message).join(" ");
  const told = (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${why(node)}`);
  return [found.violations.flatMap(told), found.incomplete.flatMap(told)];
}"""
BEYOND = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip"))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.left < -0.5 || box.right > innerWidth + 0.5; })
  .map((one) => one.outerHTML.slice(0, 120))"""
UNFOLD = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
KEPT = "() => [document.cookie, localStorage.length, sessionStorage.length]"


@dataclass
class Visit:
    """One browser window, used for one page after the other."""

    page: Page
    name: str
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def complain(self, text: str) -> None:
        """Note what the browser complains of, unless it is that a page answers with the status of an error."""
        if "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def hand_in(self, url: str, text: str) -> None:
        """Paste `text` into the form at `url` and send it."""
        self.page.goto(url)
        self.page.locator("#text").fill(text)
        self.page.locator("form.check button[type=submit]").click()
        self.page.wait_for_selector("#verdict")
        self.page.wait_for_load_state()  # its heading stands there before the rest of it and its styles do

    def faults(self) -> list[Any]:
        """Return what is wrong with the page shown: out of somebody's reach, too wide, asked of others, left behind."""
        violations, undecided = self.found_by_axe()
        elsewhere = sorted(self.hosts - {"127.0.0.1"})
        return [*violations, *undecided, *self.beyond_the_edge(), *elsewhere, *self.left_behind(), *self.complaints]

    def found_by_axe(self) -> tuple[list[str], list[str]]:
        """Return what breaks a rule, and what axe cannot decide, with everything unfolded."""
        self.page.evaluate(UNFOLD)
        self.page.evaluate(AXE.read_text("utf-8"))  # the page's own policy lets no script in
        violations, undecided = self.page.evaluate(RUN, list(TAGS))
        return violations, undecided

    def beyond_the_edge(self) -> list[str]:
        """Return what reaches beyond the left or right edge of the window, with everything unfolded."""
        self.page.evaluate(UNFOLD)
        width, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        return [f"{width} px in {room}", *self.page.evaluate(BEYOND)] if width > room else []

    def left_behind(self) -> list[Any]:
        """Return the cookies and other things that the page keeps in the browser."""
        return [*self.page.context.cookies(), *(one for one in self.page.evaluate(KEPT) if one)]

    def picture(self, name: str) -> None:
        """Write a picture of the whole page into the folder that CREDANCHOR_SCREENSHOTS names, if it names one."""
        if folder := os.environ.get("CREDANCHOR_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}-{self.name}.png", full_page=True)


class Windows:
    """Browser windows by what is special about them, each opened once."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[str, Visit] = {}

    def window(self, name: str, **options: Any) -> Visit:
        """Return the window called `name`, opened with `options` of Playwright, with nothing noted yet."""
        if name not in self._open:
            self._open[name] = self._opened(name, options)
        visit = self._open[name]
        visit.hosts.clear()
        visit.complaints.clear()
        return visit

    def close(self) -> None:
        """Close them all."""
        for visit in self._open.values():
            visit.page.context.close()

    def _opened(self, name: str, options: dict[str, Any]) -> Visit:
        page = self._browser.new_context(**options).new_page()
        visit = Visit(page, name)
        page.on("request", lambda request: visit.hosts.add(urlsplit(request.url).hostname or request.url))
        page.on("console", lambda message: visit.complain(message.text))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        return visit
