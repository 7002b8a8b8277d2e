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
from anchoring.rpc import JsonRpc
from anchoring.sender import KeystoreSender
from registry.settings import passphrase
from registry.store.submissions import SubmissionRows
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from registry.chain.networks import Network

DEVNET_FOLDER = "devnet"
"""Where the local chain lives in the home folder."""
ANCHORING_KEY = "anchoring.json"
"""The anchoring delegate's keystore in the home's folder of keys."""


@contextmanager
def open_desk(home: Path, engine: Engine, network: Network, keystore: Path, purpose: str) -> Iterator[Desk]:
    """Give a desk with one key; the passphrase is asked for only if something must be signed.

    `purpose` finishes the prompt, for example `the anchoring key`.
    """
    sender = KeystoreSender(keystore, lambda: passphrase(purpose))
    rpc = JsonRpc(network.rpc_urls, network.chain_id, title=network.title)
    try:
        yield Desk(
            rows=SubmissionRows(engine),
            chain=Chain(rpc, network),
            signers={sender.address: sender},
            clock=SystemClock(),
            pause=time.sleep,
            owner=f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}",
            keep=Devnet(home / DEVNET_FOLDER).keep_state if network.kind == "local" else nothing_to_keep,
        )
    finally:
        rpc.close()
