"""The demo's rosters: made-up learners, in two of the dialects that real systems export."""

from __future__ import annotations

import csv
import io
from itertools import cycle, islice, product

GIVEN = ("Ada", "José", "Fatima", "Wei", "Siobhán", "Ayşe", "Noah", "Maria", "Kwame", "Ingrid", "Rahul", "Zoë", "Amara")
FAMILY = (
    "Okafor",
    "Núñez",
    "El Zahra",
    "Li",
    "O'Brien",
    "Çelik",
    "Kowalski",
    "Rossi",
    "Mensah",
    "Berg",
    "Iyer",
    "Müller",
)
EXPIRED_EVERY = 10
"""Every so many credentials of the second roster have expired already."""


def canvas_roster(count: int) -> str:
    """Return a roster as Canvas Credentials exports it: one achievement, evidence, no end date."""
    header = ["Badge Class ID", "Identifier", "First Name", "Last Name", "Narrative", "Evidence URL", "Issue Date"]
    rows = [
        [
            "data-foundations",
            f"learner{number}@northfield.example",
            given,
            family,
            "Passed all four projects and the examination.",
            f"https://portfolio.example/learner{number}/final",
            f"2026-06-{1 + number % 30:02}",
        ]
        for number, (given, family) in enumerate(_people(count), 1)
    ]
    return _csv([header, *rows], ",")


def ethics_roster() -> str:
    """Return a roster of three learners of the first one, for another achievement."""
    header = ["Badge Class ID", "Identifier", "First Name", "Last Name", "Issue Date"]
    rows = [
        ["data-ethics", f"learner{number}@northfield.example", given, family, "2026-07-01"]
        for number, (given, family) in enumerate(_people(3), 1)
    ]
    return _csv([header, *rows], ",")


def credly_roster(count: int) -> str:
    """Return a roster as Credly takes it: exact times, and an end date that some have passed.

    The first of them learns at the other institution, too.
    """
    header = ["Badge Template ID", "Recipient Email", "First Name", "Last Name", "Issued at", "Expires at"]
    rows = [
        [
            "cloud-operations",
            f"engineer{number}@harbour.example" if number > 1 else "learner1@northfield.example",
            given,
            family,
            f"2024-05-{1 + number % 28:02}T09:30:00Z",
            "2026-05-31T09:30:00Z" if number % EXPIRED_EVERY == 0 else "2034-05-31T09:30:00Z",
        ]
        for number, (given, family) in enumerate(_people(count), 1)
    ]
    return _csv([header, *rows], ",")


def _people(count: int) -> list[tuple[str, str]]:
    return list(islice(cycle(product(GIVEN, FAMILY)), count))


def _csv(rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
