"""Pathways by the real commands on a real chain: components of two homes make up a larger credential that verifies."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

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
