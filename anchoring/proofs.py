"""State proofs, saved once a batch is final: with them it can be judged when its chain is gone.

They cover what the credentials of a batch share. A status is one credential's and changes later, so it is not in them.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from registry.chain.state_prover import StateProver
from registry.core.block_header import read_header
from registry.core.errors import ChainUnavailableError, StoreConflictError
from registry.core.state_proof import state_proof_json
from registry.store.proof_rows import ProofRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.drive import Desk
    from registry.store.proof_rows import UnprovenAnchor


def save_state_proofs(desk: Desk) -> tuple[str, ...]:
    """Save a state proof of every final anchor that has none; return a sentence if one could not be had.

    Finality never waits for it: what is missing is tried again in the next run.
    """
    network, rows = desk.chain.network, ProofRows(desk.rows.engine)
    missing = rows.unproven(network.chain_id, network.contract)
    if not missing:
        return ()
    with closing(StateProver(network)) as prover:
        for done, anchor in enumerate(missing):
            try:
                _save(desk, rows, prover, anchor)
            except ChainUnavailableError as error:
                return (_not_saved(missing[done:], error),)
            # A crash here leaves the rest without proofs; the next run goes on.
    return ()


def _save(desk: Desk, rows: ProofRows, prover: StateProver, anchor: UnprovenAnchor) -> None:
    proof = prover.batch_proof(anchor.question)
    header = read_header(proof.header)
    document = json.dumps(state_proof_json(proof), separators=(",", ":"))
    try:
        rows.save(anchor.anchor_id, header.number, header.block_hash, document, desk.clock.now())
    except StoreConflictError:  # another worker was quicker
        return


def _not_saved(left: Sequence[UnprovenAnchor], error: ChainUnavailableError) -> str:
    batches = ", ".join(str(one.batch_id) for one in left[:10]) + (", …" if len(left) > 10 else "")  # noqa: PLR2004
    return (
        f"No state proof could be saved of {len(left):,} final batch(es) ({batches}): {error}. They are final all the "
        "same; the next `credanchor anchor run` tries again."
    )
