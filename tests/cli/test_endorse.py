"""An employer endorses what a university awards, by the real commands on a real chain; and whatever is not that."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.credentials.issuer_proof import issuer_did
from registry.credentials.keys import PublicKey
from registry.credentials.signing import ProofOptions, secure, sign, signing_input

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]

HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"
WORDS = "We hire on the strength of this."
HARBOUR = "Harbour Cloud Ltd"


@dataclass(frozen=True)
class Ground:
    """Two homes that trust each other's accreditors, and the employer's anchored endorsement of an achievement."""

    north: Any
    harbour: Any
    folder: Path
    achievement: Path
    endorsement: Path

    def endorse(self, source: Path, *options: str) -> Any:
        out = ("--out", str(self.folder / "words"))
        return self.harbour.run("endorse", str(source), "--comment", WORDS, *out, *options)

    def add(self, achievement: Path, endorsement: Path) -> Any:
        return self.north.run("achievement", "add", str(achievement), "--endorsement", str(endorsement))

    def written(self, name: str, value: Any) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(value), "utf-8")
        return path

    def achievement_called(self, name: str) -> Path:
        """Store another achievement in the university's home, and return it as that publishes it."""
        document = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
        self.north.do("achievement", "add", str(self.written(name, {**document, "name": name.title()})))
        return self.written(name, json.loads(self.north.do("achievement", "show", name)))

    def count(self, home: Any) -> int:
        return len(home.do("export", "--all", "--json", "--out", str(self.folder / "counted")).splitlines())


def _trusting(home: Any, *accreditors: str) -> None:
    listed = ", ".join(f'{{ address = "{one}", name = "the Quality Agency" }}' for one in accreditors)
    entry = home.network_toml.partition("accreditors")[0]
    (home.folder / "networks.toml").write_text(f"{entry}accreditors = [{listed}]\n", "utf-8")


@pytest.fixture(scope="module")
def ground(issued_home: Any, devnet: Any, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("endorse")
    north = issued_home.copied(folder / "north")
    harbour = homes.new_home(folder / "harbour", devnet)
    harbour.do("issuer", "register", "--name", HARBOUR, "--issuer", "harbour", "--country", "NL")
    account = harbour.do("issuer", "show").split("account")[1].split()[0]
    agency = homes.new_home(folder / "agency", devnet)
    said = agency.do("issuer", "accredit", account, "--name", HARBOUR, "--until", "2099-12-31")
    mine, theirs = said.partition("Accreditor: ")[2][:42], north.network_toml.partition('address = "')[2][:42]
    for home in (north, harbour):
        _trusting(home, mine, theirs)
    shown = folder / "data-foundations.json"
    shown.write_text(north.do("achievement", "show", "data-foundations"), "utf-8")
    made = Ground(north, harbour, folder, shown, folder / "words" / "data-foundations.endorsement.json")
    assert made.endorse(shown).code == 0
    harbour.do("anchor", "run")
    assert made.endorse(shown).code == 0
    return made


@pytest.fixture(scope="module")
def carried(ground: Ground) -> Path:
    """Give the bundle of a credential that was issued after its achievement was endorsed."""
    said = ground.add(ground.achievement, ground.endorsement)
    assert said.code == 0, said
    assert "carries Endorsement of Data Foundations, by did:web:localhost%3A9:issuers:harbour" in said.out
    roster = ground.folder / "roster.csv"
    roster.write_text(f"{HEADER}data-foundations,zoe@example.org,Zoe,Okafor,2026-09-30\n", "utf-8")
    ground.north.do("issue", str(roster))
    ground.north.do("anchor", "run")
    ground.north.do("export", "--all", "--out", str(ground.folder / "bundles"))
    return next(path for path in (ground.folder / "bundles").iterdir() if "Zoe Okafor" in path.read_text("utf-8"))


def report_of(home: Any, path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(home.run("verify", "--json", str(path)).out)
    return value


def test_a_credential_of_an_endorsed_achievement_carries_the_endorsement_and_its_receipt(
    ground: Ground, carried: Path
) -> None:
    report = report_of(ground.north, carried)

    assert len(json.loads(carried.read_text("utf-8"))["receipts"]) == 2
    assert (report["verdict"], [one["verdict"] for one in report["parts"]]) == ("verified", ["verified"])
    said = {"issuedBy": HARBOUR, "comment": WORDS, "standing": "It stands."}
    assert said.items() <= report["parts"][0].items()


def test_the_report_for_people_says_who_endorses_with_which_words_and_whether_it_stands(
    ground: Ground, carried: Path
) -> None:
    said = ground.north.run("verify", str(carried)).out

    assert f"endorsement: Endorsement of Data Foundations, by {HARBOUR}\n" in said
    assert f"“{WORDS}” It stands." in said


def test_a_credential_that_waits_does_not_pass_for_final_by_the_receipt_of_its_endorsement(
    ground: Ground, carried: Path
) -> None:
    del carried
    roster = ground.folder / "token.csv"
    roster.write_text(f"{HEADER}data-foundations,jo@example.org,Jo,Li,2026-09-30\n", "utf-8")
    ground.north.do("issue", str(roster), "--proof", "jwt")
    lines = ground.north.do("export", "--all", "--json", "--out", str(ground.folder / "waiting")).splitlines()
    [waiting] = [one for one in map(json.loads, lines) if one["pending"]]

    assert len(json.loads(Path(waiting["file"]).read_text("utf-8"))["receipts"]) == 1
    ground.north.do("anchor", "run")
    ground.north.do("export", "--credential", waiting["credential"], "--out", str(ground.folder / "waiting"))
    report = report_of(ground.north, Path(waiting["file"]))
    assert (report["verdict"], report["parts"][0]["standing"]) == ("verified", "It stands.")


def test_what_was_issued_before_is_as_it_was_and_nothing_is_damaged(ground: Ground, carried: Path) -> None:
    older = next(path for path in carried.parent.iterdir() if path != carried)

    assert "parts" not in report_of(ground.north, older)
    for home in (ground.north, ground.harbour):
        outcome = home.run("fsck")
        assert outcome.code == 0, outcome


def test_a_withdrawn_endorsement_is_shown_as_withdrawn_and_the_credential_stands(ground: Ground, carried: Path) -> None:
    other = ground.achievement_called("withdrawn")
    assert ground.endorse(other).code == 0
    ground.harbour.do("anchor", "run")
    assert ground.endorse(other).code == 0
    word = ground.folder / "words" / "withdrawn.endorsement.json"
    assert ground.add(other, word).code == 0
    roster = ground.folder / "withdrawn.csv"
    roster.write_text(f"{HEADER}withdrawn,max@example.org,Max,Berg,2026-09-30\n", "utf-8")
    ground.north.do("issue", str(roster))
    ground.north.do("anchor", "run")
    ground.north.do("export", "--all", "--out", str(carried.parent))
    bundle = next(path for path in carried.parent.iterdir() if "Max Berg" in path.read_text("utf-8"))
    assert report_of(ground.north, bundle)["parts"][0]["standing"] == "It stands."

    ground.harbour.do("revoke", json.loads(word.read_text("utf-8"))["credential"]["id"], "--reason", "error")
    report = report_of(ground.north, bundle)

    assert (report["verdict"], report["parts"][0]["reason"]) == ("verified", "revoked")
    assert report["parts"][0]["standing"].startswith("Withdrawn: the issuer revoked it on ")
    assert report["parts"][0]["standing"].endswith(": issued in error.")
    again = ground.endorse(other)
    assert (again.code, "was withdrawn for good" in again.err) == (2, True)
    refused = ground.add(other, word)
    assert (refused.code, "Withdrawn: the issuer revoked it on" in refused.err) == (2, True)


# --- What is refused when an achievement should carry it


def _altered(bundle: dict[str, Any]) -> None:
    bundle["credential"]["credentialSubject"]["endorsementComment"] = "The best there is."


def _renamed_issuer(bundle: dict[str, Any]) -> None:
    bundle["credential"]["issuer"]["id"] = "did:web:famous.example"


def _unbound(bundle: dict[str, Any]) -> None:
    del bundle["credential"]["credentialSubject"]["digestMultibase"]


@pytest.mark.parametrize(
    ("change", "said"),
    [(_altered, "altered"), (_renamed_issuer, "not by the issuer it names"), (_unbound, "altered")],
)
def test_an_endorsement_that_is_not_what_was_signed_is_refused(ground: Ground, change: Any, said: str) -> None:
    bundle = json.loads(ground.endorsement.read_text("utf-8"))
    change(bundle)
    path = ground.written(f"forged{change.__name__}", bundle)
    before = ground.north.do("achievement", "show", "data-foundations")
    outcome = ground.add(ground.achievement, path)

    assert (outcome.code, str(path) in outcome.err, said in outcome.err) == (2, True, True), outcome
    assert ground.north.do("achievement", "show", "data-foundations") == before


def test_an_endorsement_that_somebody_else_signed_and_anchored_in_the_endorsers_name_is_refused(
    ground: Ground, devnet: Any
) -> None:
    thief = homes.new_home(ground.folder / "thief", devnet)
    thief.do("issuer", "register", "--name", "Nobody", "--issuer", "nobody")
    document = json.loads(ground.endorsement.read_text("utf-8"))["credential"]
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    key = Ed25519PrivateKey.generate()
    options = ProofOptions(datetime.now(UTC), f"{issuer_did(document)}#{PublicKey.of(key).multibase}")
    forged = ground.written("forged", secure(unsigned, options, sign(key, signing_input(unsigned, options))))
    thief.do("adopt", str(forged), "--issuer", "nobody")
    thief.do("anchor", "run")
    thief.do("export", "--all", "--out", str(ground.folder / "stolen"))
    [bundle] = (ground.folder / "stolen").iterdir()
    outcome = ground.add(ground.achievement, bundle)

    assert (outcome.code, "anchored by somebody other than the named issuer" in outcome.err) == (2, True), outcome


def test_an_endorsement_of_another_achievement_or_of_another_text_is_refused(ground: Ground) -> None:
    other = ground.achievement_called("other")
    refused = ground.add(other, ground.endorsement)
    assert (refused.code, "stands in something else" in refused.err) == (2, True), refused

    changed = ground.achievement_called("changing")
    assert ground.endorse(changed).code == 0
    ground.harbour.do("anchor", "run")
    assert ground.endorse(changed).code == 0
    word = ground.folder / "words" / "changing.endorsement.json"
    assert ground.add(changed, word).code == 0
    later = ground.written("changing", {**json.loads(changed.read_text("utf-8")), "name": "After"})
    outcome = ground.add(later, word)
    assert (outcome.code, "endorses another text" in outcome.err) == (2, True), outcome

    dropped = ground.north.run("achievement", "add", str(later))
    assert dropped.code == 0
    assert "the text of changing changed, so the endorsement by did:web:localhost%3A9:issuers:harbour" in dropped.err
    assert "endorsement" not in json.loads(ground.north.do("achievement", "show", "changing"))


def test_an_endorsement_that_nobody_anchored_is_not_taken_yet(ground: Ground) -> None:
    fresh = ground.achievement_called("fresh")
    said = ground.endorse(fresh)
    assert "Next: credanchor anchor run" in said.out
    outcome = ground.add(fresh, ground.folder / "words" / "fresh.endorsement.json")

    assert (outcome.code, "does not stand" in outcome.err) == (2, True), outcome


def test_an_endorsement_that_has_ended_is_refused(ground: Ground) -> None:
    outcome = ground.endorse(ground.achievement, "--until", "2020-01-01")

    assert (outcome.code, "has passed" in outcome.err) == (2, True)


def test_an_achievement_carries_an_endorsement_once(ground: Ground, carried: Path) -> None:
    del carried
    for _ in range(2):
        assert ground.add(ground.achievement, ground.endorsement).code == 0

    assert len(json.loads(ground.north.do("achievement", "show", "data-foundations"))["endorsement"]) == 1


# --- One credential


def test_an_endorsement_of_one_credential_travels_beside_it_and_stands_for_no_other(ground: Ground) -> None:
    first, second = sorted((ground.north.folder / "bundles").iterdir())[:2]
    assert ground.endorse(first).code == 0
    ground.harbour.do("anchor", "run")
    assert ground.endorse(first).code == 0
    together = ground.folder / "words" / f"{first.stem}.endorsed.json"
    report = report_of(ground.north, together)
    assert (report["verdict"], report["parts"][0]["standing"]) == ("verified", "It stands.")

    bundle = json.loads(together.read_text("utf-8"))
    other = json.loads(second.read_text("utf-8"))
    lifted = {**bundle, "credential": other["credential"], "receipts": [*other["receipts"], *bundle["receipts"]]}
    report = report_of(ground.north, ground.written("lifted", lifted))
    assert (report["verdict"], report["parts"][0]["reason"]) == ("verified", "endorses-something-else")


# --- What is refused before anything is signed


def test_what_cannot_be_endorsed_is_refused_by_name_before_anything_is_signed(ground: Ground) -> None:
    good = sorted((ground.north.folder / "bundles").iterdir())[2]
    forged = json.loads(good.read_text("utf-8"))
    forged["credential"]["name"] = "Something grander"
    cases = {
        "has no id yet": homes.EXAMPLE / "data-foundations.json",
        "altered afterwards": ground.written("grander", forged),
        "This is a receipt": ground.written("receipt", forged["receipts"][0]),
        "not a verifiable credential": ground.written("nothing", {"type": ["Nothing"]}),
    }
    before = ground.count(ground.harbour)
    for said, path in cases.items():
        outcome = ground.harbour.run("endorse", str(good), str(path), "--comment", WORDS)
        assert (outcome.code, said in outcome.err, str(path) in outcome.err) == (2, True, True), outcome
    assert ground.harbour.run("endorse", str(good), "--comment", "  ").code == 2
    assert ground.harbour.run("endorse", str(good), "--comment", "a\x07bell").code == 2
    assert ground.count(ground.harbour) == before


def test_the_same_endorsement_is_made_once(ground: Ground) -> None:
    before = ground.count(ground.harbour)
    assert ground.endorse(ground.achievement).code == 0
    assert ground.count(ground.harbour) == before
    assert ground.harbour.run("endorse", str(ground.achievement), "--comment", "In other words.").code == 0
    assert ground.count(ground.harbour) == before + 1
