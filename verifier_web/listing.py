"""Several credentials on one page: of each the verdict, whose it is and from whom, and the way to its own page."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.checks.report import Verdict
from registry.core.errors import UnavailableError
from registry.core.receipt import bundle_json
from verifier_web import wording as say
from verifier_web.body import carried_along
from verifier_web.credential import title_of
from verifier_web.holder import holder_view
from verifier_web.issuer import is_proven, issuer_view
from verifier_web.pages import TONES, asked_of, sentences
from verifier_web.text import line
from verifier_web.told import told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.services.verify_many import Unjudged
    from verifier_web.body import Submission
    from verifier_web.desk import Judged
    from verifier_web.holder import HolderView
    from verifier_web.issuer import IssuerView


@dataclass(frozen=True, slots=True)
class CardView:
    """One of several credentials."""

    headline: str
    """The verdict as a sentence."""
    title: str
    """What it was earned for."""
    holder: HolderView
    """Whose it is."""
    issuer: IssuerView
    """From whom."""
    again: str
    """Base64 of its bundle, which opens it by itself; empty if it is too long for that."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One of the things that were handed in together."""

    source: str
    """What it is called."""
    verdict: Verdict
    """How it ended."""
    tone: str
    """Icon and colour."""
    card: CardView | None
    """None for what could not be judged."""
    told: say.Told | None
    """What is said of what could not be judged."""
    exactly: str
    """What exactly was found there."""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Everything on the page of several."""

    entries: tuple[EntryView, ...]
    """In the order in which they were handed in."""
    counts: tuple[tuple[str, str, int], ...]
    """Tone, words and number of each verdict that there is."""
    text_ignored: bool
    """Whether a text that came along with the files was not checked."""
    expected: str
    """Whom they should belong to, if anybody asked."""


def listing_page(submissions: Sequence[Submission], found: Sequence[Judged | Unjudged]) -> ListingPage:
    """Return the page for what was handed in together and what came of each."""
    entries = tuple(_entry(given, one) for given, one in zip(submissions, found, strict=True))
    counts = Counter(one.verdict for one in entries)
    return ListingPage(
        entries,
        tuple((TONES[one], say.VERDICT_WORDS[one], counts[one]) for one in Verdict if counts[one]),
        text_ignored=submissions[0].text_ignored,
        expected=submissions[0].expected or "",
    )


def _entry(given: Submission, one: Judged | Unjudged) -> EntryView:
    source = line(given.source)
    if isinstance(one, Exception):
        verdict = Verdict.UNDECIDED if isinstance(one, UnavailableError) else Verdict.NOT_A_CREDENTIAL
        return EntryView(source, verdict, TONES[verdict], None, told_of(given.data, one), line(str(one)))
    return EntryView(source, one.report.verdict, TONES[one.report.verdict], _card(one), None, "")


def _card(judged: Judged) -> CardView:
    report, facts = judged.report, judged.facts
    return CardView(
        headline=sentences(report.summary)[0],
        title=title_of(facts),
        holder=holder_view(facts.presented.document, asked_of(report), proven=is_proven(report)),
        issuer=issuer_view(report, facts),
        again=carried_along(json.dumps(bundle_json(judged.bundle)).encode()),
    )
