"""A home whose issuer API really answers at its own base URL, and a client of the same application."""

from __future__ import annotations

import importlib.util
import json
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from registry.api.app import create_app
from registry.api.office import Office
from registry.chain.networks import load_networks
from registry.chain.reader import RpcChainReader
from registry.cli.signing_keys import signers
from registry.identity.directory import WebDirectory
from registry.services.share_links import share_link_for
from registry.services.verify import Verifier
from registry.settings import build_press, load_settings, open_store
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from registry.store.repository import Store

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
if "services_world" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location(
        "services_world", Path(__file__).parent.parent / "services" / "world.py"
    )
    assert _SPEC is not None
    assert _SPEC.loader is not None
    sys.modules[_SPEC.name] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules[_SPEC.name])
HOSTILE = "</title><script>alert(1)</script> & \"Data\" 'x' \u202eevil"
HEADER = "Badge Class ID,Identifier,First Name,Last Name,Issue Date\n"


@dataclass(frozen=True)
class Site:
    """The running issuer API of a home, and what tests ask of it."""

    home: Any
    app: FastAPI
    store: Store
    office: Office
    verifier: Verifier
    url: str

    def issue(self, *addresses: str, achievement: str = "data-foundations") -> list[Any]:
        """Issue to these e-mail addresses, and return what was stored."""
        rows = "".join(f"{achievement},{address},Ada,Okafor,2026-06-30\n" for address in addresses)
        path = self.home.folder / "roster.csv"
        path.write_text(HEADER + rows)
        self.home.do("issue", str(path))
        found = {one.recipient.partition(":")[2] or one.recipient: one for one in self.store.credentials()}
        return [found[address] for address in addresses]

    def link(self, credential: Any, label: str = "") -> str:
        """Return the path of a share link of a credential, made or found."""
        return f"/c/{share_link_for(self.store, credential, label, self.office.clock.now())}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask the running server."""
        return httpx.get(self.url + path, headers=headers, trust_env=False, timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def registered_home(folder: Path, devnet: Any, url: str) -> Any:
    folder.mkdir(parents=True)
    entry = homes.network_toml(devnet.rpc, devnet.contract)
    (folder / "networks.toml").write_text(entry, "utf-8")
    home = homes.Home(folder, entry)
    home.do("init", "--base-url", url)
    home.do("issuer", "register", "--name", "Northfield University", "--issuer", "northfield", "--country", "GB")
    document = json.loads((homes.EXAMPLE / "data-foundations.json").read_text("utf-8"))
    (folder / "hostile.json").write_text(json.dumps({**document, "name": HOSTILE}))
    home.do("achievement", "add", str(homes.EXAMPLE / "data-foundations.json"), str(folder / "hostile.json"))
    return home


@pytest.fixture(scope="session")
def site(devnet: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give the issuer API of a home with one final credential, served over HTTP at the home's base URL."""
    port = free_port()
    home = registered_home(tmp_path_factory.mktemp("api") / "home", devnet, f"http://localhost:{port}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CREDANCHOR_PASSPHRASE", homes.PASSPHRASE)
        settings = load_settings(home.folder)
        store = open_store(settings)
        signer_of = signers(settings, store)
        for issuer in store.issuers():
            signer_of(issuer)
    network = load_networks(home.folder)["local"]
    verifier = Verifier((RpcChainReader(network),), WebDirectory(allow_loopback=True), SystemClock())
    office = Office(
        store, signer_of, [network.ref()], settings.base_url, verifier, SystemClock(), build_press(settings)
    )
    app = create_app(office)
    with running(app, port):
        yield Site(home, app, store, office, verifier, settings.base_url)
    verifier.close()
    store.engine.dispose()


class running:  # noqa: N801  reads as a word in `with`
    """Serve an application on a loopback port while the block runs."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self._server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="session")
def anchored(site: Site) -> Any:
    """Give one credential of the site that is final. Nobody changes its status."""
    credential, _ = site.issue("final@learners.example", "neighbour@learners.example")
    site.home.do("anchor", "run")
    return site.store.credential(credential.uuid)


@pytest.fixture
def client(site: Site) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://issuer.example")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
