"""What the planner is told and what it may answer: values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from registry.core.submission import SubmissionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.core.digest import Digest
    from registry.core.submission import Attempt, Fees, Mined, Standing

GWEI = 10**9


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows."""

    max_fee_wei: int = 200 * GWEI
    """Highest `maxFeePerGas` that is ever signed."""
    resend_after_seconds: int = 30
    """When to send the same bytes again if the endpoint does not know them."""
    bump_after_seconds: tuple[int, ...] = (300, 600, 1200, 1800, 3600)
    """How long the first, second, ... attempt may wait before fees go up; the last value repeats."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the chain was seen to say about one submission, at one moment."""

    head: int
    """Number of the newest block."""
    finalized: int
    """Number of the newest finalized block."""
    spent_nonces: int
    """How many nonces the sender has spent at the newest block, which is the next one to use."""
    final_nonces: int
    """The same at the finalized block."""
    mined: Mined | None
    """The attempt whose receipt names a block that is part of the chain now."""
    block_hash_then: Digest | None
    """Hash that now stands where the submission was last seen mined; None if there is no such block, or never was."""
    known: frozenset[Digest]
    """Hashes of the attempts that an endpoint knows of, in its pool or in a block."""
    standings: tuple[Standing | None, ...]
    """Each batch's anchor at the newest block, in the submission's order; empty for a call."""
    final_standings: tuple[Standing | None, ...]
    """The same at the finalized block."""
    base_fee_wei: int
    """Base fee of the newest block."""
    tip_wei: int
    """Tip that the endpoints suggest."""
    balance_wei: int
    """What the sender's account holds."""
    gas_estimate: int | None
    """Units of gas the call would use now; None if it was not asked for or the contract refuses."""
    refusal: str = ""
    """Why the contract would refuse the call now; empty if it would not, or nobody asked."""
    final_hash: Digest | None = None
    """Hash of the newest finalized block; None if the endpoints do not agree on it."""
    unclear: str = ""
    """What a quorum of endpoints does not agree on, as a sentence; nothing may be inferred then. Else empty."""


@dataclass(frozen=True, slots=True)
class Others:
    """What other unfinished submissions of the same account hold."""

    earlier: bool
    """A nonce before this one's."""
    later: bool
    """A nonce after this one's, which is never mined if this one's stays unspent."""


ALONE = Others(earlier=False, later=False)


class Waiting(StrEnum):
    """What is being waited for."""

    BLOCK = "block"
    """That an attempt is mined."""
    FINALITY = "finality"
    """That the block is final."""
    ANSWER = "answer"
    """That endpoints agree with themselves: nothing may be inferred yet."""
    WORKER = "worker"
    """Another worker, or another submission of the same account."""
    NONCE = "nonce"
    """That an earlier nonce of the account is spent; whose submission or nobody's it is, is seen to first."""
    KEY = "key"
    """A key that this run does not have."""
    STOP = "stop"
    """Nothing: this run was told to stop."""


class AlertKind(StrEnum):
    """What a person has to see to."""

    FUNDS = "funds"
    FEE_CEILING = "fee-ceiling"
    REFUSED = "refused"
    """The contract would refuse it; nothing was signed, nothing paid."""
    REVERTED = "reverted"
    """The contract refused it in a block; gas was paid."""
    NONCE_TAKEN = "nonce-taken"

    @property
    def state(self) -> SubmissionState:
        """Return the state that a submission is left in."""
        return _STATE_AFTER[self]


_STATE_AFTER = {
    AlertKind.FUNDS: SubmissionState.STUCK,
    AlertKind.FEE_CEILING: SubmissionState.STUCK,
    AlertKind.REFUSED: SubmissionState.REVERTED,
    AlertKind.REVERTED: SubmissionState.REVERTED,
    AlertKind.NONCE_TAKEN: SubmissionState.NONCE_TAKEN,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign an attempt: the first under a nonce, or one with higher fees under the same nonce."""

    nonce: int
    gas_limit: int
    fees: Fees


@dataclass(frozen=True, slots=True)
class Send:
    """Hand a stored attempt to an endpoint, for the first time or again."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class MarkMined:
    """Note where an attempt was mined and where the batches stand."""

    mined: Mined
    standings: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Adopt:
    """Note that the contract holds every batch without us; success all the same."""

    standings: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class MarkFinal:
    """Note that it is final; the end."""

    standings: Sequence[Standing]
    nonce_spent: bool
    """Whether the submission's nonce is gone; if not, the next submission may have it."""


@dataclass(frozen=True, slots=True)
class MarkReorganised:
    """Note that the block is not part of the chain any more; the same bytes are sent again."""

    why: str


@dataclass(frozen=True, slots=True)
class TakeNewNonce:
    """Give the nonce up: a foreign transaction spent it, and that is final."""

    why: str


@dataclass(frozen=True, slots=True)
class FillGap:
    """Spend an earlier nonce that nobody uses with an empty transaction to oneself, so that this one's can follow."""

    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again later."""

    what: Waiting
    why: str
    """A finished sentence."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell a person; nothing is sent."""

    kind: AlertKind
    why: str
    """A finished sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is left to do."""


Act = Sign | Send | MarkMined | Adopt | MarkFinal | MarkReorganised | TakeNewNonce | FillGap | Wait | Alert
"""What there is to do, to wait for or to tell."""
Step = Act | Rest
"""What is next."""
