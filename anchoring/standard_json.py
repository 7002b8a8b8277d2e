"""The compiler's standard-JSON input of the contract, by which explorers compare source and code.

Source: the Solidity documentation, "Compiler Input and Output JSON Description".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from registry.chain.artifact import artifact
from registry.core.errors import AnchorMismatchError, SettingsError

CHECKOUT = Path(__file__).resolve().parent.parent
"""Where the sources are, if this package runs from its repository."""
SOURCE = "contracts/CredentialRegistry.sol"
HARDHAT = Path("node_modules", "hardhat", "dist", "src", "cli.js")
_BUILD_SECONDS = 300


def standard_json(checkout: Path = CHECKOUT) -> dict[str, Any]:
    """Compile the contract in a repository and return the input that its compiler was given.

    Raises:
        SettingsError: this is no repository with its tools installed, or the contract does not compile.
        AnchorMismatchError: the sources give other code than this package was built with.

    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        _build(checkout, output)
        built = _read(output / "artifacts" / SOURCE / "CredentialRegistry.json")
        if built["bytecode"] != artifact()["bytecode"]:
            raise AnchorMismatchError(
                f"{checkout / SOURCE} gives other code than this package was built with, so its source would not match "
                "what is deployed. Run `make abi`, or check the released version out."
            )
        given: dict[str, Any] = _read(output / "artifacts" / "build-info" / f"{built['buildInfoId']}.json")["input"]
        return given


def contract_name(given: dict[str, Any]) -> str:
    """Return the fully qualified name by which an explorer asks for the contract in this input."""
    file = next(name for name in given["sources"] if name.endswith(SOURCE))
    return f"{file}:CredentialRegistry"


def _build(checkout: Path, output: Path) -> None:
    node, hardhat = shutil.which("node"), checkout / HARDHAT
    if node is None or not hardhat.is_file() or not (checkout / SOURCE).is_file():
        raise SettingsError(
            "The contract's source and its compiler are in the repository, not in the installed package: run "
            "`make install` in a clone of it, and this command with the virtual environment's PATH there."
        )
    done = subprocess.run(  # noqa: S603  both paths are our own
        [node, str(hardhat), "build", SOURCE, "--no-tests", "--quiet"],
        cwd=checkout,
        env={**os.environ, "CREDANCHOR_CONTRACT_OUTPUT": str(output)},
        check=False,
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
    )
    if done.returncode:
        raise SettingsError(f"The contract does not compile in {checkout}: {done.stdout}{done.stderr}")


def _read(path: Path) -> Any:  # noqa: ANN401  any JSON value
    return json.loads(path.read_text("utf-8"))
