"""`credanchor export --with-state`: a state proof beside each bundle whose anchor is final."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.chain.state_prover import StateProver
from registry.cli.whole_file import write_whole
from registry.core.block_header import read_header
from registry.core.canonical import parse_json
from registry.core.errors import ChainUnavailableError
from registry.core.state_proof import parse_state_proof, state_proof_json
from registry.services.state_question import final_questions
from registry.services.unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from registry.chain.networks import Network
    from registry.core.state_proof import StateProof
    from registry.ports import ChainQuestion
    from registry.services.export import ExportedFile
    from registry.store.repository import Store


@dataclass(frozen=True, slots=True)
class StateFile:
    """A state proof that was written."""

    path: Path
    """Where it lies."""
    block_number: int
    """The block that it is as of."""
    fresh: bool
    """Whether it was made now and covers the credential's status; else it is the one saved with the batch."""


class StateFiles:
    """Writes state proofs into a folder, asking each network's endpoints over one kept connection.

    Where no endpoint answers, the proof that was saved when the batch became final takes the place of a fresh one.
    """

    def __init__(self, networks: Iterable[Network], store: Store, out: Path) -> None:
        self._provers = [(network, StateProver(network)) for network in networks]
        self._store = store
        self._out = out
        self._silent: dict[str, ChainUnavailableError] = {}

    def close(self) -> None:
        """Close the connections."""
        for _, prover in self._provers:
            prover.close()

    def write(self, file: ExportedFile) -> StateFile | None:
        """Write the state proof of an exported credential and return its place; None while no anchor is final.

        Raises:
            ChainUnavailableError: no endpoint of the network gave a proof that holds, and none was saved.

        """
        bundle = unwrap(file.data)
        for network, prover in self._provers:
            if questions := list(final_questions(bundle, network.chain_id, network.contract)):
                proof, fresh = self._proof(network, prover, questions, file.credential_id)
                text = json.dumps(state_proof_json(proof), indent=1)
                path = self._out / f"{file.name.partition('.')[0]}.state.json"
                write_whole(path, f"{text}\n".encode())
                return StateFile(path, read_header(proof.header).number, fresh)
        return None

    def _proof(
        self, network: Network, prover: StateProver, questions: Sequence[ChainQuestion], credential_id: str
    ) -> tuple[StateProof, bool]:
        """Return a fresh proof and true, or the saved one and false; a silent network is not waited for again."""
        if network.name not in self._silent:
            try:
                return prover.state_proof(*questions), True
            except ChainUnavailableError as error:
                self._silent[network.name] = error
        saved = self._saved(network, credential_id)
        if saved is None:
            raise self._silent[network.name]
        return saved, False

    def _saved(self, network: Network, credential_id: str) -> StateProof | None:
        credential = self._store.credential(credential_id.removeprefix("urn:uuid:"))
        for one in self._store.proofs.saved(credential.batch_id) if credential else ():
            if (one.chain_id, one.contract) == (network.chain_id, network.contract):
                return parse_state_proof(parse_json(one.document.encode("utf-8")))
        return None
