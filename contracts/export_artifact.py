"""Build the contract and write what the Python package needs of it.

    python contracts/export_artifact.py            write registry/chain/CredentialRegistry.json
    python contracts/export_artifact.py --check    exit 1 when the committed file is not what the source gives

The file is a function of the source, the pinned compiler and its settings: the same bytes on every machine. Its
`address` is where the common deterministic deployer puts the contract on any chain (EIP-1014).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "contracts/CredentialRegistry.sol"
NAME = "CredentialRegistry"
TARGET = ROOT / "registry" / "chain" / f"{NAME}.json"
OUTPUT = ROOT / "build" / "contracts"
"""Where this build and slither's keep their artifacts, apart from those of the tests."""

DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
SALT = bytes(32)

EXIT_DIFFERS = 1
EXIT_BUILD_FAILED = 2


def main() -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    check = parser.parse_args().check
    try:
        build()
    except subprocess.CalledProcessError as error:
        return fail(f"the contract does not build:\n{error.stdout}{error.stderr}", EXIT_BUILD_FAILED)
    text = render(export())
    return compare(text) if check else write(text)


def build() -> None:
    """Compile the contract and what it imports afresh, and nothing else, so that no other file can move a byte of it.

    Slither reads the same folder, and stumbles over what an earlier build left there.
    """
    node = shutil.which("node")
    if node is None:
        sys.exit("node is not on PATH: run `make install` and use the virtual environment's PATH")
    shutil.rmtree(OUTPUT, ignore_errors=True)
    hardhat = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
    subprocess.run(  # noqa: S603 - both paths are ours
        [node, str(hardhat), "build", SOURCE, "--no-tests", "--quiet"],
        cwd=ROOT,
        env={**os.environ, "CREDANCHOR_CONTRACT_OUTPUT": str(OUTPUT)},
        check=True,
        capture_output=True,
        text=True,
    )


def export() -> dict[str, Any]:
    """Return the artifact: interface, code, layout, and where CREATE2 puts it."""
    artifact = read(OUTPUT / "artifacts" / SOURCE / f"{NAME}.json")
    build_info = OUTPUT / "artifacts" / "build-info" / artifact["buildInfoId"]
    compiled = read(build_info.with_name(build_info.name + ".json"))
    outputs = read(build_info.with_name(build_info.name + ".output.json"))["output"]["contracts"]
    return {
        "contractName": NAME,
        "compiler": compiled["solcLongVersion"],
        "evmVersion": compiled["input"]["settings"]["evmVersion"],
        "abi": artifact["abi"],
        "bytecode": artifact["bytecode"],
        "deployedBytecode": artifact["deployedBytecode"],
        "storageLayout": stable_layout(outputs[f"project/{SOURCE}"][NAME]["storageLayout"]),
        "deployer": DEPLOYER,
        "salt": "0x" + SALT.hex(),
        "address": create2_address(bytes.fromhex(artifact["bytecode"][2:])),
    }


def stable_layout(layout: dict[str, Any]) -> dict[str, Any]:
    """Return the storage layout without the compiler's node numbers, which change with any line of source."""
    text = re.sub(r"(t_struct\(\w+\))\d+(_storage)", r"\1\2", json.dumps(layout))
    return dict(json.loads(text, object_hook=without_node_number))


def without_node_number(member: dict[str, Any]) -> dict[str, Any]:
    """Return `member` without `astId`."""
    return {name: value for name, value in member.items() if name != "astId"}


def create2_address(creation_code: bytes) -> str:
    """Return the checksummed address of `creation_code` under the common deployer. Source: EIP-1014."""
    preimage = b"\xff" + bytes.fromhex(DEPLOYER[2:]) + SALT + keccak(creation_code)
    return to_checksum_address(keccak(preimage)[12:])


def render(artifact: dict[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(artifact, indent=2) + "\n"


def write(text: str) -> int:
    """Write the file unless it is there already, so that its time stamp says when it last changed."""
    if committed() != text:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
    return 0


def compare(text: str) -> int:
    """Exit code of `--check`: name the members that differ."""
    old = committed()
    if old == text:
        return 0
    remedy = "run `python contracts/export_artifact.py` and commit the result"
    if old is None:
        return fail(f"{TARGET.relative_to(ROOT)} is missing: {remedy}", EXIT_DIFFERS)
    return fail(f"{TARGET.relative_to(ROOT)} differs in {differences(old, text)}: {remedy}", EXIT_DIFFERS)


def differences(old: str, new: str) -> str:
    """Name the top-level members in which two artifacts differ."""
    try:
        before = json.loads(old)
    except json.JSONDecodeError:
        return "everything (it is no JSON)"
    after = json.loads(new)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return ", ".join(names) or "its formatting"


def committed() -> str | None:
    """Return the text of the file as it stands; None when there is none."""
    return TARGET.read_text(encoding="utf-8") if TARGET.exists() else None


def read(path: Path) -> dict[str, Any]:
    """Return a JSON file."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def fail(message: str, code: int) -> int:
    """Say what is wrong on standard error; return `code`."""
    sys.stderr.write(message + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
