"""What `credanchor deliver` says: a line for whoever has no mail, counts at the end, or JSON lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

from registry.cli.output import json_line, say, warn
from registry.core.errors import InputError
from registry.deliveries import DeliveryState, Standing
from registry.services.deliver import Outcome
from registry.services.letter import one_line

if TYPE_CHECKING:
    from registry.deliveries import Addressee, Delivery
    from registry.services.deliver import Delivering

EXIT_NEEDS_PERSON = 1
EXIT_WAITS = 3
MAX_LISTED = 20
"""Most of one kind that are named; --json names all."""

_NAMED = {
    DeliveryState.REFUSED: "Refused: {who}: {answer}",
    DeliveryState.DEFERRED: "Not taken now: {who}: {answer} The next run tries again.",
    DeliveryState.UNKNOWN: "Not known: {who}: {answer} {advice}",
    Standing.UNKNOWN_BEFORE: "Not known: {who}: begun at {at:%Y-%m-%d %H:%M} UTC, and no answer was kept. {advice}",
    Standing.REFUSED_BEFORE: "Refused before: {who}: {answer} Mail it again with --again.",
    Standing.NO_ADDRESS: "No address: {who}",
}
"""What is said of one credential."""
_ADVICE = (
    "The mail server's log tells by the Message-ID {message_id}; if it did not go, or a second mail does no harm: "
    "credanchor deliver --credential {credential} --again"
)
_COUNTED = {
    Standing.SENT_BEFORE: "mailed before",
    Standing.REFUSED_BEFORE: "refused before",
    Standing.UNKNOWN_BEFORE: "whose mail is not known to have gone",
    Standing.UNDER_WAY: "being mailed by another run",
    Standing.NO_ADDRESS: "without e-mail address",
    Standing.NOT_FINAL: "whose anchor is not final",
    Standing.SUSPENDED: "suspended",
    Standing.REVOKED: "revoked",
    Standing.REPLACED: "replaced",
    Standing.ERASED: "erased",
}
"""How those who get no mail are counted, in this order."""


@dataclass(slots=True)
class Report:
    """What is said of one run, and its exit code."""

    before: Counter[Standing]
    """How many stood how when it began."""
    as_json: bool
    """Whether a program reads it."""
    after: Counter[DeliveryState | Standing] = field(default_factory=Counter)
    """What became of those who were told of so far."""

    @property
    def due(self) -> int:
        """Return how many mails were due when it began."""
        return self.before[Standing.DUE]

    @property
    def done(self) -> int:
        """Return for how many of them it is known what became of the mail."""
        return sum(count for state, count in self.after.items() if isinstance(state, DeliveryState))

    def tell(self, outcome: Outcome) -> None:
        """Say what became of one credential."""
        self.after[outcome.state] += 1
        if self.as_json:
            json_line(_line(outcome))
        elif outcome.state in _NAMED:
            count = self.after[outcome.state]
            if count <= MAX_LISTED:
                warn(_sentence(outcome))
            elif count == MAX_LISTED + 1:
                warn("... and more of this kind; --json names all.")

    def summary(self) -> None:
        """Say how many mails went, and how many did not, by reason."""
        if self.as_json:
            return
        say(f"Sent {_mails(self.after[DeliveryState.SENT])} of {self.due:,} due.")
        _say_counts(self.after)

    def left(self) -> str:
        """Return how many are left, as a sentence."""
        count = max(0, self.due - self.done)
        return f"{_mails(count)} {'is' if count == 1 else 'are'} left; run the command again when that is mended."

    def nobody(self, work: Delivering) -> None:
        """Say why nobody is due."""
        for one, standing in work.standings():
            self.tell(Outcome(one, standing, one.delivery))
        if not self.as_json:
            say("Nobody is due.")
            _say_counts(self.after)

    def dry_run(self, work: Delivering, first: Addressee | None) -> None:
        """Say what would be done, with the first mail in full."""
        if self.as_json:
            for one, standing in work.standings():
                json_line(_line(Outcome(one, standing, one.delivery)))
            return
        say(f"{_mails(self.due)} would go out; nothing was sent.")
        _say_counts(self.before)
        if first is not None:
            _say_mail(work, first)

    def exit_code(self) -> int:
        """Return 1 if a person is needed, 3 if something waits for the next run, else 0."""
        found = self.after
        if found[DeliveryState.REFUSED] or found[DeliveryState.UNKNOWN] or found[Standing.UNKNOWN_BEFORE]:
            return EXIT_NEEDS_PERSON
        return EXIT_WAITS if found[DeliveryState.DEFERRED] or found[Standing.UNDER_WAY] else 0


def _say_counts(counts: Counter[Any]) -> None:
    for state, words in _COUNTED.items():
        if counts[state]:
            say(f"  {counts[state]:,} {words}")


def _say_mail(work: Delivering, first: Addressee) -> None:
    try:
        mail = work.preview(first)
    except InputError as error:
        say(f"The first would be refused: {error}")
        return
    message = message_from_bytes(mail.content, policy=default)
    say(f"The first, to {mail.recipient}:\n")
    for name, value in message.items():
        say(f"{name}: {value}")
    for part in message.walk():
        if not part.is_multipart():
            say(f"\n[{part.get_content_type()}]\n{part.get_content()}".replace("\r\n", "\n"))


def _mails(count: int) -> str:
    return f"{count:,} mail{'' if count == 1 else 's'}"


def _who(outcome: Outcome) -> str:
    recipient = outcome.about.address or outcome.about.recipient or "nobody named"
    return f"{one_line(recipient)} ({one_line(outcome.about.credential_id)})"


def _sentence(outcome: Outcome) -> str:
    mail = outcome.mail
    words = {"who": _who(outcome)}
    if mail is None:
        return _NAMED[outcome.state].format_map(words)
    advice = _ADVICE.format(message_id=mail.message_id, credential=outcome.about.credential_id)
    return _NAMED[outcome.state].format(**words, answer=_answer(mail), advice=advice, at=mail.attempted_at)


def _answer(mail: Delivery) -> str:
    said = f"{mail.code} {mail.answer}" if mail.code else mail.answer
    return said.rstrip(".") + "."


def _line(outcome: Outcome) -> dict[str, Any]:
    line: dict[str, Any] = {
        "credential": outcome.about.credential_id,
        "recipient": outcome.about.recipient,
        "address": outcome.about.address,
        "state": outcome.state.value,
    }
    mail = outcome.mail
    if mail is None:
        return line
    at = f"{mail.attempted_at:%Y-%m-%dT%H:%M:%SZ}"
    return line | {"code": mail.code, "answer": mail.answer, "messageId": mail.message_id, "attemptedAt": at}
