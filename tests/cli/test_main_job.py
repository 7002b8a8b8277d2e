"""The main job by the real commands on a real chain, and every kind of bad input."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.cli.main import SUMMARIES

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
EXAMPLE = homes.EXAMPLE
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ROW = "data-foundations,new@learners.example,New,Learner,2026-06-30\n"

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def home(issued_home: Any, tmp_path: Path) -> Any:
    return issued_home.copied(tmp_path / "home")


def bundles(home: Any) -> list[Path]:
    return sorted((home.folder / "bundles").glob("*.json"))


def report(home: Any, path: Path, *options: str) -> dict[str, Any]:
    outcome = home.run("verify", "--json", str(path), *options)
    value: dict[str, Any] = json.loads(outcome.out)
    codes = {"verified": 0, "not-verified": 1, "not-a-credential": 2, "undecided": 3}
    assert outcome.code == codes[value["verdict"]], outcome
    return value


def changed(path: Path, target: Path, change: Any) -> Path:
    bundle = json.loads(path.read_text("utf-8"))
    change(bundle)
    target.write_text(json.dumps(bundle, ensure_ascii=False), "utf-8")
    return target


def nothing_to_anchor(home: Any) -> bool:
    outcome = home.run("anchor", "run")
    return (outcome.code, outcome.out) == (4, "There is nothing to anchor.\n")


def issued_anew(home: Any, folder: Path, count: int) -> list[Path]:
    """Issue, anchor and export new credentials, so that a test may change their status on the shared chain."""
    mark = secrets.token_hex(4)
    roster = folder / f"{mark}.csv"
    roster.write_text(HEADER + "".join(ROW.replace("new@", f"{mark}{number}@") for number in range(count)))
    known = {path.name for path in (folder / "out").glob("*")}
    home.do("issue", str(roster))
    home.do("anchor", "run")
    batch = max(
        json.loads(line)["batches"][-1]["batch"]
        for line in home.do("anchor", "status", "--json").splitlines()
        if json.loads(line)["batches"]
    )
    home.do("export", "--batch", str(batch), "--out", str(folder / "out"))
    return sorted(path for path in (folder / "out").iterdir() if path.name not in known)


# --- The way it should go


def test_an_anchored_credential_is_verified_on_its_network(issued_home: Any) -> None:
    value = report(issued_home, bundles(issued_home)[0])
    assert (value["verdict"], value["reason"], value["network"]) == ("verified", "verified", "local")
    assert {check["outcome"] for check in value["checks"]} == {"passed", "skipped"}


def test_the_recipient_is_confirmed_by_e_mail_and_nobody_else_is(issued_home: Any) -> None:
    mine = next(path for path in bundles(issued_home) if "Okafor" in path.read_text("utf-8"))
    assert report(issued_home, mine, "--recipient", "ada.okafor@learners.example")["verdict"] == "verified"
    assert report(issued_home, mine, "--recipient", "somebody@else.example")["reason"] == "another-recipient"


def test_a_badge_picture_verifies_like_its_bundle(issued_home: Any, tmp_path: Path) -> None:
    for form in ("png", "svg"):
        issued_home.do("export", "--all", "--as", form, "--out", str(tmp_path))
    for picture in tmp_path.iterdir():
        assert report(issued_home, picture)["verdict"] == "verified"


def test_standard_input_is_read(issued_home: Any) -> None:
    outcome = issued_home.run("verify", "-", stdin=bundles(issued_home)[0].read_bytes())
    assert outcome.code == 0


def test_several_inputs_end_with_the_worst_code(issued_home: Any, tmp_path: Path) -> None:
    good = bundles(issued_home)[0]
    (tmp_path / "nothing.json").write_text("{}")
    outcome = issued_home.run("verify", "--json", str(good), str(tmp_path / "nothing.json"))
    assert [json.loads(line)["verdict"] for line in outcome.out.splitlines()] == ["verified", "not-a-credential"]
    assert outcome.code == 2


def test_an_altered_credential_is_refused_as_altered(issued_home: Any, tmp_path: Path) -> None:
    def rename(bundle: dict[str, Any]) -> None:
        bundle["credential"]["credentialSubject"]["achievement"]["name"] = "Advanced"

    value = report(issued_home, changed(bundles(issued_home)[0], tmp_path / "x.json", rename))
    assert (value["verdict"], value["reason"]) == ("not-verified", "altered")
    inclusion = next(check for check in value["checks"] if check["check"] == "inclusion")
    assert inclusion["code"] == "leaf-mismatch"


def test_a_receipt_of_another_credential_does_not_help(issued_home: Any, tmp_path: Path) -> None:
    first, second = bundles(issued_home)[:2]
    other = json.loads(second.read_text("utf-8"))["receipts"]

    def swap(bundle: dict[str, Any]) -> None:
        bundle["receipts"] = [{**other[0], "credentialId": bundle["credential"]["id"]}]

    assert report(issued_home, changed(first, tmp_path / "x.json", swap))["reason"] == "leaf-mismatch"


def test_a_bare_credential_cannot_be_told_while_the_issuers_registry_is_down(issued_home: Any, tmp_path: Path) -> None:
    bare = json.loads(bundles(issued_home)[0].read_text("utf-8"))["credential"]
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(bare))
    assert report(issued_home, path)["verdict"] == "undecided"


def test_a_chain_that_cannot_be_reached_is_undecided_and_never_invalid(home: Any) -> None:
    (home.folder / "networks.toml").write_text('[local]\nrpc_urls = ["http://127.0.0.1:9"]\n')
    value = report(home, bundles(home)[0])
    assert (value["verdict"], value["reason"]) == ("undecided", "chain-unreachable")


def test_a_receipt_of_a_chain_that_is_not_accepted_is_undecided(issued_home: Any, tmp_path: Path) -> None:
    def move(bundle: dict[str, Any]) -> None:
        bundle["receipts"][0]["anchors"][0]["chain"] = "eip155:5"

    value = report(issued_home, changed(bundles(issued_home)[0], tmp_path / "x.json", move))
    assert (value["verdict"], value["reason"]) == ("undecided", "wrong-network")


def test_the_contract_is_the_verifiers_own_whatever_the_receipt_names(issued_home: Any, tmp_path: Path) -> None:
    def elsewhere(bundle: dict[str, Any]) -> None:
        bundle["receipts"][0]["anchors"][0]["contract"] = "0x" + "11" * 20

    assert (
        report(issued_home, changed(bundles(issued_home)[0], tmp_path / "x.json", elsewhere))["verdict"] == "verified"
    )


def test_somebody_elses_account_in_the_receipt_fails(issued_home: Any, tmp_path: Path) -> None:
    def steal(bundle: dict[str, Any]) -> None:
        bundle["receipts"][0]["anchors"][0]["issuer"] = "0x" + "22" * 20

    value = report(issued_home, changed(bundles(issued_home)[0], tmp_path / "x.json", steal))
    assert (value["verdict"], value["reason"]) == ("not-verified", "not-anchored")


def test_issuing_the_same_roster_again_issues_nothing(home: Any) -> None:
    assert json.loads(home.do("issue", "--json", str(EXAMPLE / "roster.csv"))) == {"issued": 0, "skipped": 3}


def test_a_roster_that_grew_issues_only_what_is_new(home: Any, tmp_path: Path) -> None:
    grown = tmp_path / "roster.csv"
    grown.write_text((EXAMPLE / "roster.csv").read_text("utf-8") + "data-foundations,x@y.example,X,Y,,,2026-07-01,\n")
    assert json.loads(home.do("issue", "--json", str(grown))) == {"issued": 1, "skipped": 3}


def test_an_import_that_was_killed_resumes_without_a_duplicate_or_a_gap(
    home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = tmp_path / "roster.csv"
    rows = "".join(f"data-foundations,s{number}@y.example,S,{number},2026-07-01\n" for number in range(9))
    roster.write_text(HEADER + rows)
    monkeypatch.setattr("registry.services.issue.CHUNK_ROWS", 4)
    whole = sys.modules["registry.services.issue"].Issuance.store_signed
    stored = []

    def killed_at_the_second_chunk(issuance: Any, importing: Any, credentials: Any) -> None:
        if stored:
            raise Killed
        stored.append(credentials)
        whole(issuance, importing, credentials)

    with monkeypatch.context() as patched:
        patched.setattr("registry.services.issue.Issuance.store_signed", killed_at_the_second_chunk)
        with pytest.raises(Killed):
            home.run("issue", str(roster))
    assert json.loads(home.do("issue", "--json", str(roster))) == {"issued": 5, "skipped": 4}


def test_a_dry_run_changes_nothing(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    assert "nothing was" in home.do("issue", "--dry-run", str(roster))
    assert json.loads(home.do("issue", "--json", str(roster)))["issued"] == 1
    assert "gas" in home.do("anchor", "run", "--dry-run")
    assert json.loads(home.do("anchor", "run", "--dry-run", "--json"))["credentials"] == 1


def test_the_column_mapping_is_shown_and_can_be_overridden(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("course,mail address,awarded on\ndata-foundations,new@learners.example,2026-06-30\n")
    said = home.do("issue", "--dry-run", str(roster), "--map", "mail address=identifier")
    assert "mail address -> identifier" in said


@pytest.mark.parametrize("name", ["canvas_credentials.csv", "credly.csv", "sis_semicolon_bom.csv"])
def test_the_three_dialects_are_issued_as_they_come(home: Any, tmp_path: Path, name: str) -> None:
    shared = homes.ROOT.parent / "shared" / "data" / "rosters" / name
    if not shared.exists():
        pytest.skip("the shared rosters are not here")
    cloud = tmp_path / "cloud-ops.json"
    cloud.write_bytes((EXAMPLE / "data-foundations.json").read_bytes())
    graded = tmp_path / "graded.json"
    document = json.loads((EXAMPLE / "data-foundations.json").read_text("utf-8"))
    document["resultDescription"] = [
        {
            "id": "urn:uuid:1c5f3b0e-0f43-4a0e-9d5c-6f6d7a3d9c11",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "GradePointAverage",
        }
    ]
    graded.write_text(json.dumps(document))
    home.do("achievement", "add", str(cloud), str(graded))
    options = ("--achievement", "graded") if name.startswith("sis") else ()
    assert json.loads(home.do("issue", "--json", str(shared), *options))["issued"] >= 2


def test_a_revoked_credential_is_refused_and_a_suspended_one_until_it_is_reinstated(home: Any, tmp_path: Path) -> None:
    first, second = issued_anew(home, tmp_path, 2)
    home.do("revoke", first.stem, "--reason", "error")
    value = report(home, first)
    assert (value["verdict"], value["reason"]) == ("not-verified", "revoked")
    assert "issued in error" in next(check["detail"] for check in value["checks"] if check["check"] == "status")

    home.do("suspend", f"urn:uuid:{second.stem}", "--reason", "appeal")
    assert report(home, second)["reason"] == "suspended"
    home.do("reinstate", second.stem)
    assert report(home, second)["verdict"] == "verified"


def test_what_is_sealed_but_not_anchored_waits(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    home.do("issue", str(roster))
    home.do("export", "--all", "--out", str(tmp_path / "out"))
    new = next(path for path in (tmp_path / "out").iterdir() if "New Learner" in path.read_text("utf-8"))
    assert report(home, new)["verdict"] == "undecided"


def test_a_new_signing_key_leaves_old_credentials_standing(home: Any, tmp_path: Path) -> None:
    [old] = issued_anew(home, tmp_path, 1)
    home.do("issuer", "rotate-key", "northfield")
    [new] = issued_anew(home, tmp_path, 1)
    methods = {
        json.loads(path.read_text("utf-8"))["credential"]["proof"][0]["verificationMethod"] for path in (old, new)
    }
    assert len(methods) == 2
    assert [report(home, path)["verdict"] for path in (old, new)] == ["verified", "verified"]


def test_the_did_documents_are_one_object_by_did(issued_home: Any) -> None:
    documents = json.loads(issued_home.do("issuer", "show", "--did-documents"))
    [(did, document)] = documents.items()
    assert document["id"] == did == "did:web:localhost%3A9:issuers:northfield"
    assert document["service"][0]["serviceEndpoint"]["chain"] == "eip155:31337"


def test_registering_again_sends_nothing(home: Any) -> None:
    said = home.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield")
    assert "costs" not in said


def test_a_second_issuer_gets_keys_of_its_own(home: Any) -> None:
    home.do("issuer", "register", "--name", "Harbour Academy")
    accounts = [json.loads(line) for line in home.do("issuer", "show", "--json").splitlines()]
    assert len({one["account"] for one in accounts}) == len({one["keys"][0] for one in accounts}) == 2


# --- Bad input: file, row and column named, exit 2, nothing half-done

BAD_ROSTERS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "header only": (HEADER.encode(), "no row"),
    "missing column": (b"Badge Class ID,First Name,Issue Date\ndata-foundations,Ada,2026-06-30\n", "identif"),
    "wrong delimiter": (HEADER.replace(",", "|").encode() + ROW.replace(",", "|").encode(), "row 1"),
    "wrong encoding": (
        (HEADER + "data-foundations,new@learners.example,José,N,2026-06-30\n").encode("latin-1"),
        "UTF-8",
    ),
    "impossible date": ((HEADER + ROW.replace("2026-06-30", "2026-02-30")).encode(), 'row 2, column "Issue Date"'),
    "duplicate recipient": ((HEADER + ROW + ROW).encode(), "row 3"),
    "unknown achievement": (
        (HEADER + ROW.replace("data-foundations", "alchemy")).encode(),
        'row 2, column "Badge Class ID"',
    ),
    "no e-mail address": ((HEADER + ROW.replace("new@learners.example", "new")).encode(), 'row 2, column "Identifier"'),
}


@pytest.mark.parametrize("name", BAD_ROSTERS)
def test_a_bad_roster_names_its_place_and_issues_nothing(home: Any, tmp_path: Path, name: str) -> None:
    data, words = BAD_ROSTERS[name]
    roster = tmp_path / "bad.csv"
    roster.write_bytes(data)
    outcome = home.run("issue", str(roster))
    assert outcome.code == 2
    assert str(roster) in outcome.err
    assert words in outcome.err
    assert nothing_to_anchor(home)


def test_one_bad_row_among_good_ones_issues_nothing(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "bad.csv"
    rows = [ROW.replace("new@", f"new{number}@") for number in range(30)]
    rows[20] = rows[20].replace("2026-06-30", "yesterday")
    roster.write_text(HEADER + "".join(rows))
    outcome = home.run("issue", str(roster))
    assert (outcome.code, "row 22" in outcome.err) == (2, True)
    assert nothing_to_anchor(home)


def test_a_batch_takes_no_more_than_the_operator_allows(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    rows = [ROW.replace("new@", f"new{number}@") for number in range(5)]
    roster.write_text(HEADER + "".join(rows))

    home.do("issue", str(roster), CREDANCHOR_MAX_BATCH_SIZE="2")

    assert "To anchor 3 batches of 1 issuer (5 credentials)" in home.do("anchor", "run", "--dry-run")


def test_a_missing_roster_is_said_by_name(home: Any) -> None:
    outcome = home.run("issue", "nowhere.csv")
    assert (outcome.code, "nowhere.csv" in outcome.err) == (2, True)


def test_a_wrong_passphrase_names_the_key_file_and_changes_nothing(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    outcome = home.run("issue", str(roster), CREDANCHOR_PASSPHRASE="swordfish")
    assert outcome.code == 2
    assert "signing.pem" in outcome.err
    assert "swordfish" not in outcome.err
    home.do("issue", str(roster))
    refused = home.run("anchor", "run", CREDANCHOR_PASSPHRASE="swordfish")
    assert refused.code == 2
    assert "anchoring.json" in refused.err


def test_a_passphrase_may_come_from_a_file(home: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(homes.PASSPHRASE + "\n")
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    home.do("issue", str(roster), CREDANCHOR_PASSPHRASE="", CREDANCHOR_PASSPHRASE_FILE=str(secret))


def test_without_passphrase_and_terminal_the_way_to_give_one_is_said(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    outcome = home.run("issue", str(roster), CREDANCHOR_PASSPHRASE="")
    assert (outcome.code, "CREDANCHOR_PASSPHRASE_FILE" in outcome.err) == (2, True)


def test_no_chain_is_said_and_the_batch_waits(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    home.do("issue", str(roster))
    (home.folder / "networks.toml").write_text('[local]\nrpc_urls = ["http://127.0.0.1:9"]\n')
    outcome = home.run("anchor", "run")
    assert (outcome.code, "127.0.0.1:9" in outcome.err) == (3, True)
    (home.folder / "networks.toml").write_text(home.network_toml)
    home.do("anchor", "run")


def test_a_chain_with_another_id_is_refused(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    home.do("issue", str(roster))
    entry = home.network_toml.replace("[local]", "[local]\nchain_id = 1")
    (home.folder / "networks.toml").write_text(entry)
    outcome = home.run("anchor", "run")
    assert outcome.code == 2
    assert "31337" in outcome.err


def test_an_unfunded_key_says_account_and_need_and_sends_nothing(home: Any, tmp_path: Path, devnet: ModuleType) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(HEADER + ROW)
    home.do("issue", str(roster))
    account = json.loads((home.folder / "keys" / "anchoring.json").read_text())["address"]
    devnet.call("anvil_setBalance", "0x" + account.removeprefix("0x"), "0x0")  # type: ignore[attr-defined]
    outcome = home.run("anchor", "run")
    assert outcome.code == 2
    assert account.lower().removeprefix("0x") in (outcome.err + outcome.out).lower()
    devnet.fund("0x" + account.removeprefix("0x"))  # type: ignore[attr-defined]
    home.do("anchor", "run")


def test_a_home_of_a_newer_version_is_left_alone(home: Any) -> None:
    path = home.folder / "home.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    before = {one: one.stat().st_mtime_ns for one in home.folder.rglob("*") if one.is_file()}
    for command in (["issuer", "show"], ["anchor", "run"], ["export", "--all", "--out", str(home.folder / "x")]):
        outcome = home.run(*command)
        assert (outcome.code, "newer version" in outcome.err) == (2, True)
    assert before == {one: one.stat().st_mtime_ns for one in home.folder.rglob("*") if one.is_file()}


def test_a_home_is_not_made_twice(home: Any) -> None:
    outcome = home.run("init")
    assert (outcome.code, "already" in outcome.err) == (2, True)


def test_without_a_home_the_next_step_is_said(home: Any, tmp_path: Path) -> None:
    outcome = home.run("issuer", "show", CREDANCHOR_HOME=str(tmp_path / "nothing"))
    assert (outcome.code, "credanchor init" in outcome.err) == (2, True)


@pytest.mark.parametrize("url", ["ftp://x", "uni.example", "http://uni.example", "https://uni.example/?x=1"])
def test_a_base_url_that_did_web_cannot_use_is_refused(home: Any, tmp_path: Path, url: str) -> None:
    outcome = home.run("init", "--base-url", url, CREDANCHOR_HOME=str(tmp_path / "new"))
    assert outcome.code == 2
    assert not (tmp_path / "new").exists()


def test_an_achievement_with_a_misspelt_member_is_refused_with_the_right_name(home: Any, tmp_path: Path) -> None:
    document = json.loads((EXAMPLE / "data-foundations.json").read_text("utf-8"))
    document["creditAvailable"] = document.pop("creditsAvailable")
    path = tmp_path / "misspelt.json"
    path.write_text(json.dumps(document))
    outcome = home.run("achievement", "add", str(path), str(EXAMPLE / "data-foundations.json"))
    assert outcome.code == 2
    assert "creditsAvailable" in outcome.err
    assert "misspelt" not in home.do("achievement", "list")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "hello", '{"type": ["VerifiablePresentation"]}', "<svg/>"])
def test_what_is_no_credential_is_said_so(issued_home: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "thing"
    path.write_text(text)
    value = report(issued_home, path)
    assert value["verdict"] == "not-a-credential"
    assert value["summary"].endswith(".")


def test_a_file_that_is_not_there_is_bad_usage(issued_home: Any) -> None:
    assert issued_home.run("verify", "nowhere.json").code == 2


# --- The command line itself


def test_an_unknown_command_is_said_so(issued_home: Any) -> None:
    outcome = issued_home.run("isue")
    assert (outcome.code, "isue" in outcome.err) == (2, True)


@pytest.mark.parametrize("name", [name for name in SUMMARIES if name != "deploy"])
def test_every_command_has_help_with_an_example(issued_home: Any, name: str) -> None:
    said = issued_home.do(name, "--help")
    group = name in {"devnet", "issuer", "achievement", "anchor", "pathway"}
    assert "Example: credanchor" in said or group


def test_help_imports_nothing_heavy() -> None:
    heavy = ["sqlmodel", "sqlalchemy", "web3", "eth_account", "fastapi", "pyld", "httpx", "pydantic", "typer"]
    code = (
        "import sys; from registry.cli.main import run; run(['--help']); "
        f"sys.exit(','.join(name for name in {heavy} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
