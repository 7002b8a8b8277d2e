"""docs/query-the-contract.md: every block is run by its own tool and must answer as the verifier reads the chain."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from anchoring import contract_calls
from registry.checks.facts import AccreditationStatus, ChainFacts
from registry.settings import build_verifier

if TYPE_CHECKING:
    from datetime import datetime
    from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "query-the-contract.md").read_text("utf-8")
INTERFACE = (ROOT / "contracts" / "ICredentialRegistry.sol").read_text("utf-8")
NEVER = 2**64 - 1
TOOLS = {
    "cast": (["sh", "-eu", "asked.sh"], "asked.sh", "echo '=== {}'"),
    "viem": (["node", "asked.mjs"], "asked.mjs", "console.log('=== {}');"),
    "ethers": (["node", "asked.mjs"], "asked.mjs", "console.log('=== {}');"),
    "web3.py": ([sys.executable, "asked.py"], "asked.py", "print('=== {}')"),
}
"""For each tool: its command, the file it runs, and a line that prints a mark before each question."""
SCENARIOS = {"standing": 5, "revoked": 3, "suspended": 4, "batch-revoked": 2}
"""Each credential's verdict, as the contract numbers them."""
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


@dataclass(frozen=True)
class Case:
    """One credential on the chain, and what the verifier reads of it."""

    bundle: Path
    facts: ChainFacts
    environment: dict[str, str]


def blocks() -> list[tuple[str, str, str]]:
    """Return (heading, tool, text) of every fenced block, in order."""
    found = []
    for section in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]:
        heading = section.partition("\n")[0]
        for _, tool, text in re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL):
            found.append((heading, tool, text))
    return found


QUESTIONS = list(dict.fromkeys(heading for heading, _, _ in blocks()))[1:]


def answers(tool: str, case: Case, folder: Path) -> dict[str, list[str]]:
    """Run all blocks of a tool, pasted one after another, and return the words printed under each question."""
    command, file, mark = TOOLS[tool]
    lines = [part for heading, of, text in blocks() if of == tool for part in (mark.format(number(heading)), text)]
    if tool in {"viem", "ethers"}:
        lines = lines[1:]  # imports come first
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / file).write_text("\n".join(lines), "utf-8")
    shutil.copy(case.bundle, folder / "bundle.json")
    path = os.pathsep.join([str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.defpath])
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={"PATH": path, **case.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    sections = [part.partition("\n") for part in done.stdout.split("=== ")[1:]]
    return {mark: words(printed) for mark, _, printed in sections}


def words(printed: str) -> list[str]:
    """Return what was printed, word by word: without cast's readable numbers in brackets and its quotes."""
    plain = re.sub(r" \[\S+\]$", "", printed, flags=re.MULTILINE).replace('"', "")
    return [word.lower() if word.startswith("0x") else word for word in plain.split()]


def number(heading: str) -> str:
    return heading.partition(".")[0]


def seconds(at: datetime | None, otherwise: int = 0) -> str:
    return str(int(at.timestamp()) if at else otherwise)


def expected(case: Case, scenario: str) -> dict[str, list[str]]:
    """Return the answers as our own reader has them from the chain."""
    chain, receipt = case.facts, json.loads(case.bundle.read_text("utf-8"))["receipts"][0]
    anchor, status, [vouched] = chain.finalized.anchor, chain.latest.status, chain.accreditations
    assert anchor
    assert chain.issuer
    assert chain.key
    did_hash = "0x" + chain.issuer.did_hash.hex()
    standing = [str(vouched.status.value), seconds(vouched.since), seconds(vouched.until), *vouched.name.split()]
    status_words = [status.status.value, seconds(status.revoked_at), seconds(status.suspended_at), status.reason]
    return {
        "1": [receipt["leafHash"]],
        "2": [str(SCENARIOS[scenario]), seconds(anchor.anchored_at)],
        "3": [seconds(anchor.anchored_at), str(anchor.block_number), seconds(anchor.revoked_at)],
        "4": [did_hash, did_hash],
        "5": ["2", seconds(chain.key.added_at), seconds(chain.key.retired_since, NEVER)],
        "6": standing,
        "7": [str(vouched.accreditor)],
        "8": [str(word) for word in status_words],
    }


@pytest.fixture(scope="module")
def cases(devnet: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """Give a credential for each scenario, by an issuer of this module's own whose key is retired afterwards."""
    home = accredited_home(tmp_path_factory.mktemp("asked"), devnet)
    folder = home.folder / "bundles"
    bundles = {}
    for scenario in SCENARIOS:  # one batch each
        roster = home.folder / "roster.csv"
        roster.write_text(f"{HEADER}data-foundations,{scenario}@learners.example,Zoë,{scenario},2026-06-30\n", "utf-8")
        home.do("issue", str(roster))
        home.do("anchor", "run")
        known = set(folder.glob("*.json"))
        home.do("export", "--all", "--out", str(folder))
        [bundles[scenario]] = set(folder.glob("*.json")) - known
    spoil(home, devnet, bundles)
    return {scenario: case_of(home, devnet, bundle) for scenario, bundle in bundles.items()}


def accredited_home(folder: Path, chain: Any) -> Any:
    home, agency = (homes.new_home(folder / name, chain) for name in ("north", "agency"))
    home.do("issuer", "register", "--name", "Northfield University")
    account = json.loads(home.do("issuer", "show", "--json"))["account"]
    said = agency.do("issuer", "accredit", account, "--name", "Northfield University", "--until", "2099-12-31")
    address = said.partition("Accreditor: ")[2][:42]
    entry = home.network_toml + f'accreditors = [{{ address = "{address}", name = "the agency" }}]\n'
    (home.folder / "networks.toml").write_text(entry, "utf-8")
    home.do("achievement", "add", str(homes.EXAMPLE / "data-foundations.json"))
    return home


def spoil(home: Any, chain: Any, bundles: dict[str, Path]) -> None:
    """Revoke and suspend what the scenarios say, and retire the key from now on."""
    home.do("revoke", bundles["revoked"].stem, "--reason", "error")
    home.do("suspend", bundles["suspended"].stem, "--reason", "appeal")
    receipt = json.loads(bundles["batch-revoked"].read_text("utf-8"))["receipts"][0]
    issuer = receipt["anchors"][0]["issuer"]
    root = bytes.fromhex(receipt["root"][2:])
    account = sys.modules["registry.core.account"].Address(issuer)
    chain.transact(account, contract_calls.revoke_batch(account, root, receipt["treeSize"]))
    key = facts_of(home, bundles["standing"])
    retired_at = int(chain.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 1  # noqa: FBT003
    chain.transact(account, contract_calls.retire_signing_key(account, key, retired_at))


def facts_of(home: Any, bundle: Path) -> Any:
    with closing(build_verifier(home.folder)) as verifier:
        return verifier.verify(bundle.read_bytes()).facts.presented.signature.key_hash


def case_of(home: Any, chain: Any, bundle: Path) -> Case:
    with closing(build_verifier(home.folder)) as verifier:
        facts = verifier.verify(bundle.read_bytes()).facts.chain
    assert isinstance(facts, ChainFacts)
    accreditor = facts.accreditations[0].accreditor.checksummed()
    environment = {"ETH_RPC_URL": chain.rpc, "CONTRACT": chain.contract.checksummed(), "ACCREDITOR": accreditor}
    return Case(bundle, facts, environment)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_block_answers_as_the_verifier_reads_the_chain(
    cases: dict[str, Case], tmp_path: Path, scenario: str, tool: str
) -> None:
    if tool != "web3.py" and not (ROOT / "node_modules" / ("@foundry-rs/cast" if tool == "cast" else tool)).is_dir():
        pytest.skip(f"{tool} is not installed; run make install")
    case = cases[scenario]

    printed = answers(tool, case, tmp_path)

    printed.pop("What to have at hand", None)
    assert printed == expected(case, scenario)


def test_the_scenarios_differ_in_what_they_should(cases: dict[str, Case]) -> None:
    chains = {scenario: case.facts for scenario, case in cases.items()}

    assert [chains[one].latest.status.status.name for one in SCENARIOS] == ["ACTIVE", "REVOKED", "SUSPENDED", "ACTIVE"]
    revoked = {one for one, chain in chains.items() if chain.finalized.anchor and chain.finalized.anchor.revoked_at}
    assert revoked == {"batch-revoked"}
    assert all(chain.key and chain.key.retired_since for chain in chains.values())
    assert all(chain.accreditations[0].status is AccreditationStatus.ACTIVE for chain in chains.values())


def test_every_question_is_answered_with_every_tool() -> None:
    asked = {(heading, tool) for heading, tool, _ in blocks()}

    assert len(QUESTIONS) == 8
    assert asked == {(heading, tool) for heading in ["What to have at hand", *QUESTIONS] for tool in TOOLS}


def test_the_document_opens_with_what_verify_proves_and_what_it_does_not() -> None:
    opening = DOCUMENT.partition("\n## ")[0]

    places = [opening.index(words) for words in ("What `verify` proves", "What it does not prove")]
    assert places == sorted(places)
    assert re.search(r"\*The signature\.\*.*\*Who holds it\.\*", opening, flags=re.DOTALL)


@pytest.mark.parametrize("enum", ["Verdict", "KeyStatus", "AccreditationStatus", "Status"])
def test_the_tables_number_the_answers_as_the_interface_does(enum: str) -> None:
    members = re.search(rf"enum {enum} \{{(.*?)\}}", INTERFACE, flags=re.DOTALL)[1]  # type: ignore[index]
    names = [name.strip() for name in members.split(",")]

    tables = re.findall(r"(?:^\| +\d+ \| \w+ \|.*\n)+", DOCUMENT, flags=re.MULTILINE)

    numbered = [re.findall(r"^\| (\d+) \| (\w+) \|", table, flags=re.MULTILINE) for table in tables]
    assert [(str(at), name) for at, name in enumerate(names)] in numbered
