"""Environment and files, read once into one frozen object; and the objects that are built from it."""

from __future__ import annotations

import getpass
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry.chain.networks import load_networks
from registry.core.errors import HomeVersionError, PassphraseError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.chain.networks import Network
    from registry.chain.reader import RpcChainReader
    from registry.core.digest import Digest
    from registry.ports import Clock, IssuerDirectory
    from registry.services.certificate import Press
    from registry.services.fonts import Fonts
    from registry.services.verify import Verifier
    from registry.services.verify_offline import OfflineVerifier
    from registry.store.repository import Store

HOME_VERSION = 1
"""Layout of the home folder that this version reads and writes."""
HOME_FILE = "home.json"
DATABASE_FILE = "credanchor.db"
"""The home's own database, where CREDANCHOR_DATABASE_URL names no other."""
MIN_TOKEN = 16
"""Fewest characters of a token for the VC-API."""
DEFAULT_BASE_URL = "http://localhost:8320"
"""Where `credanchor serve` listens unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured, for one run of one command."""

    home: Path
    """The home folder."""
    database_url: str
    """SQLAlchemy URL of the store."""
    base_url: str
    """Public base URL of the issuer API, without a trailing slash."""
    network: str
    """Name of the network that is written to."""
    networks: Mapping[str, Network]
    """All accepted networks, by name."""

    def chosen_network(self, name: str | None = None) -> Network:
        """Return the named network, or the home's own; SettingsError lists what there is."""
        wanted = name or self.network
        if wanted not in self.networks:
            known = ", ".join(self.networks)
            raise SettingsError(f"There is no network {wanted!r} in networks.toml; known are {known}.")
        return self.networks[wanted]

    def keys(self) -> Path:
        """Return the folder of encrypted key files."""
        return self.home / "keys"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Whom a verifier asks: all that it takes from the settings, so that another process can have it."""

    networks: tuple[Network, ...]
    """The accepted networks."""
    allow_loopback: bool
    """Whether DID documents may come from the same machine: only where a local chain is."""

    def readers(self) -> tuple[RpcChainReader, ...]:
        """Return what reads each network."""
        from registry.chain.reader import RpcChainReader  # noqa: PLC0415  only who verifies needs it

        return tuple(RpcChainReader(network) for network in self.networks)

    def verifier(self, clock: Clock, readers: Sequence[RpcChainReader] | None = None) -> Verifier:
        """Return a verifier that asks them, by `readers` if these are at hand."""
        from registry.services.verify import Verifier  # noqa: PLC0415  only who verifies needs it

        return Verifier(
            readers=self.readers() if readers is None else readers,
            directory=self.directory(clock),
            clock=clock,
        )

    def directory(self, clock: Clock) -> IssuerDirectory:
        """Return what reads issuers' web sites, and remembers for a short while."""
        from registry.identity.directory import WebDirectory  # noqa: PLC0415  only who verifies needs these
        from registry.services.web_memory import PUBLIC_SECONDS, WebMemory  # noqa: PLC0415

        return WebMemory(WebDirectory(allow_loopback=self.allow_loopback), clock, PUBLIC_SECONDS)


def home_folder() -> Path:
    """Return the home folder: CREDANCHOR_HOME, else `.credanchor` in the user's home."""
    named = os.environ.get("CREDANCHOR_HOME")
    return Path(named).expanduser() if named else Path.home() / ".credanchor"


def named_database() -> str | None:
    """Return the database that CREDANCHOR_DATABASE_URL names, None if the home's own file is meant."""
    return os.environ.get("CREDANCHOR_DATABASE_URL") or None


def load_settings(home: Path | None = None) -> Settings:
    """Read an initialised home folder.

    Raises:
        SettingsError: there is none, or a file in it is damaged.
        HomeVersionError: a newer version of Credanchor wrote it.

    """
    folder = home or home_folder()
    stored = _home_file(folder)
    return Settings(
        home=folder,
        database_url=named_database() or f"sqlite:///{folder / DATABASE_FILE}",
        base_url=str(stored.get("base_url", DEFAULT_BASE_URL)),
        network=os.environ.get("CREDANCHOR_NETWORK") or str(stored.get("network", "local")),
        networks=load_networks(folder),
    )


def write_home_file(folder: Path, *, base_url: str, network: str) -> None:
    """Write the home's own settings, whole or not at all; the folder must exist."""
    value = {"version": HOME_VERSION, "base_url": base_url.rstrip("/"), "network": network}
    unfinished = folder / f"{HOME_FILE}.new"
    unfinished.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
    unfinished.replace(folder / HOME_FILE)


def open_store(settings: Settings) -> Store:
    """Open the database, bringing its tables up to date."""
    from registry.store.engine import open_engine  # noqa: PLC0415  sqlmodel takes 0.65 s to import
    from registry.store.repository import Store  # noqa: PLC0415

    return Store(open_engine(settings.database_url))


def build_verifier(home: Path | None = None) -> Verifier:
    """Return a verifier for the accepted networks; it works without a home folder, too."""
    from registry.system import SystemClock  # noqa: PLC0415  only who verifies needs it

    return load_accepted(home).verifier(SystemClock())


def load_accepted(home: Path | None = None) -> Accepted:
    """Return whom a verifier asks; it works without a home folder, too."""
    folder = home or home_folder()
    networks = load_networks(folder if folder.is_dir() else None)
    return Accepted(tuple(networks.values()), allow_loopback=has_local_chain(folder))


def build_offline_verifier(state: bytes, trusted: Digest | None, home: Path | None = None) -> OfflineVerifier:
    """Return a verifier that asks nobody and judges by one state proof; `trusted` is the block hash to believe in.

    Raises:
        InputError: `state` is not the JSON of a state proof, or of no accepted network.
        StateProofError: it does not hold, or is of another block than the trusted one.

    """
    from registry.chain.proof_reader import ProofReader, network_of  # noqa: PLC0415  only who verifies needs these
    from registry.checks.as_of import AsOf  # noqa: PLC0415
    from registry.core.canonical import parse_json  # noqa: PLC0415
    from registry.core.proven_state import prove  # noqa: PLC0415
    from registry.core.state_proof import parse_state_proof  # noqa: PLC0415
    from registry.identity.offline import OfflineDirectory  # noqa: PLC0415
    from registry.services.verify import Verifier  # noqa: PLC0415
    from registry.services.verify_offline import OfflineVerifier  # noqa: PLC0415
    from registry.system import SystemClock  # noqa: PLC0415

    proven = prove(parse_state_proof(parse_json(state)), trusted)
    folder = home or home_folder()
    networks = load_networks(folder if folder.is_dir() else None)
    reader = ProofReader(network_of(proven, networks.values()), proven)
    block = AsOf(proven.header.number, proven.header.block_hash, proven.header.at, confirmed=trusted is not None)
    return OfflineVerifier(Verifier((reader,), OfflineDirectory(), SystemClock()), block)


def build_press(settings: Settings) -> Press:
    """Return what PDF certificates are set with: the packaged fonts, those in CREDANCHOR_FONTS, and network titles.

    Raises:
        SettingsError: CREDANCHOR_FONTS names a folder without a usable font, or none.

    """
    from registry.services.certificate import Press  # noqa: PLC0415  typst takes a moment

    titles = {network.chain_id: network.title for network in settings.networks.values()}
    return Press(build_fonts(), titles)


def build_fonts() -> Fonts:
    """Return what PDFs are printed with: the packaged fonts, and those in CREDANCHOR_FONTS.

    Raises:
        SettingsError: CREDANCHOR_FONTS names a folder without a usable font, or none.

    """
    from registry.services.fonts import load_fonts  # noqa: PLC0415  the fonts take 0.2 s

    named = os.environ.get("CREDANCHOR_FONTS")
    return load_fonts(Path(named).expanduser() if named else None)


def has_local_chain(folder: Path) -> bool:
    """Tell whether a home folder runs a local chain: only there may DID documents come from loopback."""
    return (folder / "devnet" / "network.toml").is_file()


def vc_api_token() -> str | None:
    """Return the token that switches the VC-API on, from CREDANCHOR_VC_API_TOKEN; None leaves it off.

    Raises:
        SettingsError: it is short enough to be guessed, or not plain ASCII.

    """
    given = os.environ.get("CREDANCHOR_VC_API_TOKEN")
    if given and (len(given) < MIN_TOKEN or not given.isascii() or not given.isprintable()):
        raise SettingsError(f"CREDANCHOR_VC_API_TOKEN must have at least {MIN_TOKEN} plain characters.")
    return given or None


def passphrase(purpose: str, *, confirm: bool = False) -> str:
    """Return the passphrase of the key files: environment, file or prompt, never an argument.

    `purpose` finishes the prompt, for example `the anchoring key`.

    Raises:
        PassphraseError: none is set and there is no terminal to ask at, or it is empty.

    """
    given = os.environ.get("CREDANCHOR_PASSPHRASE") or _passphrase_file() or _prompted(purpose, confirm=confirm)
    if not given:
        raise PassphraseError(
            "No passphrase is set for the key files: set CREDANCHOR_PASSPHRASE or CREDANCHOR_PASSPHRASE_FILE, "
            "or run the command at a terminal."
        )
    return given


def _passphrase_file() -> str | None:
    named = os.environ.get("CREDANCHOR_PASSPHRASE_FILE")
    if not named:
        return None
    try:
        given = Path(named).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseError(f"CREDANCHOR_PASSPHRASE_FILE names {named}, which cannot be read: {error}.") from error
    if not given:
        raise PassphraseError(f"CREDANCHOR_PASSPHRASE_FILE names {named}, which is empty; write the passphrase in it.")
    return given


def _prompted(purpose: str, *, confirm: bool) -> str | None:
    if not sys.stdin.isatty():
        return None
    given = getpass.getpass(f"Passphrase for {purpose}: ")
    if confirm and given != getpass.getpass("Once more: "):
        raise PassphraseError("The two passphrases differ; nothing was written. Run the command again.")
    return given


def _home_file(folder: Path) -> dict[str, object]:
    path = folder / HOME_FILE
    if not path.is_file():
        raise SettingsError(f"{folder} is not a Credanchor home yet: run `credanchor init`, or set CREDANCHOR_HOME.")
    try:
        stored = json.loads(path.read_text("utf-8"))
        version = int(stored["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is damaged ({error}); restore it from a backup.") from error
    if version > HOME_VERSION:
        raise HomeVersionError(
            f"{folder} was written by a newer version of Credanchor (home version {version}, this one reads up to "
            f"{HOME_VERSION}); upgrade Credanchor. Nothing was changed."
        )
    return dict(stored)
