"""Pathways by the real commands on a real chain: components of two homes make up a larger credential that verifies."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from registry.core.block_header import read_header

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("pathway")]

HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
ADA, BO = "ada@learners.example", "bo@learners.example"


def achievement(name: str, credits_given: float = 4) -> dict[str, Any]:
    unit = {
        "type": ["Alignment"],
        "targetName": "ECTS credits",
        "targetUrl": "https://credits.example/ects",
        "targetType": "ext:CreditSystem",
    }
    return {
        "type": ["Achievement"],
        "name": name,
        "description": f"{name}, assessed.",
        "criteria": {"narrative": "A project and an examination."},
        "creditsAvailable": credits_given,
        "alignment": [unit],
    }


@dataclass
class Two:
    """A university and a college on one chain, each with its own home, vouched for by one agency."""

    uni: Any
    college: Any
    folder: Path
    law: dict[str, str]
    """The college's achievement: id and issuer."""

    def file(self, name: str, value: Any) -> str:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(value), "utf-8")
        return str(path)

    def pathway(self, name: str, **changes: Any) -> str:
        law = {**self.law, "name": "Data Law", "credits": 2.5, "creditSystem": "https://credits.example/ects"}
        components = [{"achievement": "data"}, {"achievement": "statistics", "after": ["data"]}, law]
        whole = {"id": name, "name": "Analyst", "achievement": "analyst", "components": components, **changes}
        return self.file(name, whole)


def issue(home: Any, folder: Path, *rows: str) -> list[dict[str, Any]]:
    """Issue rows of achievement, address and date, anchor them, and return what is exported of them all."""
    roster = folder / f"{secrets.token_hex(4)}.csv"
    names = {ADA: "Ada,Okafor", BO: "Bo,Lind"}
    lines = [row.split(",") for row in rows]
    roster.write_text(HEADER + "".join(f"{what},{who},{names[who]},{day}\n" for what, who, day in lines), "utf-8")
    home.do("issue", str(roster))
    home.do("anchor", "run")
    return exported(home, folder)


def exported(home: Any, folder: Path) -> list[dict[str, Any]]:
    out = folder / secrets.token_hex(4)
    home.do("export", "--all", "--out", str(out))
    return [{**json.loads(path.read_text("utf-8")), "path": path} for path in sorted(out.iterdir())]


def of(bundles: list[dict[str, Any]], name: str, who: str = "Ada Okafor") -> dict[str, Any]:
    [found] = [
        one
        for one in bundles
        if one["credential"]["name"] == name and who in json.dumps(one["credential"]["credentialSubject"])
    ]
    return found


@pytest.fixture(scope="module")
def made(devnet: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Two:
    folder = tmp_path_factory.mktemp("pathway")
    agency = homes.new_home(folder / "agency", devnet)
    built, trusted = {}, ""
    for slug, title in (("uni", "Northfield University"), ("college", "Southfield College")):
        home = homes.new_home(folder / slug, devnet)
        home.do("issuer", "register", "--name", title, "--issuer", slug, "--country", "GB")
        account = home.do("issuer", "show").split("account")[1].split()[0]
        said = agency.do("issuer", "accredit", account, "--name", title, "--until", "2099-12-31")
        address = said.partition("Accreditor: ")[2][:42]
        trusted = f'accreditors = [{{ address = "{address}", name = "the Quality Agency" }}]\n'
        built[slug] = home
    for home in built.values():
        (home.folder / "networks.toml").write_text(home.network_toml + trusted, "utf-8")
    for slug, names in (("uni", ("data", "statistics", "analyst")), ("college", ("law",))):
        for name in names:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(achievement(name.title(), 2.5 if name == "law" else 4)), "utf-8")
            built[slug].do("achievement", "add", str(path))
    law = json.loads(built["college"].do("achievement", "show", "law"))
    did = next(iter(json.loads(built["college"].do("issuer", "show", "--did-documents"))))
    return Two(built["uni"], built["college"], folder, {"achievement": law["id"], "issuer": did})


@pytest.fixture(scope="module")
def awarded(made: Two) -> tuple[Two, Path, Path]:
    """Give both homes, Ada's credential of law, and her larger credential's bundle, final."""
    [*_, law] = issue(made.college, made.folder, f"law,{ADA},2026-05-01")
    issue(made.uni, made.folder, f"data,{ADA},2026-03-01", f"statistics,{ADA},2026-06-01", f"data,{BO},2026-03-01")
    made.uni.do("pathway", "add", made.pathway("analyst-path", minimum={"credits": 10.5}))
    made.uni.do("pathway", "award", "analyst-path", "--recipient", ADA, "--component", str(law["path"]))
    made.uni.do("anchor", "run")
    return made, law["path"], of(exported(made.uni, made.folder), "Analyst")["path"]


def report(home: Any, path: Path, *options: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(home.run("verify", "--json", str(path), *options).out)
    return value


# --- The way it should go


def test_the_larger_credential_verifies_with_every_component_by_its_own_receipt(
    awarded: tuple[Two, Path, Path],
) -> None:
    made, _, path = awarded

    told = report(made.uni, path, "--recipient", ADA)

    assert told["verdict"] == "verified", told
    assert [(part["kind"], part["title"], part["verdict"]) for part in told["parts"]] == [
        ("component", "Data", "verified"),
        ("component", "Statistics", "verified"),
        ("component", "Law", "verified"),
    ]
    assert len(json.loads(path.read_text("utf-8"))["receipts"]) == 4


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_badge_and_certificate_of_it_carry_every_component(awarded: tuple[Two, Path, Path], form: str) -> None:
    made, _, path = awarded
    name = json.loads(path.read_text("utf-8"))["credential"]["id"]
    made.uni.do("export", "--credential", name, "--as", form, "--out", str(made.folder / form))
    [file] = (made.folder / form).iterdir()

    told = report(made.uni, file)

    assert (told["verdict"], len(told["parts"])) == ("verified", 3), told


def test_it_is_a_record_that_says_what_is_part_of_what_and_what_precedes_what(awarded: tuple[Two, Path, Path]) -> None:
    credential = json.loads(awarded[2].read_text("utf-8"))["credential"]

    subject = credential["credentialSubject"]
    ends = {one["name"]: one["id"] for one in subject["achievement"]}
    names = {ends["Analyst"]: "Analyst", awarded[0].law["achievement"]: "Law"} | {
        one["credentialSubject"]["achievement"]["id"]: one["name"] for one in subject["verifiableCredential"]
    }
    told = [(one["associationType"], names[one["sourceId"]], names[one["targetId"]]) for one in subject["association"]]
    assert told == [
        ("isPartOf", "Data", "Analyst"),
        ("isPartOf", "Law", "Analyst"),
        ("isPartOf", "Statistics", "Analyst"),
        ("precedes", "Data", "Statistics"),
    ]


def test_the_same_recipient_is_awarded_once(awarded: tuple[Two, Path, Path]) -> None:
    made, law, path = awarded

    again = made.uni.do("pathway", "award", "analyst-path", "--recipient", ADA, "--component", str(law), "--json")

    told = json.loads(again)
    assert (told["issued"], told["credential"]) == (False, json.loads(path.read_text("utf-8"))["credential"]["id"])


def test_it_is_judged_offline_with_its_state_proof(awarded: tuple[Two, Path, Path]) -> None:
    made, _, path = awarded
    out, name = made.folder / "offline", json.loads(path.read_text("utf-8"))["credential"]["id"]
    made.uni.do("export", "--credential", name, "--with-state", "--out", str(out))
    [state] = out.glob("*.state.json")
    block = read_header(bytes.fromhex(json.loads(state.read_text("utf-8"))["header"][2:])).block_hash.to_hex()

    told = report(made.uni, out / f"{path.name}", "--offline", "--state", str(state), "--trust-block", block)

    assert told["verdict"] == "verified", told
    assert [part["verdict"] for part in told["parts"]] == ["verified"] * 3


def test_progress_says_what_is_done_and_what_waits(awarded: tuple[Two, Path, Path]) -> None:
    made, law, _ = awarded
    [ada, bo] = [
        {step["achievement"].rpartition("/")[2]: step["state"] for step in json.loads(line)["steps"]}
        for line in made.uni.do("pathway", "progress", "analyst-path", "--component", str(law), "--json").splitlines()
    ]

    assert ada == {"data": "done", "law": "done", "statistics": "done"}
    assert bo == {"data": "done", "law": "missing", "statistics": "missing"}


def test_a_pathway_survives_backup_and_restore_and_fsck_finds_nothing(awarded: tuple[Two, Path, Path]) -> None:
    made, law, path = awarded
    file, restored = made.folder / "uni.zip", made.folder / "restored"
    made.uni.do("fsck")
    made.uni.do("backup", str(file))
    made.uni.do("restore", str(file), "--home", str(restored))
    home = homes.Home(restored, made.uni.network_toml)

    again = home.do("pathway", "award", "analyst-path", "--recipient", ADA, "--component", str(law), "--json")

    assert json.loads(again)["credential"] == json.loads(path.read_text("utf-8"))["credential"]["id"]
    assert of(exported(home, made.folder), "Analyst")["receipts"] == json.loads(path.read_text("utf-8"))["receipts"]


def test_a_transcript_holds_all_that_stands_and_is_the_same_until_something_changes(
    awarded: tuple[Two, Path, Path],
) -> None:
    made, out = awarded[0], awarded[0].folder / "transcript.json"
    made.uni.do("transcript", ADA, "--out", str(out))
    made.uni.do("anchor", "run")
    said = made.uni.do("transcript", ADA, "--out", str(out))

    told = report(made.uni, out, "--recipient", ADA)

    assert (said.split()[0], told["verdict"]) == ("Found", "verified"), told
    assert sorted(part["title"] for part in told["parts"]) == ["Analyst", "Data", "Statistics"]
    credential = json.loads(out.read_text("utf-8"))["credential"]
    assert credential["partial"] is False
    named = [
        (one["associationType"], one["sourceId"].rpartition("/")[2], one["targetId"].rpartition("/")[2])
        for one in credential["credentialSubject"]["association"]
    ]
    assert ("isPartOf", "data", "analyst") in named
    assert ("precedes", "data", "statistics") in named
    made.uni.do("fsck")


def test_a_transcript_as_pdf_is_read_by_people_and_verified_as_a_file(awarded: tuple[Two, Path, Path]) -> None:
    made, out = awarded[0], awarded[0].folder / "transcript.pdf"
    made.uni.do("transcript", ADA, "--out", str(made.folder / "transcript.json"))
    made.uni.run("anchor", "run")
    made.uni.do("transcript", ADA, "--as", "pdf", "--out", str(out))

    told = report(made.uni, out)
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(out).pages)

    assert told["verdict"] == "verified", told
    assert all(
        word in text for word in ("Ada Okafor", "Statistics Northfield University 1 June 2026 4", "What was earned")
    )


def test_nobody_gets_a_transcript_of_nothing(awarded: tuple[Two, Path, Path]) -> None:
    made = awarded[0]

    outcome = made.uni.run("transcript", "nobody@learners.example", "--out", str(made.folder / "none.json"))

    assert (outcome.code, "holds no credential of this home" in outcome.err) == (2, True)
    assert not (made.folder / "none.json").exists()


# --- What is refused, by name and before anything is signed


def counted(home: Any) -> str:
    return str(home.do("links", "--all")).count("urn:uuid:").__str__()


@pytest.mark.parametrize("who", [BO, "nobody@learners.example"])
def test_who_has_not_completed_it_is_told_what_is_missing(awarded: tuple[Two, Path, Path], who: str) -> None:
    made = awarded[0]
    before = counted(made.uni)

    outcome = made.uni.run("pathway", "award", "analyst-path", "--recipient", who)

    assert outcome.code == 2
    assert "Data Law is missing; Statistics is missing. Nothing was signed." in outcome.err
    assert counted(made.uni) == before


def test_another_persons_component_is_refused_by_name(awarded: tuple[Two, Path, Path]) -> None:
    made, law, _ = awarded

    outcome = made.uni.run("pathway", "award", "analyst-path", "--recipient", BO, "--component", str(law))

    assert (outcome.code, f"{law}: it is proven of none" in outcome.err) == (2, True), outcome


def test_an_altered_component_is_refused_by_name(awarded: tuple[Two, Path, Path]) -> None:
    made, law, _ = awarded
    bundle = json.loads(law.read_text("utf-8"))
    bundle["credential"]["credentialSubject"]["creditsEarned"] = 90
    path = made.file("altered", bundle)

    outcome = made.uni.run("pathway", "award", "analyst-path", "--recipient", ADA, "--component", path)

    assert (outcome.code, "altered after it was signed" in outcome.err, path in outcome.err) == (2, True, True)


def test_a_cycle_is_refused_and_no_pathway_of_the_call_is_stored(awarded: tuple[Two, Path, Path]) -> None:
    made = awarded[0]
    components = [
        {"achievement": "data", "after": ["statistics"]},
        {"achievement": "statistics", "after": ["data"]},
    ]
    bad = made.pathway("round", components=components)

    outcome = made.uni.run("pathway", "add", made.pathway("fine"), bad)

    assert (outcome.code, f"{bad}: Pathway round: these wait for each other in a cycle" in outcome.err) == (2, True)
    assert [line.split()[0] for line in made.uni.do("pathway", "list").splitlines()] == ["analyst-path"]


def test_recognised_prior_learning_shows_its_basis_and_is_no_component(made: Two) -> None:
    issue(made.uni, made.folder, f"data,{BO},2026-03-02")
    components = [{"achievement": "data"}, {"achievement": "statistics", "recognition": True}]
    made.uni.do("pathway", "add", made.pathway("known", components=components))
    given = {
        "component": "Statistics",
        "recipient": BO,
        "basis": "Six years as a statistician.",
        "assessedBy": "Dr Ilse Maas",
        "assessedOn": "2026-04-01",
        "evidence": [{"id": "https://portfolio.example/bo", "narrative": "Three published surveys."}],
    }
    known = made.file("recognition", given)
    made.uni.do("pathway", "award", "known", "--recipient", BO, "--recognition", known)
    made.uni.do("anchor", "run")
    bundle = of(exported(made.uni, made.folder), "Analyst", "Bo Lind")

    told = report(made.uni, bundle["path"])

    assert (told["verdict"], [part["title"] for part in told["parts"]]) == ("verified", ["Data"])
    assert bundle["credential"]["evidence"][0]["genre"] == "Recognition of prior learning"
    assert "Six years as a statistician. Assessed by Dr Ilse Maas" in bundle["credential"]["evidence"][0]["description"]
    outcome = made.uni.run("pathway", "award", "analyst-path", "--recipient", BO, "--recognition", known)
    assert (outcome.code, "does not take recognised prior learning" in outcome.err) == (2, True)


def test_a_larger_credential_is_not_reissued_by_changing_members(awarded: tuple[Two, Path, Path]) -> None:
    made, _, path = awarded
    name = json.loads(path.read_text("utf-8"))["credential"]["id"]

    outcome = made.uni.run("reissue", name, "--set", "grade=A", "--reason", "a slip")

    assert (outcome.code, "is made of other credentials" in outcome.err) == (2, True), outcome


# --- What happens to it later


def test_a_component_that_its_issuer_revokes_fails_the_larger_credential_by_name(
    awarded: tuple[Two, Path, Path],
) -> None:
    made, law, path = awarded
    name = json.loads(law.read_text("utf-8"))["credential"]["id"]

    made.college.do("revoke", name, "--reason", "error")

    told = report(made.uni, path)
    said = next(one for one in told["checks"] if one["check"] == "components")
    assert (told["verdict"], told["reason"]) == ("not-verified", "component-failed")
    assert "Law does not hold up: Not verified: the issuer revoked it." in said["detail"]
    again = made.uni.do("pathway", "progress", "analyst-path", "--recipient", ADA, "--json")
    assert json.loads(again)["complete"] is False


def test_an_award_that_was_revoked_is_said_to_be_and_not_awarded_again(awarded: tuple[Two, Path, Path]) -> None:
    made = awarded[0]
    made.uni.do("pathway", "add", made.pathway("short", components=[{"achievement": "data"}]))
    name = json.loads(awarded[2].read_text("utf-8"))["credential"]["id"]
    made.uni.do("revoke", name, "--reason", "error")

    said = made.uni.do("pathway", "award", "short", "--recipient", ADA)

    assert said.startswith(f"Awarded before, and revoked since: mailto:{ADA}, 1 components. {name}")
