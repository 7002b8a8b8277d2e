# ruff: noqa: E501 - a mutant a line
"""Break the contract on purpose, one place at a time, and see its tests fail.

    python tests/contracts/mutate.py [WORD ...]     only the mutants whose description has one of the words

The tests are compiled once, in a copy in which the contracts under test are not created from their source but from
code in the environment; each mutant is compiled by itself and handed in there. Tests that compare code or recorded
figures are left out: they would fail for any change and prove nothing. Exit 1 when a mutant survives.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = "contracts/CredentialRegistry.sol"
PROOF = "contracts/lib/InclusionProof.sol"
TARGETS = {
    "CredentialRegistry": f"{REGISTRY}:CredentialRegistry",
    "Climber": "tests/contracts/InclusionProof.t.sol:Climber",
}
"""What the tests create, by the name of the contract."""
LEFT_OUT_FILES = ("Gas.t.sol", "Artifact.t.sol")
LEFT_OUT_TESTS = "the_code_is_the_same|create2"

HEADER = "// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n"
INJECTION = """
interface Environment {
    function envBytes(string calldata name) external view returns (bytes memory value);
}

function created(string memory name) returns (address deployed) {
    bytes memory code = Environment(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D).envBytes(name);
    assembly {
        deployed := create(0, add(code, 32), mload(code))
    }
}
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the `nth` occurrence of `old` becomes `new`."""

    tests: str
    """The test file that is run first; the others are only run when it sees nothing."""
    path: str
    old: str
    new: str
    nth: int = 1

    def __str__(self) -> str:
        """Say what is changed, on one line."""
        place = f" (no. {self.nth})" if self.nth > 1 else ""
        return " ".join(f"[{self.tests}] {self.old!r} -> {self.new!r}{place}".split())

    def apply(self, text: str) -> str:
        """Return the source with the change; ValueError when it has no such place."""
        parts = text.split(self.old)
        if len(parts) <= self.nth:
            raise ValueError(f"no such place: {self}")
        head, tail = self.old.join(parts[: self.nth]), self.old.join(parts[self.nth :])
        return head + self.new + tail


def issuers(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of issuers, admins, delegates and their roles."""
    return Mutant("Issuers", REGISTRY, old, new, nth)


def keys(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of signing keys."""
    return Mutant("SigningKeys", REGISTRY, old, new, nth)


def anchors(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of anchors and revoked batches."""
    return Mutant("Anchors", REGISTRY, old, new, nth)


def relays(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of anchors by signature."""
    return Mutant("RelayedAnchors", REGISTRY, old, new, nth)


def statuses(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of revocation and suspension."""
    return Mutant("Statuses", REGISTRY, old, new, nth)


def accreditations(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of accreditations."""
    return Mutant("Accreditations", REGISTRY, old, new, nth)


def verdicts(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of `verify`."""
    return Mutant("Verify", REGISTRY, old, new, nth)


def proofs(old: str, new: str, nth: int = 1) -> Mutant:
    """Return a mutant of the inclusion proof."""
    return Mutant("InclusionProof", PROOF, old, new, nth)


MUTANTS = (
    issuers("        _requireAdmin(issuer);\n        _;", "        _;"),
    issuers("        _requireRole(issuer, msg.sender, role);\n        _;", "        _;"),
    issuers("if (msg.sender != admin) revert NotAdmin", "if (false) revert NotAdmin"),
    issuers("if (admin == address(0)) revert IssuerUnknown", "if (false) revert IssuerUnknown"),
    issuers("& role != 0) return;", "!= 0) return;"),
    issuers("& role != 0) return;", "& role == 0) return;"),
    issuers("if (!_isAdmin(issuer, account)) revert MissingRole", "if (false) revert MissingRole"),
    issuers("if (!_isAdmin(issuer, account)) revert MissingRole", "if (true) revert MissingRole"),
    issuers("account != address(0) && account == _issuers", "account == _issuers"),
    issuers("account != address(0) && account == _issuers", "account != address(0) && account != _issuers"),
    issuers("_isAdmin(issuer, account) ? ALL_ROLES : ", ""),
    issuers("msg.sender == address(0) || msg.sender != record.pendingAdmin", "msg.sender != record.pendingAdmin"),
    issuers("msg.sender == address(0) || msg.sender != record.pendingAdmin", "msg.sender == address(0)"),
    issuers("        record.pendingAdmin = address(0);\n", ""),
    issuers("        record.admin = msg.sender;\n        record.pendingAdmin", "        record.pendingAdmin"),
    issuers("_issuers[issuer].pendingAdmin = newAdmin;", "_issuers[issuer].admin = newAdmin;"),
    issuers("address newAdmin) external onlyAdmin(issuer)", "address newAdmin) external"),
    issuers("uint8 roles) external onlyAdmin(issuer)", "uint8 roles) external"),
    keys("bytes calldata multikey) external onlyAdmin(issuer)", "bytes calldata multikey) external"),
    keys("uint64 since) external onlyAdmin(issuer)", "uint64 since) external"),
    anchors("uint64 treeSize) external onlyAdmin(issuer)", "uint64 treeSize) external"),
    issuers("external onlyRole(issuer, ANCHOR)", "external"),
    issuers("external onlyRole(issuer, ANCHOR)", "external onlyRole(issuer, SUSPEND)"),
    issuers("external onlyRole(issuer, REVOKE)", "external"),
    issuers("external onlyRole(issuer, REVOKE)", "external onlyRole(issuer, SUSPEND)"),
    issuers("external onlyRole(issuer, SUSPEND)", "external"),
    issuers("external onlyRole(issuer, SUSPEND)", "external onlyRole(issuer, REVOKE)"),
    issuers("external onlyRole(issuer, SUSPEND)", "external", 2),
    issuers("external onlyRole(issuer, SUSPEND)", "external onlyRole(issuer, REVOKE)", 2),
    anchors("            _requireRole(issuer, msg.sender, ANCHOR);\n", ""),
    anchors("            _requireRole(issuer, msg.sender, ANCHOR);\n", "            if (i == 0) _requireRole(issuer, msg.sender, ANCHOR);\n"),
    anchors("            _requireRole(issuer, msg.sender, ANCHOR);\n", "            _requireRole(batches[0].issuer, msg.sender, ANCHOR);\n"),
    relays("        _requireRole(issuer, signer, ANCHOR);\n", ""),
    relays("        _requireRole(issuer, signer, ANCHOR);\n", "        _requireRole(issuer, msg.sender, ANCHOR);\n"),
    relays("        _requireRole(issuer, signer, ANCHOR);\n", "        _requireRole(issuer, signer, SUSPEND);\n"),
    relays("if (!_isSignedBy(signer, structHash, signature))", "if (false)"),
    relays("block.timestamp > deadline", "block.timestamp >= deadline"),
    relays("block.timestamp > deadline", "false"),
    relays("err == ECDSA.RecoverError.NoError && recovered == signer", "err == ECDSA.RecoverError.NoError"),
    relays("err == ECDSA.RecoverError.NoError && recovered == signer", "recovered == signer"),
    relays("        if (err == ECDSA.RecoverError.NoError && recovered == signer) return true;\n", ""),
    relays("return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);", "return false;"),
    relays("                block.chainid,\n                address(this),", "                1,\n                address(this),"),
    relays("                address(this),\n                0", "                address(0),\n                0"),
    relays("(ANCHOR_TYPEHASH, issuer,", "(ANCHOR_TYPEHASH, address(0),"),
    relays("issuer, root, treeSize, signer, deadline));", "issuer, bytes32(0), treeSize, signer, deadline));"),
    relays("issuer, root, treeSize, signer, deadline));", "issuer, root, uint64(0), signer, deadline));"),
    relays("issuer, root, treeSize, signer, deadline));", "issuer, root, treeSize, address(0), deadline));"),
    relays("issuer, root, treeSize, signer, deadline));", "issuer, root, treeSize, signer, uint64(0)));"),
    relays("_anchor(issuer, root, treeSize, signer);", "_anchor(issuer, root, treeSize, msg.sender);"),
    issuers("if (roles > ALL_ROLES) revert", "if (roles > ALL_ROLES + 1) revert"),
    issuers("if (roles > ALL_ROLES) revert", "if (roles >= ALL_ROLES) revert"),
    issuers("ANCHOR | SUSPEND | REVOKE;", "ANCHOR | SUSPEND;"),
    issuers("uint8 private constant SUSPEND = 2;", "uint8 private constant SUSPEND = 1;"),
    issuers("uint8 private constant REVOKE = 4;", "uint8 private constant REVOKE = 2;"),
    issuers("_delegateRoles[issuer][delegate] = roles;", "_delegateRoles[issuer][delegate] |= roles;"),
    accreditations("_accreditations[msg.sender][issuer].push", "_accreditations[issuer][msg.sender].push"),
    accreditations("_accreditations[msg.sender][issuer];", "_accreditations[issuer][msg.sender];"),
    accreditations("if (_issuers[issuer].admin == address(0)) revert IssuerUnknown(issuer);\n        if (until", "if (until"),
    issuers("if (record.admin != address(0)) revert IssuerAlreadyRegistered(msg.sender);\n", ""),
    issuers("record.registeredAt = _now();", "record.registeredAt = 0;"),
    issuers("record.didHash = keccak256(bytes(did));", "record.didHash = 0;"),
    issuers("bytes(did).length > MAX_DID_BYTES", "bytes(did).length >= MAX_DID_BYTES"),
    issuers("bytes(did).length > MAX_DID_BYTES", "bytes(did).length > MAX_DID_BYTES + 1"),
    issuers('if (bytes4(bytes(did)) != "did:") revert DidPrefixMissing(did);\n', ""),
    issuers('!= "did:"', '!= "did;"'),
    keys("multikey.length == 0 || ", ""),
    keys("multikey.length > MAX_MULTIKEY_BYTES", "multikey.length >= MAX_MULTIKEY_BYTES"),
    keys("multikey.length > MAX_MULTIKEY_BYTES", "false"),
    keys("sha256(multikey)", "keccak256(multikey)"),
    keys("if (_signingKeys[issuer][keyHash].addedAt != 0) revert", "if (false) revert"),
    keys("retiredSince: NEVER", "retiredSince: 0"),
    keys("addedAt: _now()", "addedAt: 1"),
    keys("if (key.addedAt == 0) revert SigningKeyUnknown", "if (false) revert SigningKeyUnknown"),
    keys("if (since < key.addedAt) revert", "if (since <= key.addedAt) revert"),
    keys("if (since < key.addedAt) revert", "if (false) revert"),
    keys("if (since >= key.retiredSince) revert", "if (since > key.retiredSince) revert"),
    keys("if (since >= key.retiredSince) revert", "if (false) revert"),
    keys("key.retiredSince = since;", "key.retiredSince = since + 1;"),
    anchors("if (treeSize == 0) revert TreeSizeZero", "if (false) revert TreeSizeZero"),
    anchors("if (_anchors[key] != 0) return;", ""),
    anchors("if (_anchors[key] != 0) return;", "if (_anchors[key] >> 128 != 0) return;"),
    anchors("if (_anchors[key] != 0) return;", "if (_anchors[key] == 0) return;"),
    anchors("_pack(_now(), uint64(block.number), 0);", "_pack(_now(), 0, 0);"),
    anchors("_pack(_now(), uint64(block.number), 0);", "_pack(1, uint64(block.number), 0);"),
    anchors("_pack(_now(), uint64(block.number), 0);", "_pack(_now(), uint64(block.number), 1);"),
    anchors("keccak256(abi.encode(issuer, root, treeSize))", "keccak256(abi.encode(root, treeSize))"),
    anchors("keccak256(abi.encode(issuer, root, treeSize))", "keccak256(abi.encode(issuer, root))"),
    anchors("keccak256(abi.encode(issuer, root, treeSize))", "keccak256(abi.encode(issuer, treeSize))"),
    anchors("if (anchoredAt == 0) revert BatchNotAnchored", "if (false) revert BatchNotAnchored"),
    anchors("        if (revokedAt != 0) return;\n", ""),
    anchors("_pack(anchoredAt, blockNumber, _now());", "_pack(_now(), blockNumber, _now());"),
    anchors("_pack(anchoredAt, blockNumber, _now());", "_pack(anchoredAt, 0, _now());"),
    anchors("_pack(anchoredAt, blockNumber, _now());", "_pack(anchoredAt, blockNumber, 0);"),
    statuses("            if (revokedAt != 0) continue;\n", ""),
    statuses("            if (revokedAt != 0) continue;\n", "            if (revokedAt != 0) return;\n"),
    statuses("_pack(_now(), suspendedAt, reason);", "_pack(_now(), 0, reason);"),
    statuses("_pack(_now(), suspendedAt, reason);", "_pack(0, suspendedAt, reason);"),
    statuses("_pack(_now(), suspendedAt, reason);", "_pack(_now(), suspendedAt, 0);"),
    statuses("            if (_isSuspended(issuer, leafHash)) continue;\n", ""),
    statuses("            if (_isSuspended(issuer, leafHash)) continue;\n", "            if (_isSuspended(issuer, leafHash)) return;\n"),
    statuses("            if (!_isSuspended(issuer, leafHash)) continue;\n", ""),
    statuses("            if (!_isSuspended(issuer, leafHash)) continue;\n", "            if (!_isSuspended(issuer, leafHash)) return;\n"),
    statuses("_pack(0, _now(), reason);", "_pack(0, 1, reason);"),
    statuses("_pack(0, _now(), reason);", "_pack(0, _now(), 0);"),
    statuses("_statuses[issuer][leafHash] = 0;", "_statuses[issuer][leafHash] = _pack(0, 0, 1);"),
    statuses("        if (revokedAt != 0) revert LeafIsRevoked(issuer, leafHash);\n", ""),
    accreditations("if (until <= block.timestamp) revert", "if (until < block.timestamp) revert"),
    accreditations("if (until <= block.timestamp) revert", "if (false) revert"),
    accreditations("length == 0 || length > MAX_NAME_BYTES", "length > MAX_NAME_BYTES"),
    accreditations("length == 0 || length > MAX_NAME_BYTES", "length == 0 || length >= MAX_NAME_BYTES"),
    accreditations("length == 0 || length > MAX_NAME_BYTES", "length == 0"),
    accreditations("bytes(uri).length > MAX_URI_BYTES", "bytes(uri).length >= MAX_URI_BYTES"),
    accreditations("bytes(uri).length > MAX_URI_BYTES", "false"),
    accreditations("Accreditation({since: _now(), until: until,", "Accreditation({since: 1, until: until,"),
    accreditations("count == 0 || block.timestamp", "count != 0 && block.timestamp"),
    accreditations("block.timestamp >= entries[count - 1].until", "false"),
    accreditations("block.timestamp >= entries[count - 1].until", "block.timestamp > entries[count - 1].until"),
    accreditations("until: 0, name", "until: _now(), name"),
    accreditations('Accreditation({since: _now(), until: 0, name: ""})', 'Accreditation({since: 1, until: 0, name: ""})'),
    accreditations("entries.push(Accreditation", "entries[count - 1] = (Accreditation"),
    verdicts("if (!wellFormed) return (Verdict.Malformed, 0);", ""),
    verdicts("if (anchoredAt == 0) return (Verdict.NotAnchored, 0);", ""),
    verdicts("if (batchRevokedAt != 0) return", "if (false) return"),
    verdicts("if (revokedAt != 0) return (Verdict.Revoked, anchoredAt);", ""),
    verdicts("if (suspendedAt != 0) return (Verdict.Suspended, anchoredAt);", ""),
    verdicts("return (Verdict.Valid, anchoredAt);", "return (Verdict.Valid, 0);"),
    verdicts("_unpack(_anchors[_anchorKey(issuer, root, treeSize)]);\n        if", "_unpack(_anchors[_anchorKey(issuer, root, treeSize + 1)]);\n        if"),
    verdicts("_unpack(_anchors[_anchorKey(issuer, root, treeSize)]);\n        if", "_unpack(_anchors[_anchorKey(issuer, leafHash, treeSize)]);\n        if"),
    verdicts("(_statuses[issuer][leafHash]);\n        if (revokedAt != 0) return", "(_statuses[issuer][root]);\n        if (revokedAt != 0) return"),
    statuses("if (revokedAt != 0) status = Status.Revoked;\n        else", ""),
    statuses("else if (suspendedAt != 0) status", "else if (suspendedAt == 0) status"),
    keys("if (time < key.addedAt) return", "if (time <= key.addedAt) return"),
    keys("if (time < key.addedAt) return", "if (false) return"),
    keys("if (key.addedAt == 0) return", "if (false) return"),
    keys("time < key.retiredSince ?", "time <= key.retiredSince ?"),
    accreditations("if (count == 0) return (", "if (false) return ("),
    accreditations("entries[middle].since <= time", "entries[middle].since < time"),
    accreditations("entries[count - 1];\n        return", "entries[0];\n        return"),
    accreditations("time < entry.until ?", "time <= entry.until ?"),
    accreditations("if (entry.until == 0) return", "if (false) return"),
    anchors("uint256(middle) << 64", "uint256(middle) << 63"),
    anchors("uint256(high) << 128", "uint256(high) << 127"),
    anchors("uint64(word >> 64)", "uint64(word >> 63)"),
    anchors("uint64(word >> 128)", "uint64(word >> 127)"),
    proofs("if (leafIndex >= treeSize) return", "if (leafIndex > treeSize) return"),
    proofs("if (leafIndex >= treeSize) return", "if (treeSize == 0) return"),
    proofs("leafIndex ^ (treeSize - 1)", "leafIndex ^ treeSize"),
    proofs("leafIndex ^ (treeSize - 1)", "leafIndex | (treeSize - 1)"),
    proofs("if (path.length != ", "if (path.length < "),
    proofs("if (path.length != ", "if (path.length > "),
    proofs("        if (path.length != inner + _bitCount(leafIndex >> inner)) return (false, 0);\n", ""),
    proofs("_bitCount(leafIndex >> inner)", "_bitCount(leafIndex)"),
    proofs("inner + _bitCount(leafIndex >> inner)", "inner"),
    proofs("type(uint256).max << inner", "uint256(0)"),
    proofs("type(uint256).max << inner", "type(uint256).max << (inner + 1)"),
    proofs("leafIndex | (type(uint256).max", "treeSize | (type(uint256).max"),
    proofs("return (true, _climb(leafHash, leftSiblings, path));", "return (true, leafHash);"),
    proofs("mstore8(buffer, 0x01)", "mstore8(buffer, 0x00)"),
    proofs("and(leftSiblings, 1)", "and(not(leftSiblings), 1)"),
    proofs("leftSiblings := shr(1, leftSiblings)", "leftSiblings := shr(2, leftSiblings)"),
    proofs("                leftSiblings := shr(1, leftSiblings)\n", ""),
    proofs("let end := add(path.offset, shl(5, path.length))", "let end := add(path.offset, shl(4, path.length))"),
    proofs("buffer, 65, 0x00, 32)", "buffer, 64, 0x00, 32)"),
    proofs("buffer, 65, 0x00, 32)", "add(buffer, 1), 64, 0x00, 32)"),
    proofs("let right := add(buffer, 33)", "let right := add(buffer, 32)"),
    proofs("staticcall(gas(), 0x02,", "staticcall(gas(), 0x03,"),
    proofs("and(called, eq(returndatasize(), 32))", "called"),
    proofs("and(called, eq(returndatasize(), 32))", "eq(returndatasize(), 32)"),
    proofs("and(called, eq(returndatasize(), 32))", "1"),
    proofs("if (!answered) revert Sha256CallFailed();", ""),
    proofs("value == 0 ? 0 : Math.log2(value) + 1", "Math.log2(value) + 1"),
    proofs("Math.log2(value) + 1", "Math.log2(value)"),
    proofs("value &= value - 1", "value >>= 1"),
)  # fmt: skip


def main() -> int:
    """Try every mutant; return the number of survivors, at most 1."""
    words = sys.argv[1:]
    chosen = [mutant for mutant in MUTANTS if not words or any(word in str(mutant) for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        original, *codes = compiled(chosen)
        if not passes(copy, original):
            sys.exit("the tests fail without any mutant")
        survivors = [mutant for mutant, code in zip(chosen, codes, strict=True) if survives(copy, mutant, code)]
    say(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants killed", *(f"survived: {one}" for one in survivors))
    return min(len(survivors), 1)


def survives(copy: Path, mutant: Mutant, codes: dict[str, str]) -> bool:
    """Return whether all tests pass with the mutant's code; say so."""
    alive = passes(copy, codes, mutant.tests) and passes(copy, codes)
    say(f"{'SURVIVED' if alive else 'killed'} {mutant}")
    return alive


def passes(copy: Path, codes: dict[str, str], *names: str) -> bool:
    """Return whether the tests of the files `names` pass; of all files when there are no names."""
    files = [f"tests/contracts/{name}.t.sol" for name in names]
    result = hardhat(copy, codes, "--no-compile", "--grep-exclude", LEFT_OUT_TESTS, *files)
    if " passing" not in result.stdout:
        sys.exit(f"the tests do not run:\n{result.stdout}{result.stderr}")
    return result.returncode == 0


def hardhat(copy: Path, codes: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Hardhat's test runner in the copy, with the code that its tests create."""
    script = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
    return subprocess.run(  # noqa: S603 - the paths are ours
        ["node", str(script), "test", "solidity", *arguments],  # noqa: S607 - node of the virtual environment
        cwd=copy,
        env={**os.environ, **codes, "CREDANCHOR_FUZZ": "short"},
        capture_output=True,
        text=True,
        check=False,
    )


def compiled(mutants: list[Mutant]) -> list[dict[str, str]]:
    """Return creation code by contract name: of the original first, then of each mutant."""
    variants = [{}, *({one.path: one.apply((ROOT / one.path).read_text(encoding="utf-8"))} for one in mutants)]
    request = {"root": str(ROOT), "targets": list(TARGETS.values()), "variants": variants}
    result = subprocess.run(  # noqa: S603 - the path is ours
        ["node", str(Path(__file__).with_name("compile_mutants.mjs"))],  # noqa: S607 - as above
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    for mutant, answer in zip(["the original", *mutants], answers, strict=True):
        if "error" in answer:
            sys.exit(f"{mutant} does not compile:\n{answer['error']}")
    return [{name: answer["codes"][target] for name, target in TARGETS.items()} for answer in answers]


def copied(folder: Path) -> Path:
    """Return a copy of the project whose tests take the code they create from the environment, compiled."""
    shutil.copytree(ROOT / "contracts", folder / "contracts")
    shutil.copytree(ROOT / "tests" / "contracts", folder / "tests" / "contracts")
    for name in LEFT_OUT_FILES:
        (folder / "tests" / "contracts" / name).unlink()
    (folder / "tests" / "contracts" / "Created.sol").write_text(HEADER + INJECTION, encoding="utf-8")
    for source in test_sources(folder):
        source.write_text(injected(source.read_text(encoding="utf-8")), encoding="utf-8")
    for name in ("package.json", "hardhat.config.js"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    hardhat(folder, compiled([])[0])
    return folder


def test_sources(folder: Path) -> Iterator[Path]:
    """Yield the copied tests that create a contract under test."""
    for source in (folder / "tests" / "contracts").glob("*.sol"):
        if any(f"new {name}()" in source.read_text(encoding="utf-8") for name in TARGETS):
            yield source


def injected(text: str) -> str:
    """Return a test with its contracts created from the environment."""
    for name in TARGETS:
        text = text.replace(f"new {name}()", f'{name}(created("{name}"))')
    return text.replace(HEADER, f'{HEADER}\nimport {{created}} from "./Created.sol";', 1)


def say(*lines: str) -> None:
    """Write lines to standard output at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
