"""Whether an endorsement is of the very thing that it stands in: by id and by digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import NOT_ASKED
from registry.checks.report import CheckResult, Outcome
from registry.core.errors import CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.endorsement import is_endorsement, read_digest, subject_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.checks.facts import Facts
    from registry.credentials.endorsement import Endorsed

CHECK = "endorsed"
"""Name of the check."""
MAX_ID = 200
"""Most characters shown of an id."""


def endorsed_results(facts: Facts) -> Iterator[CheckResult]:
    """Yield the finding on what an endorsement endorses; nothing for any other credential."""
    document = facts.presented.document
    if facts.endorsed is not NOT_ASKED:
        yield _compared(facts, facts.endorsed)
    elif is_endorsement(document):
        text = Sentence(
            "It endorses {id}; shown alone, it was not compared with that.", id=_shown(subject_named(document)[0])
        )
        yield CheckResult(CHECK, Outcome.SKIPPED, "shown-alone", text)


def _compared(facts: Facts, endorsed: Endorsed) -> CheckResult:
    """10a. The subject names this id, and the digest of exactly this text."""
    document = facts.presented.document
    if not is_endorsement(document):
        text = Sentence("It stands where an endorsement belongs, and is none.")
        return CheckResult(CHECK, Outcome.FAILED, "no-endorsement", text)
    name, written = subject_named(document)
    if not name or name != endorsed.id:
        text = Sentence(
            "It endorses {id}, and stands in something else: {other}.", id=_shown(name), other=_shown(endorsed.id)
        )
        return CheckResult(CHECK, Outcome.FAILED, "endorses-something-else", text)
    if not written:
        text = Sentence(
            "It names {id} by its id alone; which text of it the endorser saw cannot be told.", id=_shown(name)
        )
        return CheckResult(CHECK, Outcome.UNDECIDED, "endorsed-by-id-alone", text)
    try:
        digest = read_digest(written)
    except CredentialFormatError as error:
        text = Sentence(
            "It fixes the text of what it endorses in a way that this version does not know: {why}", why=str(error)
        )
        return CheckResult(CHECK, Outcome.UNDECIDED, "unknown-digest", text)
    if digest != endorsed.digest:
        text = Sentence("It endorses another text of {id} than the one that it stands in.", id=_shown(name))
        return CheckResult(CHECK, Outcome.FAILED, "endorses-something-else", text)
    text = Sentence("Exactly the text that it stands in is what it endorses.")
    return CheckResult(CHECK, Outcome.PASSED, "endorses-this", text)


def _shown(name: str) -> str:
    return name[:MAX_ID] or Sentence("nothing that has an id")
