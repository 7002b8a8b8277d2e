"""One credential, issued or still to be, as frameworks look at it; and what a look finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from registry.core.sentence import Sentence
from registry.credentials.descriptors import alignments_of
from registry.credentials.members import as_object, as_words

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["present", "weak", "missing"]
"""There; there, but not so that others can rely on it; not there."""

ACHIEVEMENT = "/credentialSubject/achievement"
"""Where the achievement stands in a credential, as a JSON pointer (RFC 6901)."""
BY_THE_ROSTER = Sentence("Each row of the roster gives it.")
"""Said of what only an award can have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one descriptor is there, and where."""

    state: State
    """How well it is said."""
    where: str
    """JSON pointer into the credential; empty if it is missing."""
    why: str = ""
    """A finished sentence: what makes it weak, or where it would stand; empty if there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Described:
    """What is looked at."""

    credential: dict[str, Any]
    """A credential as somebody wrote it, or of one that is still to be issued the issuer and the achievement alone."""
    awarded: bool
    """Whether it is a whole credential, with recipient and date."""

    @classmethod
    def offer(cls, achievement: dict[str, Any], issuer: dict[str, Any]) -> Described:
        """Return an achievement and its issuer's profile as a credential that is still to be issued."""
        return cls({"issuer": issuer, "credentialSubject": {"achievement": achievement}}, awarded=False)

    @property
    def issuer(self) -> dict[str, Any]:
        """Return the issuer's profile; empty if the credential gives its address alone."""
        return as_object(self.credential.get("issuer"))

    @property
    def subject(self) -> dict[str, Any]:
        """Return what is said of the recipient."""
        return as_object(self.credential.get("credentialSubject"))

    @property
    def achievement(self) -> dict[str, Any]:
        """Return what it is awarded for."""
        return as_object(self.subject.get("achievement"))

    def aligned(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the achievement's alignments of these types, each with its JSON pointer."""
        for at, one in alignments_of(self.achievement, *kinds):
            yield f"{ACHIEVEMENT}/alignment/{at}", one

    def narrative(self) -> str:
        """Return the text of the criteria."""
        return as_words(as_object(self.achievement.get("criteria")).get("narrative"))


def present(where: str, why: str = "") -> Finding:
    """Return that a descriptor stands at a JSON pointer."""
    return Finding("present", where, why)


def weak(where: str, why: str) -> Finding:
    """Return that it stands there, but not so that others can rely on it."""
    return Finding("weak", where, why)


def missing(why: str) -> Finding:
    """Return that it is not there, and where it would stand."""
    return Finding("missing", "", why)
