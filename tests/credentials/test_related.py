from __future__ import annotations

import base64
import hashlib

import pytest

from registry.credentials.contexts import SERVED, VC_CONTEXT, context_bytes
from registry.credentials.keys import multibase
from registry.credentials.related import digest_problems

DATA = context_bytes(VC_CONTEXT)
PREFIXES = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}


def sri(name: str, data: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def multihash(name: str, data: bytes) -> bytes:
    return PREFIXES[name] + hashlib.new(name, data).digest()


def base64url(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def problems(**digest: object) -> list[str]:
    return [*digest_problems([{"id": VC_CONTEXT, **digest}])]


@pytest.mark.parametrize("name", PREFIXES)
def test_the_digest_of_a_context_that_we_hold_is_compared_in_every_way_it_is_written(name: str) -> None:
    for data, count in ((DATA, 0), (DATA + b" ", 1)):
        assert len(problems(digestSRI=sri(name, data))) == count
        assert len(problems(digestMultibase=base64url(multihash(name, data)))) == count
        assert len(problems(digestMultibase=multibase(multihash(name, data)))) == count


def test_the_digest_that_the_data_model_prints_is_that_of_our_file() -> None:
    digest = bytes.fromhex(SERVED[VC_CONTEXT][1])
    assert not problems(digestSRI=f"sha256-{base64.b64encode(digest).decode()}")


def test_of_several_digests_the_strongest_decides() -> None:
    good, bad = sri("sha512", DATA), sri("sha256", b"")
    assert not problems(digestSRI=f"{bad} {good}?type=x")
    assert problems(digestSRI=f"{sri('sha256', DATA)} {sri('sha512', b'')}")


@pytest.mark.parametrize("written", ["", "md5-AAAA", "sha256", "sha256-!", 7])
def test_a_digest_that_cannot_be_read_is_no_match(written: object) -> None:
    assert problems(digestSRI=written)


@pytest.mark.parametrize("written", ["", "u", "u!", "zz0", "m" + "A" * 48, base64url(b"\x16\x20" + bytes(32)), 7])
def test_a_multihash_that_cannot_be_read_is_no_match(written: object) -> None:
    assert problems(digestMultibase=written)


def test_of_what_we_do_not_hold_nothing_is_said() -> None:
    assert not [*digest_problems([{"id": "https://uni.example/file", "digestSRI": "sha256-AAAA"}])]
