"""The demo, stage by stage; every stage is a real command with its own process."""

from __future__ import annotations

import json
import shutil
import socket
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anchoring.demo.commands import Commands
from anchoring.demo.rosters import canvas_roster, credly_roster
from anchoring.fees import in_eth
from registry.cli.output import say
from registry.core.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AGENCY = "Office for Academic Quality (demo)"
NORTHFIELD, HARBOUR = "Northfield University", "Harbour Cloud Academy"
AWARDS = {"northfield": "data-foundations", "harbour": "cloud-operations"}
"""What each issuer awards."""
ENDORSED = Path("data-foundations.json")
"""The achievement that the agency endorses."""
COMMENT = "Assessed against the national standard for micro-credentials."


class Show:
    """One run of the demo in one folder."""

    def __init__(self, folder: Path, credentials: int) -> None:
        self._folder = folder
        self._second = credentials // 3
        self._first = credentials - self._second
        self._registry = Commands(folder)
        self._agency = Commands(folder / "agency")
        self._api_port, self._page_port = _free_port(8320), _free_port(8321)

    def run(self, *, serve: bool) -> None:
        """Run every stage; with `serve`, show the verifier page until Ctrl-C."""
        self._begin_anew()
        with self._registry.stage("local chain and keys"):
            self._prepare()
        with self._registry.stage("two issuers, accredited"):
            self._register()
        with self._registry.stage("an endorsement"):
            self._endorse()
        with self._registry.stage("issue"):
            self._issue()
        with self._registry.stage("seal, anchor, finalize"):
            submissions = self._registry.json_lines("anchor", "run", "--json")
        with self._registry.stage("export"):
            self._export()
        with self._registry.stage("verify"):
            self._verify()
        self._summarise(submissions)
        if serve:
            self._serve()
        else:
            self._say_how_to_go_on()

    # --- Stages

    def _begin_anew(self) -> None:
        if (self._folder / "devnet").exists():
            self._registry.run("devnet", "down")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)

    def _prepare(self) -> None:
        say(self._registry.run("devnet", "up", "--port", str(_free_port(8545))).rstrip())
        self._registry.run("init", "--base-url", f"http://localhost:{self._api_port}")
        (self._folder / "agency").mkdir()
        shutil.copy(self._folder / "devnet" / "network.toml", self._folder / "agency" / "networks.toml")
        self._agency.run("init")

    def _register(self) -> None:
        until = "2036-12-31"
        self._registry.run("issuer", "register", "--name", NORTHFIELD, "--issuer", "northfield", "--country", "GB")
        self._registry.run("issuer", "register", "--name", HARBOUR, "--issuer", "harbour", "--country", "NL")
        self._agency.run("issuer", "register", "--name", AGENCY, "--issuer", "agency")
        for home in (self._registry, self._agency):
            for issuer in home.json_lines("issuer", "show", "--json"):
                named = ("--name", issuer["name"], "--until", until)
                words = self._agency.run("issuer", "accredit", issuer["account"], *named)
        agency = words.partition("Accreditor: ")[2][:42]
        (self._folder / "networks.toml").write_text(
            f'[local]\naccreditors = [{{ address = "{agency}", name = "{AGENCY}" }}]\n', "utf-8"
        )
        for slug, achievement in AWARDS.items():
            file = self._folder / f"{achievement}.json"
            file.write_bytes(files("anchoring.demo").joinpath(file.name).read_bytes())
            self._registry.run("achievement", "add", str(file), "--issuer", slug)

    def _endorse(self) -> None:
        published = self._folder / "published" / ENDORSED.name
        published.parent.mkdir()
        published.write_text(self._registry.run("achievement", "show", ENDORSED.stem), "utf-8")
        words = ("endorse", str(published), "--comment", COMMENT, "--out", str(self._folder / "words"))
        self._agency.run(*words)
        self._agency.run("anchor", "run")
        self._agency.run(*words)  # finds it again, with its receipt
        achievement = ("achievement", "add", str(self._folder / ENDORSED), "--issuer", "northfield")
        self._registry.run(*achievement, "--endorsement", str(self._word()))

    def _word(self) -> Path:
        return self._folder / "words" / f"{ENDORSED.stem}.endorsement.json"

    def _issue(self) -> None:
        rosters = self._folder / "rosters"
        rosters.mkdir()
        (rosters / "northfield.csv").write_text(canvas_roster(self._first), "utf-8")
        (rosters / "harbour.csv").write_text(credly_roster(self._second), "utf-8")
        for issuer in AWARDS:
            say(self._registry.run("issue", str(rosters / f"{issuer}.csv")).rstrip())

    def _export(self) -> None:
        self._registry.run("export", "--all", "--out", str(self._folder / "bundles"))
        self._registry.run("export", "--all", "--as", "png", "--out", str(self._folder / "badges"))

    def _verify(self) -> None:
        api = f"http://localhost:{self._api_port}/healthz"
        bundles = sorted((self._folder / "bundles").glob("*.json"))
        first, second = (next(_of(bundles, name)) for name in (NORTHFIELD, HARBOUR))
        expired = next(path for path in _of(bundles, HARBOUR) if "2026-05-31" in path.read_text("utf-8"))
        revoked = next(path for path in _of(bundles, NORTHFIELD) if path != first)
        badge = self._folder / "badges" / f"{first.stem}.png"
        with self._registry.serving("serve", "--port", str(self._api_port), url=api):
            self._registry.run("revoke", revoked.stem, "--reason", "error")
            self._judge(badge, "verified", "verified")
            self._judge(_still_valid(second, _of(bundles, HARBOUR)), "verified", "verified")
            word = json.loads(self._word().read_text("utf-8"))["credential"]["id"]
            self._agency.run("revoke", word, "--reason", "superseded")
            self._judge(first, "verified", "verified")
            self._judge(_altered(first, self._folder), "not-verified", "altered")
            self._judge(revoked, "not-verified", "revoked")
            self._judge(expired, "not-verified", "expired")

    def _judge(self, path: Path, verdict: str, reason: str) -> None:
        report = self._registry.json_lines("verify", "--json", str(path), may_fail=True)[0]
        say(f"  {report['summary']}")
        for part in report.get("parts", []):
            say(f"  endorsed by {part['issuedBy']}: {part['comment']} {part['standing']}")
        if (report["verdict"], report["reason"]) != (verdict, reason):
            raise StateError(f"{path} should be {verdict} ({reason}), but: {json.dumps(report, ensure_ascii=False)}")

    # --- Words

    def _summarise(self, submissions: list[dict[str, Any]]) -> None:
        say("")
        for one in submissions:
            credentials, gas, fee = one["credentials"], one["gas"], int(one["feeWei"])
            say(f"Anchored {credentials:,} credentials of two issuers in one transaction: {gas:,} gas, {in_eth(fee)}.")
            say(f"Per credential: {gas / credentials:,.1f} gas, {in_eth(fee // credentials)}.")
        for name, seconds in self._registry.seconds.items():
            say(f"  {name:24} {seconds:6.1f} s")
        say(f"Bundles: {_near(self._folder / 'bundles')}/*.json   Badges: {_near(self._folder / 'badges')}/*.png")
        say(f"Verifier page: http://127.0.0.1:{self._page_port}/")

    def _say_how_to_go_on(self) -> None:
        say("The local chain runs on; nobody serves the page, because this is no terminal. With")
        say(f"CREDANCHOR_HOME={_near(self._folder)}, `credanchor verifier --port {self._page_port}` serves it, and")
        say("`credanchor devnet down` ends the chain.")

    def _serve(self) -> None:
        page = f"http://127.0.0.1:{self._page_port}/"
        api = f"http://localhost:{self._api_port}/healthz"
        with (
            self._registry.serving("serve", "--port", str(self._api_port), url=api),
            self._registry.serving("verifier", "--port", str(self._page_port), url=page),
        ):
            say(f"Drop a bundle or a badge on {page}; Ctrl-C ends the demo.")
            try:
                while True:
                    time.sleep(1)
            except KeyboardInterrupt:
                say("")
        self._registry.run("devnet", "down")


def _of(bundles: list[Path], issuer: str) -> Iterator[Path]:
    return (path for path in bundles if issuer in path.read_text("utf-8"))


def _still_valid(path: Path, others: Iterable[Path]) -> Path:
    return next(one for one in (path, *others) if "2026-05-31" not in one.read_text("utf-8"))


def _altered(path: Path, folder: Path) -> Path:
    bundle = json.loads(path.read_text("utf-8"))
    bundle["credential"]["credentialSubject"]["achievement"]["name"] = "Advanced Data Foundations"
    altered = folder / "altered.json"
    altered.write_text(json.dumps(bundle), "utf-8")
    return altered


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _free_port(wanted: int) -> int:
    """Return the wanted port if nobody listens there, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StateError("No port of this machine is free.")
