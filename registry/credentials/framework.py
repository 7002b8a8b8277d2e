"""What a framework asks of a micro-credential, and what one credential has of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from registry.core.sentence import Number, Sentence, counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.credentials.described import Described, Finding, State

Level = Literal["mandatory", "if applicable", "recommended", "optional"]
"""How much a framework asks for a descriptor."""
LEVELS: dict[Level, Sentence] = {
    "mandatory": Sentence("mandatory"),
    "if applicable": Sentence("if applicable"),
    "recommended": Sentence("recommended"),
    "optional": Sentence("optional"),
}
"""The same in words."""
STATES: dict[State, Sentence] = {
    "present": Sentence("present"),
    "weak": Sentence("weak"),
    "missing": Sentence("missing"),
}
"""How a descriptor was found, in words."""
About = Literal["achievement", "issuer", "award"]
"""Whose descriptor it is: it stands in the achievement's file, in the issuer's profile, or comes with each award."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One thing that a framework wants to be said."""

    name: str
    """As the framework calls it."""
    level: Level
    """How much it is asked for."""
    about: About
    """Who can supply it."""
    look: Callable[[Described], Finding]
    """Finds it in a credential; must not raise, whatever the credential holds."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A list of descriptors that somebody published."""

    key: str
    """Short name, for `--framework`."""
    title: str
    """Its name for people."""
    source: str
    """Where it is published."""
    confirmed: bool
    """Whether this list was compared with a text of its publisher, or one that quotes it."""
    note: str
    """What was compared, and what was not: a finished sentence."""
    descriptors: tuple[Descriptor, ...]
    """In the publisher's order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One descriptor and how it was found."""

    descriptor: Descriptor
    """What was looked for."""
    finding: Finding
    """What was found."""

    @property
    def counts(self) -> bool:
        """Return whether it is one of the descriptors that this credential must have."""
        level = self.descriptor.level
        return level == "mandatory" or (level == "if applicable" and self.finding.state != "missing")

    @property
    def words(self) -> Sentence:
        """Return the descriptor's name and how it was found, as `awarding body (missing)`."""
        return Sentence("{name} ({state})", name=self.descriptor.name, state=STATES[self.finding.state])

    @property
    def lacks(self) -> bool:
        """Return whether the framework is not met here: one that it must have is missing or weak."""
        return self.counts and self.finding.state != "present"


@dataclass(frozen=True, slots=True)
class FrameworkReport:
    """What one credential has of a framework."""

    framework: Framework
    """What was asked."""
    lines: tuple[Line, ...]
    """What was found, in the framework's order."""

    @property
    def lacking(self) -> tuple[Line, ...]:
        """Return what keeps the credential from meeting the framework."""
        return tuple(line for line in self.lines if line.lacks)

    @property
    def summary(self) -> Sentence:
        """Return the report in one finished sentence."""
        asked = [line for line in self.lines if line.counts]
        met = Number(sum(line.finding.state == "present" for line in asked))
        if not self.lacking:
            return counted("{met} of {number} mandatory descriptors are present.", len(asked), met=met)
        return counted(
            "{met} of {number} mandatory descriptors are present; lacking: {lacking}.",
            len(asked),
            met=met,
            lacking=listed(tuple(line.words for line in self.lacking)),
        )

    @property
    def headline(self) -> str:
        """Return the same after the framework's title, and that its list could not be confirmed, if so."""
        doubt = "" if self.framework.confirmed else " This list could not be confirmed at its source."
        return f"{self.framework.title}: {self.summary}{doubt}"


def report_on(framework: Framework, one: Described, *, about: About | None = None) -> FrameworkReport:
    """Return what a credential has of a framework; with `about`, of the descriptors of that party alone.

    Never raises, whatever the credential holds.
    """
    asked = (each for each in framework.descriptors if about in {None, each.about})
    return FrameworkReport(framework, tuple(Line(each, each.look(one)) for each in asked))


def report_value(report: FrameworkReport) -> dict[str, Any]:
    """Return a report as JSON; `where` is a JSON pointer into the credential, null for what is missing."""
    framework = report.framework
    return {
        "framework": framework.key,
        "title": framework.title,
        "source": framework.source,
        "confirmed": framework.confirmed,
        "descriptors": [_line_value(line) for line in report.lines],
    }


def _line_value(line: Line) -> dict[str, Any]:
    return {
        "name": line.descriptor.name,
        "state": line.finding.state,
        "where": line.finding.where or None,
        "level": line.descriptor.level,
        "why": line.finding.why,
    }
