"""The registrar's side of a command: home, store, admin key and chain put together, money shown first."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anchoring.calls import quote_call
from anchoring.desk import open_chain, open_desk
from anchoring.fees import in_eth
from anchoring.registrar import carry_out
from anchoring.sender import KeystoreSender
from anchoring.settings import anchoring_signer
from anchoring.steps import Wait
from registry.anchoring_settings import load_anchoring_settings
from registry.cli.output import say
from registry.core.account import Address
from registry.core.errors import KeyFileError
from registry.identity.key_files import account_address
from registry.services.catalogue import issuer_named
from registry.settings import load_settings, open_store, passphrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from anchoring.chain import Quote
    from anchoring.drive import Desk, Progress
    from anchoring.ports import Signer
    from anchoring.registrar import PlannedCall
    from registry.anchoring_settings import AnchoringSettings
    from registry.chain.networks import Network
    from registry.records import IssuerRow
    from registry.settings import Settings
    from registry.store.repository import Store

ADMIN_KEY = "admin.json"


@dataclass(frozen=True, slots=True)
class Home:
    """An opened home folder and the network it writes to."""

    settings: Settings
    """Its settings."""
    store: Store
    """Its database."""
    network: Network
    """The network that is written to."""
    allowed: AnchoringSettings
    """What the operator allows."""

    def issuer(self, slug: str | None) -> IssuerRow:
        """Return the named issuer, or the only one; InputError lists what there is."""
        return issuer_named(self.store, slug)

    def keystore(self, account: Address) -> Path:
        """Return the key file of an account; KeyFileError if this home has none."""
        for path in sorted(self.settings.keys().rglob("*.json")):
            if account_address(path) == account:
                return path
        raise KeyFileError(
            f"No key file of {account.checksummed()} is below {self.settings.keys()}; bring it back from where you "
            "keep it, and run the command again."
        )

    def anchoring_account(self) -> Address:
        """Return the anchoring delegate's account; an external signer may be asked for it."""
        return anchoring_signer(self.settings, self.allowed).address

    @contextmanager
    def anchoring_desk(self) -> Iterator[Desk]:
        """Give a desk that signs with the anchoring key, wherever that is."""
        with self._desk(anchoring_signer(self.settings, self.allowed)) as desk:
            yield desk

    @contextmanager
    def desk(self, account: Address) -> Iterator[Desk]:
        """Give a desk that signs with one account; on a local chain the account is given play money first."""
        purpose = f"the key of {account.checksummed()}"
        with self._desk(KeystoreSender(self.keystore(account), lambda: passphrase(purpose))) as desk:
            if self.network.kind == "local":
                desk.chain.fund(account)
            yield desk

    @contextmanager
    def admin_desk(self, issuer: IssuerRow) -> Iterator[Desk]:
        """Give a desk that signs as the issuer's admin: the account that registered it, unless that moved."""
        with open_chain(self.store.engine, self.network, self.allowed) as chain:
            _, admin, _, registered_at = chain.read("issuerOf", (issuer.account,))
        with self.desk(Address(admin) if registered_at else issuer.account) as desk:
            yield desk

    def proposed_admin(self, issuer: Address) -> Address | None:
        """Return the account that may take an issuer over, if one is proposed."""
        with open_chain(self.store.engine, self.network, self.allowed) as chain:
            _, _, pending, registered_at = chain.read("issuerOf", (issuer,))
        return Address(pending) if registered_at and int(pending, 16) else None

    def _desk(self, signer: Signer) -> AbstractContextManager[Desk]:
        return open_desk(self.settings.home, self.store.engine, self.network, signer, self.allowed)


def open_home(network: str | None) -> Home:
    """Open the home folder; the errors are those of settings and store."""
    settings = load_settings()
    chosen, allowed = settings.chosen_network(network), load_anchoring_settings(settings.home)
    return Home(settings, open_store(settings), chosen, allowed)


def send(desk: Desk, calls: Iterator[PlannedCall], *, dry_run: bool, quiet: bool = False) -> bool:
    """Carry the calls out, or with `dry_run` say what the first would cost; return whether all are mined."""
    (sender,) = desk.signers
    if dry_run:
        call = next(calls, None)
        if call is None:
            say("The chain has all of it already; nothing would be sent.")
        else:
            announce(call, quote_call(desk, sender, call.data, call.target))
            say("This was a dry run: nothing was sent.")
        return True
    mined = True
    for call, progress in carry_out(desk, calls, _unsaid if quiet else announce):
        mined = mined and progress.submission.mined is not None
        if not quiet:
            say(_done(call, progress))
    return mined


def _unsaid(_call: PlannedCall, _quote: Quote) -> None:
    """Say nothing of the cost: a program reads the output."""


def _done(call: PlannedCall, progress: Progress) -> str:
    mined = progress.submission.mined
    if mined is None:
        return f"  on its way: {call.label}; {_why(progress)}"
    if isinstance(progress.step, Wait):
        return (
            f"  done: {call.label}\n  in block {mined.block_number:,}, pending until a finalized block reaches it; "
            "verifiers see it from now on"
        )
    return f"  done: {call.label}"


def quote_each(desk: Desk, calls: Sequence[PlannedCall]) -> None:
    """Say what each of several calls would cost that do not depend on one another; nothing is sent."""
    (sender,) = desk.signers
    for call in calls:
        announce(call, quote_call(desk, sender, call.data, call.target))
    say("This was a dry run: nothing was sent." if calls else "The chain has all of it already; nothing would be sent.")


def announce(call: PlannedCall, quote: Quote) -> None:
    """Say what a call does and costs, before it is sent."""
    say(
        f"To {call.label} on {quote.network} costs about {in_eth(quote.likely_fee_wei)} ({quote.gas:,} gas), at most "
        f"{in_eth(quote.max_fee_wei)}; {quote.account.checksummed()} holds {in_eth(quote.balance_wei)}."
    )


def _why(progress: Progress) -> str:
    return progress.step.why if isinstance(progress.step, Wait) else "`credanchor anchor run` goes on with it."
