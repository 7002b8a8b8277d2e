"""Mail each recipient their link: who is due, and each mail begun, handed over and kept, so that none goes twice.

1 `addressees` says who is due   2 the mail server takes sender and recipient   3 `sending` is kept, by one process only
4 the text leaves   5 what the server answered is kept
A crash before 3 leaves nothing, and the next run mails it. Between 3 and 5 nobody knows whether the mail went: it is
`unknown`, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from registry.core.errors import InputError
from registry.deliveries import Delivery, DeliveryState, Reply, Standing, standing_of
from registry.records import BatchState
from registry.services.letter import Occasion, compose, message_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from registry.deliveries import Addressee, Mail
    from registry.ports import Clock, CredentialStore, DeliveryStore, Mailer
    from registry.records import StoredCredential
    from registry.services.letter import Letterhead


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose links are to be mailed."""

    batch_id: int | None = None
    """Those of one batch alone."""
    uuid: str | None = None
    """That of one credential alone."""
    pending: bool = False
    """Also those whose anchor is not final."""
    again: AbstractSet[Standing] = frozenset()
    """Standings that count as due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be said of one credential."""

    about: Addressee
    """Which credential, and whose."""
    state: DeliveryState | Standing
    """What became of its mail now, or why there is none."""
    mail: Delivery | None
    """Its newest mail."""


@dataclass(slots=True)
class _Attempt:
    """One mail, begun at most once."""

    rows: DeliveryStore
    clock: Clock
    seen: Delivery | None
    """What was kept when it was decided to send."""
    new: Delivery

    def begin(self) -> bool:
        """Keep that the text is about to leave; False if somebody else began it, or the document was erased."""
        begun = replace(self.new, attempted_at=self.clock.now())
        if not self.rows.record(self.seen, begun):
            return False
        self.seen = self.new = begun
        return True

    def end(self, reply: Reply) -> Delivery | None:
        """Keep what became of it; None if somebody else's mail, or nothing any more, stands in its place."""
        ended = replace(self.new, state=reply.state, code=reply.code, answer=reply.text)
        return ended if self.rows.record(self.seen, ended) else None


@dataclass(frozen=True, slots=True)
class Delivering:
    """One run over the chosen credentials."""

    store: CredentialStore
    """Documents and issuers."""
    rows: DeliveryStore
    """What is kept of mails."""
    head: Letterhead
    """Sender and base URL."""
    clock: Clock
    """Read for each mail: a run may take hours, and others judge by these times whether one is still under way."""
    choice: Choice
    """Whose links."""
    _issuers: dict[int, str] = field(default_factory=dict)

    def standings(self) -> Iterator[tuple[Addressee, Standing]]:
        """Yield every chosen credential and whether its link is due."""
        for one in self.rows.addressees(self.choice.batch_id, self.choice.uuid):
            yield one, self._standing(one)

    def run(self, mailer: Mailer) -> Iterator[Outcome]:
        """Mail what is due and yield what became of every chosen credential.

        Raises:
            MailRefusedError: the server does not deal with us; what was not yielded was not mailed.
            MailUnavailableError: nobody answers any more; the same.
            DocumentDamagedError: a stored document is not the one that was issued; the same.

        """
        for one, standing in self.standings():
            yield self._mailed(mailer, one.uuid) if standing is Standing.DUE else Outcome(one, standing, one.delivery)

    def preview(self, one: Addressee) -> Mail:
        """Return the mail that would go out now; InputError if none can go to its address."""
        credential = self._credential(one)
        return self._composed(one, credential, self._new(one, credential))

    def _mailed(self, mailer: Mailer, uuid: str) -> Outcome:
        one = next(iter(self.rows.addressees(uuid=uuid)))  # it may have been revoked since its page was read
        standing = self._standing(one)
        if standing is not Standing.DUE:
            return Outcome(one, standing, one.delivery)
        credential = self._credential(one)
        attempt = _Attempt(self.rows, self.clock, one.delivery, self._new(one, credential))
        try:
            mail = self._composed(one, credential, attempt.new)
        except InputError as error:
            reply: Reply | None = Reply(DeliveryState.REFUSED, 0, str(error))
        else:
            reply = mailer.deliver(mail, attempt.begin)
        begun = attempt.seen is attempt.new
        ended = attempt.end(reply) if reply is not None else None
        if reply is None or (ended is None and not begun):
            return Outcome(one, Standing.UNDER_WAY, one.delivery)
        return Outcome(one, reply.state, ended or attempt.new)

    def _standing(self, one: Addressee) -> Standing:
        return standing_of(one, self.clock.now(), pending=self.choice.pending, again=self.choice.again)

    def _credential(self, one: Addressee) -> StoredCredential:
        found = self.store.credential(one.uuid)
        if found is None:
            raise InputError(f"There is no credential {one.credential_id} any more.")
        return found

    def _new(self, one: Addressee, credential: StoredCredential) -> Delivery:
        attempt = one.delivery.attempt + 1 if one.delivery else 1
        message_id = message_id_of(credential, attempt, self.head.from_address)
        return Delivery(one.uuid, attempt, message_id, DeliveryState.SENDING, 0, "", self.clock.now())

    def _composed(self, one: Addressee, credential: StoredCredential, new: Delivery) -> Mail:
        pending = one.batch_state is not BatchState.FINAL
        about = Occasion(credential, self._issuer(credential.issuer_id), one.address or "", pending)
        return compose(self.head, about, new.message_id, new.attempted_at)

    def _issuer(self, issuer_id: int) -> str:
        if not self._issuers:
            self._issuers.update({row.id: str(row.profile.get("name") or row.slug) for row in self.store.issuers()})
        return self._issuers[issuer_id]
