"""docs/operations.md is complete: every setting, exit code, event, metric, alarm and error code of the job is in it."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import anchoring
import registry
from anchoring import cli
from anchoring.metrics import WatchCollector
from anchoring.observed import Observer
from anchoring.steps import AlertKind
from registry.anchoring_settings import AnchoringSettings, SignerSettings, load_anchoring_settings
from registry.cli.main import SUMMARIES
from registry.core.account import Address
from registry.core.errors import RegistryError
from registry.store.engine import open_engine
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
ALARMS = TEXT.split("## Alarms\n")[1].split("\n## ")[0]
SECTIONS = re.findall(r"^### (.+)\n((?:(?!###).*\n?)*)", ALARMS, re.MULTILINE)
NOT_OF_THE_JOB = {
    "registry-error": "the base of all",
    "unavailable": "the base of those that did not answer",
    "already-anchored": "nobody raises it; what stands is adopted",
    "not-canonical": "documents",
    "credential-format": "documents",
    "receipt-format": "documents",
    "roster": "issuing",
    "worker-died": "issuing and verifying",
    "cluster-unavailable": "issuing and verifying",
    "pathway": "larger credentials",
    "component": "larger credentials",
    "signature": "verifying",
    "profile-unavailable": "verifying",
    "link-elsewhere": "verifying",
    "link-unreachable": "verifying",
    "not-found": "the issuer API",
    "not-authorised": "the VC-API",
    "erased": "handing out documents",
    "link-off": "share links",
    "share-links-full": "share links",
    "cross-site": "the recipient's own page",
    "mail-refused": "mailing links",
    "mail-unavailable": "mailing links",
    "backup-format": "backups",
    "backup-storage": "backups",
    "relay-format": "relaying other people's requests",
    "request-expired": "relaying other people's requests",
    "state-proof": "judging offline",
    "state-proof-format": "judging offline",
}


def every_error() -> Iterator[type[RegistryError]]:
    for package in (registry, anchoring):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    rest: list[type[RegistryError]] = [RegistryError]
    while rest:
        found = rest.pop()
        yield found
        rest += found.__subclasses__()


def code_in(heading: str) -> list[str]:
    return re.findall(r"`([^`]+)`", heading)


def test_the_example_of_the_settings_is_read_and_names_every_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in AnchoringSettings.model_fields:
        monkeypatch.delenv(f"CREDANCHOR_{name.upper()}", raising=False)
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "anchoring.toml").write_text(example, "utf-8")

    allowed = load_anchoring_settings(tmp_path)

    assert (allowed.signer.kind, allowed.max_batch_size) == ("http", 100_000)
    assert allowed.signer.account is not None
    assert Address(allowed.signer.account)
    members = tomllib.loads(example)
    assert set(members) == set(AnchoringSettings.model_fields)
    assert set(members["signer"]) == set(SignerSettings.model_fields)


def test_the_exit_codes_are_those_of_the_command() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", TEXT, re.MULTILINE)}

    assert told == {0, cli.EXIT_NEEDS_PERSON, cli.EXIT_WAITS, cli.EXIT_IDLE}


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4])
def test_the_line_for_cron_speaks_only_when_a_person_is_needed(tmp_path: Path, code: int) -> None:
    (line,) = re.findall(r"^\*/10 \* \* \* \*  (.+)$", TEXT, re.MULTILINE)
    stub = tmp_path / "credanchor"
    stub.write_text(f"#!/bin/sh\necho what it said >&2\nexit {code}\n", "utf-8")
    stub.chmod(0o700)

    shell = subprocess.run(  # noqa: S603  our own document's line
        ["/bin/sh", "-c", line], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )

    assert shell.stdout == ("what it said\n" if code in {1, 2} else "")


def test_every_event_is_told_with_its_level_and_no_other() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "anchoring").glob("*.py"))
    logged = set(re.findall(r'(?:_log|log|_told)\(\s*"(\w+)",\s*"([a-z.-]+)"', sources))
    told = {
        (level, event)
        for events, level in re.findall(r"^\| ((?:`[a-z.-]+`(?:, )?)+) \| (info|warning|error) \|", TEXT, re.MULTILINE)
        for event in code_in(events)
    }

    assert told == logged
    assert len(logged) > 15


def test_every_metric_is_told_and_no_other(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    observer = Observer()
    observer.holds(Address("0x" + "1" * 40), 1)
    served = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in WatchCollector(engine, observer, SystemClock()).collect()
    }
    engine.dispose()

    table = set(re.findall(r"^\| `(credanchor_\w+)` \|", TEXT, re.MULTILINE))
    named = set(re.findall(r"\bcredanchor_\w+", TEXT))

    assert table == served
    assert named == served


@pytest.mark.parametrize("kind", AlertKind)
def test_every_alarm_has_its_section(kind: AlertKind) -> None:
    assert [heading for heading, _ in SECTIONS if kind.value in code_in(heading)]


def test_every_error_code_of_the_job_has_its_section() -> None:
    codes = {error.code for error in every_error() if error.__module__.startswith(("registry.", "anchoring."))}
    told = {code for heading, _ in SECTIONS for code in code_in(heading)}

    assert codes - told - set(NOT_OF_THE_JOB) == set(), "name it in a heading of docs/operations.md, or above"
    assert not told & set(NOT_OF_THE_JOB)
    assert set(NOT_OF_THE_JOB) <= codes


def test_no_section_names_a_code_that_does_not_exist() -> None:
    known = {error.code for error in every_error()} | {kind.value for kind in AlertKind}
    known |= {"submission.waits", "block", "batches anchored by nobody here", "the clock"}

    assert {code for heading, _ in SECTIONS for code in code_in(heading)} <= known


@pytest.mark.parametrize(("heading", "body"), SECTIONS, ids=[heading.split(":")[0] for heading, _ in SECTIONS])
def test_every_section_says_what_it_means_what_the_job_does_what_to_do_and_when_it_is_over(
    heading: str, body: str
) -> None:
    assert re.findall(r"^\*\*(\w[\w ]*):\*\*", body, re.MULTILINE) == ["Means", "Meanwhile", "Do", "Over when"], heading


def test_every_command_exists() -> None:
    subcommands = {command.name for command in cli.anchor.registered_commands}
    named = set(re.findall(r"credanchor (\w[\w-]*)(?: (\w[\w-]*))?", TEXT))

    assert {name for name, _ in named} <= set(SUMMARIES)
    assert {after for name, after in named if name == "anchor"} <= subcommands


def test_every_link_leads_somewhere() -> None:
    for target, anchor in re.findall(r"\]\(([\w./-]+)?(?:#([\w-]+))?\)", TEXT):
        path = ROOT / "docs" / (target or "operations.md")
        assert path.is_file(), target
        headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, (target, anchor)
