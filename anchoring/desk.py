"""Opening a desk: settings, store, chain and key put together for one run of one command."""

from __future__ import annotations

import os
import secrets
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from anchoring.chain import Chain
from anchoring.devnet import Devnet
from anchoring.drive import Desk, nothing_to_keep
from anchoring.endpoints import open_endpoints
from anchoring.settings import policy_of
from registry.store.final_heads import FinalHeads
from registry.store.submissions import SubmissionRows
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from anchoring.ports import Signer
    from registry.anchoring_settings import AnchoringSettings
    from registry.chain.networks import Network

DEVNET_FOLDER = "devnet"
"""Where the local chain lives in the home folder."""


@contextmanager
def open_desk(
    home: Path, engine: Engine, network: Network, signer: Signer, allowed: AnchoringSettings
) -> Iterator[Desk]:
    """Give a desk with one key, which does what the operator allows."""
    with open_chain(engine, network, allowed) as chain:
        yield Desk(
            rows=SubmissionRows(engine),
            chain=chain,
            signers={signer.address: signer},
            clock=SystemClock(),
            pause=time.sleep,
            owner=f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}",
            policy=policy_of(allowed),
            keep=Devnet(home / DEVNET_FOLDER).keep_state if network.kind == "local" else nothing_to_keep,
        )


@contextmanager
def open_chain(engine: Engine, network: Network, allowed: AnchoringSettings) -> Iterator[Chain]:
    """Give a network's chain, to be read; no key is needed."""
    endpoints = open_endpoints(network)
    try:
        yield Chain(endpoints, network, FinalHeads(engine), allowed.confirm_depth)
    finally:
        endpoints.close()
