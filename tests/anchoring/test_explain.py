"""`credanchor explain`: a script that a shell and the real cast run, and that prints the answers it says to expect."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.chain.artifact import derived_address

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "node_modules" / ".bin"
needs_cast = pytest.mark.skipif(not (TOOLS / "cast").exists(), reason="cast is not installed; run make install")
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


def bundle_of(home: Any) -> Path:
    return min((home.folder / "bundles").glob("*.json"))


def explained(home: Any, bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in home.do("explain", "--json", str(bundle)).splitlines()]


def pasted(script: str, folder: Path) -> list[str]:
    """Run a script as whoever pastes it would, knowing nothing of this project, and return what it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), str(TOOLS), os.defpath])
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(  # noqa: S603
        [shell, "-eu"], input=script, env={"PATH": path}, cwd=folder, check=True, capture_output=True, text=True
    )
    return [line.partition(" [")[0] for line in done.stdout.splitlines()]


@needs_cast
def test_the_script_prints_what_it_says_to_expect(issued_home: Any, tmp_path: Path) -> None:
    bundle = bundle_of(issued_home)
    shutil.copy(bundle, tmp_path / "credential.json")
    receipt = json.loads(bundle.read_text("utf-8"))["receipts"][0]

    script = issued_home.do("explain", str(bundle))
    printed = pasted(script, tmp_path)

    expected = [line.partition("read: ")[2] for line in script.splitlines() if line.startswith("# Expected")]
    verdict, anchor, status, accredited, did_hash = (answer.split(", ") for answer in expected)
    assert printed[0] == receipt["leafHash"]
    assert printed[1:10] == [*verdict, *anchor, *status]
    assert (printed[1], printed[6]) == ("5", "0"), "valid, and neither revoked nor suspended"
    assert printed[10] == "2", "the key was the issuer's"
    assert [printed[11], printed[14]] == [accredited[0], f'"{accredited[3]}"']
    assert [printed[15], printed[19]] == did_hash * 2, "the account's identifier is the credential's"


def test_every_line_has_one_sentence_before_it_and_names_the_contract(issued_home: Any) -> None:
    script = issued_home.do("explain", str(bundle_of(issued_home))).splitlines()

    calls = [at for at, line in enumerate(script) if line.startswith(("cast ", "export ", "python3 "))]
    assert len(calls) == 9
    assert all(script[at - 1].startswith("# ") and script[at - 2] == "" for at in calls)
    assert all(derived_address().checksummed() in line for line in script if line.startswith("cast call"))
    assert "It does not check the signature, nor who holds the credential." in script[1]


def test_the_objects_hold_the_lines_of_the_script(issued_home: Any) -> None:
    bundle = bundle_of(issued_home)
    script = issued_home.do("explain", str(bundle)).splitlines()

    objects = explained(issued_home, bundle)

    assert [one["command"] for one in objects] == [line for line in script if line and not line.startswith("#")]
    assert {(one["network"], one["contract"]) for one in objects} == {("local", derived_address().checksummed())}
    assert objects[2]["expected"].startswith("5, ")


def test_a_strangers_name_cannot_leave_its_comment(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    entry = home.network_toml.replace("the Quality Agency", "the\\nrm -rf ~\\u202e Agency")
    (home.folder / "networks.toml").write_text(entry, "utf-8")

    script = home.do("explain", str(bundle_of(home)))

    assert "\u202e" not in script
    assert not any(line.startswith("rm") for line in script.splitlines())


def test_without_a_receipt_there_is_nothing_to_ask(issued_home: Any, tmp_path: Path) -> None:
    bare = json.loads(bundle_of(issued_home).read_text("utf-8"))["credential"]
    bare["issuer"]["id"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    (tmp_path / "bare.json").write_text(json.dumps(bare), "utf-8")

    outcome = issued_home.run("explain", str(tmp_path / "bare.json"))

    assert (outcome.code, outcome.out, "no receipt" in outcome.err) == (2, "", True)


def test_a_receipt_of_another_chain_names_it(issued_home: Any, tmp_path: Path) -> None:
    text = bundle_of(issued_home).read_text("utf-8").replace("eip155:31337", "eip155:5")
    (tmp_path / "other.json").write_text(text, "utf-8")

    outcome = issued_home.run("explain", str(tmp_path / "other.json"))

    assert (outcome.code, outcome.out, "eip155:5" in outcome.err) == (2, "", True)


def test_a_chain_that_cannot_be_reached_is_unavailable(issued_home: Any, tmp_path: Path) -> None:
    home = issued_home.copied(tmp_path / "home")
    (home.folder / "networks.toml").write_text('[local]\nrpc_urls = ["http://127.0.0.1:9"]\n', "utf-8")

    outcome = home.run("explain", str(bundle_of(home)))

    assert (outcome.code, outcome.out, "127.0.0.1:9" in outcome.err) == (3, "", True)


def test_what_is_no_credential_is_refused(issued_home: Any, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear employer", "utf-8")

    assert issued_home.run("explain", str(tmp_path / "letter.txt")).code == 2
