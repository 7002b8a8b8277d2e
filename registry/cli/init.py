"""`credanchor init`: home folder, database and three encrypted keys."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import typer

from registry.cli.output import say
from registry.core.errors import SettingsError, StateError

BaseUrl = Annotated[str, typer.Option("--base-url", help="Public address that `credanchor serve` will answer at.")]
NetworkName = Annotated[str, typer.Option("--network", help="Network to anchor on, from networks.toml.")]


_PATH = re.compile(r"(/[A-Za-z0-9._~-]*)*")


def init(base_url: BaseUrl = "http://localhost:8320", network: NetworkName = "local") -> None:
    """Make the home folder, the database and the encrypted keys.

    Three keys: admin (registers the issuer; keep it aside afterwards), anchoring (the job's only key)
    and signing. All share one passphrase: CREDANCHOR_PASSPHRASE, CREDANCHOR_PASSPHRASE_FILE, or a prompt.

    Example: credanchor init --base-url https://badges.uni.example
    """
    from registry import settings as configured  # noqa: PLC0415  keeps --help fast
    from registry.chain.networks import load_networks  # noqa: PLC0415
    from registry.identity.key_files import create_account, create_signing_key  # noqa: PLC0415

    _require_base_url(base_url)
    home = configured.home_folder()
    if (home / configured.HOME_FILE).exists():
        raise StateError(f"{home} is a Credanchor home already; nothing was changed.")
    networks = load_networks(home if home.is_dir() else None)
    if network not in networks:
        raise SettingsError(
            f"There is no network {network!r} in networks.toml; known are {', '.join(networks)}. Nothing was made."
        )
    passphrase = configured.passphrase("the new keys", confirm=True)
    keys = home / "keys"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    admin = create_account(keys / "admin.json", passphrase)
    anchoring = create_account(keys / "anchoring.json", passphrase)
    create_signing_key(keys / "signing.pem", passphrase)
    # The home file comes last: without it the folder is no home yet, and its keys are refused, not overwritten.
    configured.write_home_file(home, base_url=base_url, network=network)
    configured.open_store(configured.load_settings(home))
    say(f"Made {home}: database, and three keys encrypted with your passphrase.")
    say(f"  admin      {admin.checksummed()}  keep its file aside once the issuer is registered")
    say(f"  anchoring  {anchoring.checksummed()}  needs a little ether: it pays for anchoring")
    say("  signing    signs credentials; the chain learns its public half at registration")
    say("Next: credanchor issuer register --name NAME")


def _require_base_url(text: str) -> None:
    try:
        parts = urlsplit(text)
        named = f"{parts.hostname}" if parts.port is None else f"{parts.hostname}:{parts.port}"
    except ValueError as error:
        raise _no_web_address(text) from error
    # What stands in the address becomes the DID, so it holds a host, a port and a path, and nothing else.
    plain = parts.hostname and parts.netloc == named and not parts.query and not parts.fragment
    if parts.scheme not in {"https", "http"} or not plain or not _PATH.fullmatch(parts.path):
        raise _no_web_address(text)
    if parts.scheme == "http" and parts.hostname != "localhost":
        raise SettingsError(f"--base-url {text!r}: only http://localhost may do without https; did:web needs https.")


def _no_web_address(text: str) -> SettingsError:
    return SettingsError(f"--base-url {text!r} is not a web address; write https://host or https://host/path.")
