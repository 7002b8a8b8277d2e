"""Wherever a stranger's document names an address, no request reaches a private one, and few reach any."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from registry.core.errors import ProfileUnavailableError
from registry.core.receipt import Bundle
from registry.identity.directory import WebDirectory
from registry.identity.fetch import fetch_bytes
from registry.services.verify import Verifier

worlds = sys.modules["services_world"]  # loaded by conftest.py
PUBLIC, PRIVATE = "93.184.216.34", "127.0.0.1"


@dataclass
class Wire:
    """Names and connections of this process: what was looked up, and where a connection was begun."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    """Addresses of each name, one for each time that it is looked up."""
    asked: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)

    def look_up(self, host: str, port: int, *_: Any, **__: Any) -> Any:
        self.asked.append(host)
        if host in self.answers:
            left = self.answers[host]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0) if len(left) > 1 else left[0], port))]
        numbers = getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [one for one in numbers if one[0] in {socket.AF_INET, socket.AF_INET6}]

    def connect(self, address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        self.connected.append(address[0])
        raise ConnectionRefusedError


getaddrinfo = socket.getaddrinfo


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(socket, "getaddrinfo", wire.look_up)
    monkeypatch.setattr(socket, "create_connection", wire.connect)
    return wire


PRIVATE_HOSTS = [
    "127.0.0.1",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "127.0.0.1:22",
    "127.0.0.1:443",
    "public.example@127.0.0.1",
    "public.example:443@127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  nobody listens there
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2001:0:7f00:1::]",
    "%31%32%37.0.0.1",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021",
    "\u2460\u2461\u2466.0.0.1",
    "inside.example",
    "public.example\\@127.0.0.1",
    "127.0.0.1#@public.example",
    "127.0.0.1\t",
]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_no_spelling_of_a_private_address_is_connected_to(host: str, wire: Wire) -> None:
    wire.answers = {"public.example": [PUBLIC], "inside.example": [PRIVATE]}

    with pytest.raises(ProfileUnavailableError):
        fetch_bytes(f"https://{host}/did.json", allow_loopback=False)

    assert wire.connected in ([], [PUBLIC])


def test_a_name_that_changes_its_address_is_connected_to_where_it_was_checked(wire: Wire) -> None:
    wire.answers = {"rebinding.example": [PUBLIC, PRIVATE]}

    with pytest.raises(ProfileUnavailableError):
        fetch_bytes("https://rebinding.example/", allow_loopback=False)

    assert (wire.asked, wire.connected) == (["rebinding.example"], [PUBLIC])


def _everywhere(url: str, did: str) -> dict[str, Any]:
    """Return members of a credential that name an address, all of them."""
    named = {"id": url, "type": ["Profile"], "name": "x", "url": url, "image": {"id": url, "type": "Image"}}
    issuer = {**named, "id": did, "parentOrg": named, "otherIdentifier": []}
    achievement = {
        **worlds.ACHIEVEMENT,
        "id": url,
        "image": {"id": url, "type": "Image"},
        "criteria": {"id": url, "narrative": url},
        "creator": named,
        "alignment": [{"type": ["Alignment"], "targetName": "x", "targetUrl": url}],
    }
    subject = {"id": "did:example:ada", "type": ["AchievementSubject"], "achievement": achievement, "source": named}
    return {
        "issuer": {name: value for name, value in issuer.items() if value},
        "image": {"id": url, "type": "Image"},
        "evidence": [{"id": url, "type": ["Evidence"], "name": url}],
        "credentialSubject": subject,
        "credentialSchema": [{"id": url, "type": "1EdTechJsonSchemaValidator2019"}],
        "refreshService": {"id": url, "type": "1EdTechCredentialRefresh"},
        "termsOfUse": [{"id": url, "type": "x:Terms"}],
        "credentialStatus": {
            "id": f"{url}#1",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": url,
        },
    }


def _judged(wire: Wire, url: str, did: str) -> tuple[str, str]:
    issuer = worlds.Issuer(did, worlds.new_issuer().key, worlds.new_issuer().account)
    members = {name: value for name, value in _everywhere(url, did).items() if name != "termsOfUse"}
    document = issuer.signed({**worlds.unsigned_badge(issuer), **members})
    chain = worlds.Chain()
    chain.enrol(issuer, accredited=False)
    verifier = Verifier((chain,), WebDirectory(allow_loopback=False), worlds.Noon())
    bundle: Bundle = Bundle(document, tuple(chain.anchor([document], issuer)))
    judged = verifier.verify(worlds.bundle_bytes(bundle.credential, bundle.receipts))
    assert worlds.check(judged, "format")[0] == "passed", judged.report.checks
    assert worlds.check(judged, "signature") == ("passed", "signed")
    assert wire.asked
    return worlds.told(judged)


@pytest.mark.parametrize(
    "did", ["did:web:inside.example", "did:web:127.0.0.1", "did:web:localhost%3A8080", "did:web:[::1]"]
)
def test_of_all_addresses_in_a_credential_two_are_asked_and_no_private_one_is_reached(did: str, wire: Wire) -> None:
    wire.answers = {"inside.example": [PRIVATE], "localhost": [PRIVATE], "metadata.example": ["169.254.169.254"]}

    verdict = _judged(wire, "https://metadata.example/x", did)

    assert verdict == ("undecided", "issuer-unconfirmed")
    assert set(wire.asked) <= {"inside.example", "127.0.0.1", "localhost", "::1", "metadata.example"}
    assert len(wire.asked) <= 2
    assert wire.connected == []


def test_public_sites_that_a_credential_names_are_asked_for_its_status_and_its_issuer_alone(wire: Wire) -> None:
    wire.answers = {"uni.example": [PUBLIC], "elsewhere.example": [PUBLIC]}

    _judged(wire, "https://elsewhere.example/x", "did:web:uni.example")

    assert sorted(wire.asked) == ["elsewhere.example", "uni.example"]
    assert wire.connected == [PUBLIC, PUBLIC]


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/plain,x",
        "gopher://127.0.0.1:25/",
    ],
)
def test_a_status_list_that_is_no_https_address_is_not_asked(url: str, wire: Wire) -> None:
    wire.answers = {"uni.example": [PUBLIC]}

    _judged(wire, url, "did:web:uni.example")

    assert wire.asked == ["uni.example"]
