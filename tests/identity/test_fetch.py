"""Fetching from strangers' web sites: public HTTPS only, bounded, no redirects; loopback only where allowed."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.errors import ProfileUnavailableError
from registry.identity import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/good": (200, {}, b'{"a": 1}'),
    "/moved": (302, {"Location": "/good"}, b""),
    "/page": (200, {}, b"<html>"),
    "/twice": (200, {}, b'{"a": 1, "a": 2}'),
    "/missing": (404, {}, b"{}"),
    "/broken": (500, {}, b"{}"),
    "/large": (200, {}, b'"' + b"x" * 2000 + b'"'),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked.append(self.path)
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


asked: list[str] = []


@pytest.fixture
def site() -> Iterator[str]:
    asked.clear()
    with serving() as url:
        yield url


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[str]:
    server = HTTPServer((host, 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://{host}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_json_is_fetched_from_loopback_where_that_is_allowed(site: str) -> None:
    assert fetch.fetch_json(f"{site}/good", allow_loopback=True) == {"a": 1}


def test_a_did_webs_https_address_is_read_plainly_on_loopback(site: str) -> None:
    assert fetch.fetch_json(f"{site}/good".replace("http:", "https:"), allow_loopback=True) == {"a": 1}


@pytest.mark.parametrize("path", ["/moved", "/page", "/twice", "/missing", "/broken"])
def test_anything_but_json_in_place_is_unavailable(site: str, path: str) -> None:
    with pytest.raises(ProfileUnavailableError, match=r"could not be read|is no JSON document"):
        fetch.fetch_json(site + path, allow_loopback=True)
    assert asked == [path]


def test_a_document_that_is_too_large_is_unavailable(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 2001)
    with pytest.raises(ProfileUnavailableError, match="more than 2,001 bytes"):
        fetch.fetch_json(f"{site}/large", allow_loopback=True)


def test_loopback_is_refused_unless_allowed(site: str) -> None:
    with pytest.raises(ProfileUnavailableError, match="could not be read"):
        fetch.fetch_json(f"{site}/good", allow_loopback=False)
    assert asked == []


def test_allowing_loopback_names_three_hosts_and_no_neighbour_of_theirs() -> None:
    asked.clear()
    with serving("127.0.0.2") as neighbour, pytest.raises(ProfileUnavailableError):
        fetch.fetch_json(f"{neighbour}/good", allow_loopback=True)
    assert asked == []


def test_a_silent_server_is_waited_for_no_longer_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(ProfileUnavailableError, match="could not be read"):
            fetch.fetch_json(url, allow_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/did.json",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://localhost/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "https://",
        "https://[",
        "https://user:secret@10.0.0.1/",
        "not a url",
        "",
        "https://\x00/",
        "https://" + "a" * 5000,
    ],
)
def test_everything_but_public_https_is_refused(url: str) -> None:
    with pytest.raises(ProfileUnavailableError):
        fetch.fetch_json(url, allow_loopback=False)


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "file:///etc/passwd", "https://127.0.0.1.nip.example/", "https://[", "http://0.0.0.0/"]
)
def test_allowing_loopback_allows_nothing_else(url: str) -> None:
    with pytest.raises(ProfileUnavailableError):
        fetch.fetch_json(url, allow_loopback=True)


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def private(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", private)
    with pytest.raises(ProfileUnavailableError):
        fetch.fetch_json("https://innocent.example/", allow_loopback=False)
