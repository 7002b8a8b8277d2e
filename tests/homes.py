"""A home folder on the session's chain, made by the real commands: registered, accredited, issued, anchored."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.cli.main import EXIT_BAD_INPUT, EXIT_UNAVAILABLE, run
from registry.core.errors import RegistryError, UnavailableError
from registry.services.share_links import share_link_for
from registry.settings import load_settings, open_store

if TYPE_CHECKING:
    from types import ModuleType

PASSPHRASE = "correct horse battery"
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example"


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Home:
    """One home folder, and commands run in it."""

    folder: Path
    network_toml: str
    """What the local network's entry says."""

    def run(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Outcome:
        """Run a command as the shell would, in this process."""
        given = {
            "CREDANCHOR_HOME": str(self.folder),
            "CREDANCHOR_PASSPHRASE": PASSPHRASE,
            **environment,
        }
        with pytest.MonkeyPatch.context() as patched:
            for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
                patched.delenv(name)
            for name, value in given.items():
                patched.setenv(name, value)
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            return _captured(arguments)

    def do(self, *arguments: str, **environment: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        outcome = self.run(*arguments, **environment)
        assert outcome.code == 0, outcome
        return outcome.out

    def copied(self, folder: Path) -> Home:
        """Return a copy of this home, to be broken."""
        shutil.copytree(self.folder, folder)
        return Home(folder, self.network_toml)


def _captured(arguments: tuple[str, ...]) -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        except RegistryError as error:
            sys.stderr.write(str(error))
            code = EXIT_UNAVAILABLE if isinstance(error, UnavailableError) else EXIT_BAD_INPUT
    return Outcome(code, out.getvalue(), err.getvalue())


def network_toml(rpc: str, contract: str, accreditors: str = "") -> str:
    """Return the local network's entry for a running chain."""
    return f'[local]\nrpc_urls = ["{rpc}"]\ncontract = "{contract}"\n{accreditors}'


def new_home(folder: Path, chain: object) -> Home:
    """Make an initialised home on a chain."""
    folder.mkdir(parents=True)
    entry = network_toml(chain.rpc, chain.contract)  # type: ignore[attr-defined]
    (folder / "networks.toml").write_text(entry, "utf-8")
    home = Home(folder, entry)
    home.do("init", "--base-url", "http://localhost:9")
    return home


def share_the_last(home: Home) -> None:
    """Make a share link of a home's last credential, as its recipient would."""
    store = open_store(load_settings(home.folder))
    share_link_for(store, list(store.credentials())[-1], "Acme Ltd", datetime(2026, 11, 22, tzinfo=UTC))
    store.engine.dispose()


@pytest.fixture(scope="session")
def issued_home(devnet: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Give a home with an accredited issuer and three final credentials, one shared. Do not write to it: copy it."""
    home = new_home(tmp_path_factory.mktemp("homes") / "north", devnet)
    agency = new_home(tmp_path_factory.mktemp("homes") / "agency", devnet)
    home.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield", "--country", "GB")
    account = home.do("issuer", "show").split("account")[1].split()[0]
    said = agency.do("issuer", "accredit", account, "--name", "Northfield University", "--until", "2099-12-31")
    address = said.partition("Accreditor: ")[2][:42]
    trusted = f'accreditors = [{{ address = "{address}", name = "the Quality Agency" }}]\n'
    entry = home.network_toml + trusted
    (home.folder / "networks.toml").write_text(entry, "utf-8")
    home.do("achievement", "add", str(EXAMPLE / "data-foundations.json"))
    home.do("issue", str(EXAMPLE / "roster.csv"))
    home.do("anchor", "run")
    home.do("export", "--all", "--out", str(home.folder / "bundles"))
    share_the_last(home)
    return Home(home.folder, entry)
