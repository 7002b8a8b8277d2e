"""The compiled contract that this package was built with."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from registry.core.account import Address


@cache
def artifact() -> dict[str, Any]:
    """Return ABI, bytecode, storage layout and the CREATE2 address (written by `make abi`)."""
    value: dict[str, Any] = json.loads(files("registry.chain").joinpath("CredentialRegistry.json").read_bytes())
    return value


def derived_address() -> Address:
    """Return the contract's address, the same on every chain: it follows from its source through CREATE2."""
    return Address(artifact()["address"])
