"""What rows need and share, made when first asked for: a template home, and one on a running local chain."""

from __future__ import annotations

import json
import shutil
import socket
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.homes import EXAMPLE, PASSPHRASE, credanchor, done, new_home, write_roster
from registry.identity.key_files import open_signing_key

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much work each row is."""

    issue: int = 10_000
    """Credentials issued and sealed beside cert-issuer and openbadgeslib."""
    issue_small: int = 1_000
    """The same, the smaller batch."""
    wrap: int = 20_000
    """Credentials issued and sealed beside OpenAttestation."""
    sign: int = 10_000
    """Credentials that ours signs for each go, one cohort, what is done once for it included."""
    sign_alone: int = 1_000
    """Credentials that are signed one by one for each go; what one takes does not depend on how many there are."""
    tree: int = 1_000_000
    """Leaves of a tree."""
    openzeppelin: int = 100_000
    """Leaves of OpenZeppelin's tree, which would take minutes at the size of the others."""
    verify: int = 100
    """Credentials judged one by one for each go."""
    bulk: int = 10_000
    """Credentials in the folder that is judged as a whole."""


QUICK = Sizes(issue=20, issue_small=10, wrap=30, sign=10, sign_alone=10, tree=2_000, openzeppelin=500, verify=3, bulk=6)
"""Just enough to see that everything runs."""


class Stage:
    """Homes in one folder that is thrown away; the chain is stopped when `ending` is closed."""

    def __init__(self, folder: Path, sizes: Sizes, ending: ExitStack) -> None:
        self.folder = folder
        self.sizes = sizes
        self._ending = ending

    def roster(self, rows: int) -> Path:
        """Return a roster of this size."""
        return write_roster(self.folder / f"roster-{rows}.csv", rows)

    @cached_property
    def template(self) -> Path:
        """Return a home with one issuer and nothing issued, on no chain; to be copied."""
        return new_home(self.folder / "template")

    def copy(self, home: Path) -> Path:
        """Copy the template and return the copy."""
        shutil.copytree(self.template, home)
        return home

    @cached_property
    def anchored(self) -> Path:
        """Return a home on a running chain: an accredited issuer, `sizes.bulk` final credentials, exported."""
        home, agency = self.folder / "anchored", self.folder / "agency"
        done(credanchor(home, "devnet", "up", "--port", str(_free_port())))
        self._ending.callback(done, credanchor(home, "devnet", "down"))
        chain = json.loads(done(credanchor(home, "devnet", "status", "--json")))
        entry = f'[local]\nrpc_urls = ["{chain["rpc"]}"]\ncontract = "{chain["contract"]}"\n'
        for one in (home, agency):
            one.mkdir(exist_ok=True)
            (one / "networks.toml").write_text(entry, "utf-8")
            done(credanchor(one, "init", "--base-url", "http://localhost:9"))
        done(credanchor(home, "issuer", "register", "--name", "Northfield University", "--issuer", "uni"))
        account = done(credanchor(home, "issuer", "show")).split("account")[1].split()[0]
        accredit = ("issuer", "accredit", account, "--name", "Northfield University", "--until", "2099-12-31")
        address = done(credanchor(agency, *accredit)).partition("Accreditor: ")[2][:42]
        trusted = f'accreditors = [{{ address = "{address}", name = "the Quality Agency" }}]\n'
        (home / "networks.toml").write_text(entry + trusted, "utf-8")
        self._issue(home)
        return home

    def _issue(self, home: Path) -> None:
        done(credanchor(home, "achievement", "add", str(EXAMPLE / "data-foundations.json")))
        done(credanchor(home, "issue", str(self.roster(self.sizes.bulk))))
        done(credanchor(home, "anchor", "run"))
        done(credanchor(home, "export", "--all", "--out", str(home / "bundles")))

    @cached_property
    def some_bundles(self) -> Path:
        """Return a folder with `sizes.verify` of the bundles."""
        folder = self.folder / "some"
        folder.mkdir()
        for file in sorted((self.anchored / "bundles").iterdir())[: self.sizes.verify]:
            shutil.copy(file, folder)
        return folder

    @cached_property
    def some_credentials(self) -> Path:
        """Return the credentials of these bundles, one a line."""
        lines = [
            json.dumps(json.loads(file.read_bytes())["credential"]) for file in sorted(self.some_bundles.iterdir())
        ]
        path = self.folder / "some.jsonl"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    @cached_property
    def public_key(self) -> Path:
        """Return the public key that signed them, as PEM."""
        key = open_signing_key(self.anchored / "keys" / "signing.pem", PASSPHRASE).public_key()
        path = self.folder / "some.pem"
        path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
