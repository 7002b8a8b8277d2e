"""Requests made to break a server: forms, headers and addresses that no browser sends."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import pytest
from starlette.requests import Request

from verifier_web import body
from verifier_web.body import FORM_BYTES, URLENCODED_BYTES, read_body
from verifier_web.errors import BodyTooSlowError

if TYPE_CHECKING:
    import httpx
    from starlette.types import Message

MULTIPART = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
END = b"--x--\r\n"
ROOM = FORM_BYTES - 1024
FORMS: dict[str, tuple[str, bytes, int]] = {
    "a million fields": (URLENCODED, b"a&" * (URLENCODED_BYTES // 2), 400),
    "a million letters written as numbers": (URLENCODED, b"text=" + b"%41" * (URLENCODED_BYTES // 3 - 2), 422),
    "more of them than are unpacked": (URLENCODED, b"text=" + b"%41" * (URLENCODED_BYTES // 3), 413),
    "percent signs without numbers": (URLENCODED, b"text=%zz%&again=%", 422),
    "many parts": (MULTIPART, b"".join(PART % (b"a%d" % at, b"x") for at in range(5_000)) + END, 400),
    "one field many times": (MULTIPART, PART % (b"text", b"x") * 5_000 + END, 400),
    "a part with very many headers": (MULTIPART, b"--x\r\n" + b"a:b\r\n" * (ROOM // 5) + b"\r\n\r\n" + END, 400),
    "a part with a very long header": (MULTIPART, b"--x\r\na:" + b"b" * ROOM + b"\r\n\r\n" + END, 400),
    "a part without a name": (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END, 400),
    "a part that does not end": (MULTIPART, (PART % (b"text", b"x"))[:-2], 422),
    "almost its boundary very often": (MULTIPART, PART % (b"text", b"\r\n--y" * (ROOM // 6)) + END, 413),
    "nothing but line breaks": (MULTIPART, b"\r\n" * (ROOM // 2), 422),
    "a boundary that is very long": (f"multipart/form-data; boundary={'x' * 5_000}", b"--" + b"x" * ROOM, 400),
    "a boundary in other letters": ("multipart/form-data; boundary=\u00e9", b"--\xe9\r\n", 422),
    "no boundary": ("multipart/form-data", b"--x\r\n" + END, 400),
    "a charset that is none": (f"{MULTIPART}; charset=utf-7", PART % (b"text", b"+ADw-") + END, 415),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_hostile_form_is_answered_with_a_page(name: str, visitor: httpx.Client) -> None:
    kind, content, status = FORMS[name]

    answer = visitor.post("/", content=content, headers={"Content-Type": kind.encode("latin-1")})  # type: ignore[dict-item]

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "filename",
    [
        "../../etc/passwd",
        "C:\\\\x",
        "a\0b",
        "\u202egnp.exe",
        "<script>alert(1)</script>.json",
        "x" * 100_000,
        "{{7*7}}",
    ],
)
def test_a_files_name_is_a_word_and_no_path(filename: str, visitor: httpx.Client) -> None:
    answer = visitor.post("/", files={"file": (filename, b"hello")})

    assert answer.status_code in {400, 422}
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize(
    "path", ["/static/%00", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/" + "a" * 9000]
)
def test_an_address_below_the_static_files_leads_to_no_other_file(path: str, visitor: httpx.Client) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(
    "host", ["[", "a:b:c", 'x"><script>alert(1)</script>', "a..b", "user@evil.example", "x:99999999", "%00"]
)
def test_the_page_survives_any_host_header_and_escapes_it(host: str, visitor: httpx.Client) -> None:
    answer = visitor.get("/", headers={"Host": host})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("recipient", "status"),
    [("%ff", 400), ("a" * 10_000, 400), ("%00", 422), ("%zz", 422), ("%E2%80%AE", 422), ("{}", 422)],
)
def test_any_recipient_header_is_answered(recipient: str, status: int, visitor: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Credanchor-Recipient": recipient}
    assert visitor.post("/v1/verifications", content=b"{}", headers=headers).status_code == status


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: -1",
        b"Content-Length: 1e9",
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff",
        b"Content-Length: 99999999999",
        b"X: " + b"a" * 200_000,
        b"\0: x",
        b"Folded: a\r\n b\r\nContent-Length: 2",
    ],
)
def test_a_hostile_head_is_refused_and_others_are_served(head: bytes, hostile_site: str, visitor: httpx.Client) -> None:
    at = urlsplit(hostile_site)
    assert at.hostname is not None
    request = b"POST /v1/verifications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + head + b"\r\n\r\n{}"
    answer = b""
    # A server that has read enough may close while the rest is still being sent.
    with contextlib.suppress(OSError), socket.create_connection((at.hostname, at.port or 0), 30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(100)

    assert answer.split(b" ")[1:2] != [b"500"]
    assert visitor.get("/healthz").status_code == 200


@pytest.mark.parametrize("content", [b"\n" * 16_000_000, b"{}\n" * 5_001])
def test_more_lines_than_are_judged_are_refused_before_they_are_taken_apart(
    content: bytes, visitor: httpx.Client
) -> None:
    answer = visitor.post("/v1/verifications/batch", content=content, headers={"Content-Type": "application/x-ndjson"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_body_that_does_not_arrive_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", 0.01)

    async def silence() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def read() -> bytes:
        return await read_body(Request({"type": "http", "headers": []}, silence))

    with pytest.raises(BodyTooSlowError):
        anyio.run(read)
