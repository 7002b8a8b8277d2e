"""The demo as a user runs it: a process of its own, in a folder where another was cut short."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from anchoring.demo.rosters import EXPIRED_EVERY, canvas_roster, credly_roster
from registry.credentials.roster import read_roster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("demo")]
COUNT = 60


@dataclass(frozen=True)
class Demo:
    """What the demo printed and wrote."""

    folder: Path
    code: int
    out: str
    err: str


def credanchor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, without anything of this run's own settings, and without a terminal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREDANCHOR_")}
    if "CREDANCHOR_ANVIL" in os.environ:
        kept["CREDANCHOR_ANVIL"] = os.environ["CREDANCHOR_ANVIL"]
    kept["CREDANCHOR_HOME"] = str(folder / ".credanchor" / "demo")
    return subprocess.run(  # noqa: S603  our own interpreter and command
        [sys.executable, "-m", "registry", *arguments],
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Give the outcome of a run over what another one, cut short, left behind."""
    from anchoring.anvil_program import find_anvil  # noqa: PLC0415
    from registry.core.errors import SettingsError  # noqa: PLC0415

    try:
        find_anvil(None)
    except SettingsError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("demo")
    home = folder / ".credanchor" / "demo"
    (home / "bundles").mkdir(parents=True)
    (home / "devnet").mkdir()
    (home / "bundles" / "left-over.json").write_text("{}")
    (home / "home.json").write_text("cut sho")
    done = credanchor(folder, "demo", "--credentials", str(COUNT))
    yield Demo(home, done.returncode, done.stdout, done.stderr)
    credanchor(folder, "devnet", "down")


def test_it_ends_by_itself_with_success(demo: Demo) -> None:
    assert demo.code == 0, demo.err


def test_it_writes_a_bundle_and_a_badge_of_every_credential_and_nothing_old(demo: Demo) -> None:
    bundles = {path.stem for path in (demo.folder / "bundles").glob("*.json")}
    badges = {path.stem for path in (demo.folder / "badges").glob("*.png")}
    assert len(bundles) == COUNT
    assert bundles == badges


def test_it_shows_what_holds_and_why_the_rest_is_refused(demo: Demo) -> None:
    said = [line.strip() for line in demo.out.splitlines()]
    assert sum(line.startswith("Verified on ") for line in said) == 3
    assert "Not verified: the content was altered after it was signed." in said
    assert "Not verified: the issuer revoked it." in said
    assert "Not verified: it has expired." in said


def test_it_shows_an_endorsement_that_stands_and_that_it_is_withdrawn(demo: Demo) -> None:
    words = "endorsed by Office for Academic Quality (demo): Assessed against the national standard"
    said = [line.strip() for line in demo.out.splitlines() if line.strip().startswith(words)]
    assert said[0].endswith("It stands.")
    assert "Withdrawn: the issuer revoked it on " in said[1]


def test_it_says_gas_cost_times_and_where_everything_is(demo: Demo) -> None:
    assert f"Anchored {COUNT} credentials of two issuers in one transaction:" in demo.out
    assert "Per credential: " in demo.out
    for stage in ("local chain and keys", "an endorsement", "issue", "seal, anchor, finalize", "export", "verify"):
        assert f"  {stage} " in demo.out
    assert "Verifier page: http://127.0.0.1:" in demo.out
    assert "credanchor devnet down" in demo.out


def test_both_issuers_say_outcomes_assessment_level_workload_and_skills(demo: Demo) -> None:
    seen = {}
    for path in (demo.folder / "bundles").glob("*.json"):
        document = json.loads(path.read_text("utf-8"))["credential"]
        achievement = document["credentialSubject"]["achievement"]
        seen[document["issuer"]["name"]] = achievement
    assert sorted(seen) == ["Harbour Cloud Academy", "Northfield University"]
    for achievement in seen.values():
        kinds = {one["targetType"] for one in achievement["alignment"]}
        assert {"ext:EQF", "ext:AssessmentType", "ext:LearningOutcome", "ext:ESCOSkill"} <= kinds
        assert achievement["creditsAvailable"] > 0


def test_what_it_leaves_behind_can_be_verified_by_anyone_at_once(demo: Demo) -> None:
    northfield = (path for path in (demo.folder / "bundles").glob("*.json") if "Northfield" in path.read_text("utf-8"))
    reports = credanchor(demo.folder.parents[1], "verify", "--json", *map(str, northfield)).stdout.splitlines()
    verdicts = [json.loads(line)["verdict"] for line in reports]
    assert (verdicts.count("verified"), verdicts.count("not-verified")) == (COUNT - COUNT // 3 - 1, 1)


@pytest.mark.parametrize("roster", [canvas_roster, credly_roster])
@pytest.mark.parametrize("count", [1, 500])
def test_the_rosters_are_read_without_an_error(roster: object, count: int) -> None:
    text: str = roster(count)  # type: ignore[operator]
    results = list(read_roster([text.encode()], file="demo.csv", overrides=[]).results)
    assert len(results) == count
    assert not [one for one in results if isinstance(one, Exception)]


def test_the_second_roster_has_some_that_have_expired() -> None:
    rows = list(csv.DictReader(io.StringIO(credly_roster(3 * EXPIRED_EVERY))))
    assert sum(row["Expires at"].startswith("2026-05-31") for row in rows) == 3
