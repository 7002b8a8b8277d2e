"""Check it yourself: the lines are what a shell, cast and the contract's interface take."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.services import recheck
from verifier_web.recheck import recheck_view

if TYPE_CHECKING:
    from types import ModuleType

    from verifier_web.recheck import RecheckView

SIGNATURES = (
    recheck.VERIFY,
    recheck.ANCHOR_OF,
    recheck.STATUS_OF,
    recheck.KEY_STATUS_AT,
    recheck.ACCREDITATION_AT,
    recheck.ISSUER_OF,
)
ROOT = Path(__file__).parents[2]
CAST = shutil.which("cast") or str(ROOT / "node_modules" / ".bin" / "cast")
needs_cast = pytest.mark.skipif(not Path(CAST).exists(), reason="cast is not installed; run make install")


def _view(made: ModuleType, change: str | None = None) -> RecheckView:
    facts = made.good_facts(made.credential_document())
    facts = getattr(made, change)(facts) if change else facts
    return recheck_view(made.judged_of(facts), {"sepolia": made.SEPOLIA})


def _calls(view: RecheckView) -> dict[str, list[str]]:
    words = [shlex.split(command.text) for command in view.commands]
    return {call[3].partition("(")[0]: call[3:] for call in words if call[:2] == ["cast", "call"]}


def _run(*words: str, cwd: Path | None = None) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60, cwd=cwd).stdout.strip()  # noqa: S603


def test_each_signature_is_the_contracts_own() -> None:
    artifact = json.loads((ROOT / "registry" / "chain" / "CredentialRegistry.json").read_text("utf-8"))
    functions = {one["name"]: one for one in artifact["abi"] if one["type"] == "function"}

    ours = {signature.partition("(")[0]: signature for signature in SIGNATURES}
    theirs = {
        name: "({})({})".format(
            *(",".join(one["type"] for one in functions[name][side]) for side in ("inputs", "outputs"))
        )
        for name in ours
    }
    assert ours == {name: name + types for name, types in theirs.items()}


def test_every_question_is_asked_once(made: ModuleType) -> None:
    asked = set(_calls(_view(made)))

    assert asked == {"verify", "anchorOf", "statusOf", "keyStatusAt", "accreditationAt", "issuerOf"}


@needs_cast
def test_cast_takes_the_verify_line_and_encodes_the_receipts_values(made: ModuleType) -> None:
    receipt = made.receipt_for(made.credential_document())
    signature, *arguments = _calls(_view(made))["verify"]

    encoded = _run(CAST, "calldata", signature.removesuffix("(uint8,uint64)"), *arguments)

    decoded = json.loads(_run(CAST, "decode-calldata", "--json", signature.removesuffix("(uint8,uint64)"), encoded))
    path = [sibling.to_hex() for sibling in receipt.proof.path]
    assert decoded[0].lower() == made.ISSUER
    assert [decoded[1], *map(int, decoded[2:4])] == [receipt.leaf_hash.to_hex(), 2, 5]
    assert decoded[4] == path


@needs_cast
@pytest.mark.parametrize("name", ["anchorOf", "statusOf", "keyStatusAt", "accreditationAt", "issuerOf"])
def test_cast_takes_every_other_line(made: ModuleType, name: str) -> None:
    signature, *arguments = _calls(_view(made))[name]

    head = signature[: signature.index(")") + 1]
    assert _run(CAST, "calldata", head, *arguments).startswith("0x")


@needs_cast
def test_cast_hashes_the_identifier_as_the_contract_does(made: ModuleType) -> None:
    command = next(one for one in _view(made).commands if one.text.startswith("cast keccak"))

    assert _run(CAST, *shlex.split(command.text)[1:]) == command.got


@pytest.mark.parametrize("as_bundle", [True, False])
def test_the_leaf_line_prints_the_leaf_hash(
    made: ModuleType,
    document: dict[str, Any],
    tmp_path: Path,
    as_bundle: bool,  # noqa: FBT001
) -> None:
    text = made.bundle_text() if as_bundle else json.dumps(document)
    (tmp_path / "credential.json").write_text(text, "utf-8")
    command = next(one for one in _view(made).commands if one.text.startswith("python3"))

    printed = _run(sys.executable, *shlex.split(command.text)[1:], cwd=tmp_path)

    assert printed == made.receipt_for(document).leaf_hash.to_hex()


def test_there_is_no_leaf_line_where_it_would_print_another_hash(made: ModuleType) -> None:
    facts = made.good_facts(made.credential_document())
    second = {**facts.presented.document, "proof": [*facts.presented.document["proof"], {"type": "Other"}]}
    facts = replace(facts, presented=replace(facts.presented, document=second))

    commands = recheck_view(made.judged_of(facts), {}).commands

    assert commands
    assert not any(one.text.startswith("python3") for one in commands)


def test_an_endpoint_whose_address_may_hold_a_key_is_not_shown(made: ModuleType) -> None:
    view = _view(made)

    assert view.commands[0].text == "export ETH_RPC_URL=https://open-rpc.example"
    assert not any("secret-key" in command.text for command in view.commands)


@pytest.mark.parametrize(
    ("change", "verify", "status"),
    [
        ("on_main_network", "5, 1782898200", "0, 0, 0, 0"),
        ("revoked", "3, 1782898200", "2, 1788393600, 0, 2"),
        ("suspended", "4, 1782898200", "1, 0, 1788393600, 0"),
        ("not_anchored", "1, 0", "0, 0, 0, 0"),
        ("altered", "", "0, 0, 0, 0"),
    ],
)
def test_the_expected_answers_follow_from_what_was_read(
    made: ModuleType, change: str, verify: str, status: str
) -> None:
    got = {one.text.partition('"')[2].partition("(")[0]: one.got for one in _view(made, change).commands}

    assert (got["verify"], got["statusOf"]) == (verify, status)


def test_explorer_links_are_the_verifiers_own(made: ModuleType) -> None:
    view = _view(made)

    assert view.contract_url == f"https://explorer.example/address/{made.CONTRACT.checksummed()}"
    assert view.transaction_url == "https://explorer.example/tx/0x" + "0f" * 32


@pytest.mark.parametrize("change", ["without_receipt", "unreachable", "wrong_network"])
def test_without_a_chains_answer_there_is_nothing_to_ask(made: ModuleType, change: str) -> None:
    assert _view(made, change).commands == ()


@pytest.mark.parametrize("did", ["did:web:x'; rm -rf ~; '", "did:web:$(id)", "did:web:a b", "did:web:\u202ea"])
def test_an_identifier_that_a_shell_could_read_otherwise_is_left_out(
    made: ModuleType, document: dict[str, Any], did: str
) -> None:
    document["issuer"]["id"] = did

    view = recheck_view(made.judged_of(made.good_facts(document)), {})

    assert not any(did in command.text or "keccak" in command.text for command in view.commands)
