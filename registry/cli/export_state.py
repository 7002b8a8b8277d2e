"""`credanchor export --with-state`: a state proof beside each bundle whose anchor is final."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from registry.chain.state_prover import StateProver
from registry.core.state_proof import state_proof_json
from registry.services.state_question import final_questions
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from registry.chain.networks import Network
    from registry.services.export import ExportedFile


class StateFiles:
    """Writes state proofs into a folder, asking each network's endpoints over one kept connection."""

    def __init__(self, networks: Iterable[Network], out: Path) -> None:
        self._provers = [(network, StateProver(network)) for network in networks]
        self._out = out

    def close(self) -> None:
        """Close the connections."""
        for _, prover in self._provers:
            prover.close()

    def write(self, file: ExportedFile) -> Path | None:
        """Write the state proof of an exported credential and return its place; None while no anchor is final.

        Raises:
            ChainUnavailableError: no endpoint of the network gave a proof that holds.

        """
        bundle = unwrap(file.data)
        for network, prover in self._provers:
            for question in final_questions(bundle, network.chain_id, network.contract):
                text = json.dumps(state_proof_json(prover.state_proof(question)), indent=1)
                path = self._out / f"{file.name.partition('.')[0]}.state.json"
                path.write_text(text + "\n", "utf-8")
                return path
        return None
