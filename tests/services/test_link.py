"""A share link is followed once, to nothing but a credential, and a bounded number of times in one run."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from registry.core.errors import InputError, LinkElsewhereError, LinkUnreachableError
from registry.services.kinds import Kind, kind_of, link_in
from registry.services.link import MAX_LINKS

worlds = sys.modules["services_world"]  # loaded by conftest.py
URL = "https://uni.example/c/abc"


@pytest.fixture
def world() -> Any:
    world = worlds.World()
    badge = worlds.badge(world.issuer)
    world.web.contents[URL] = worlds.bundle_bytes(badge, world.chain.anchor([badge], world.issuer))
    return world


@pytest.mark.parametrize("data", [URL.encode(), f"\ufeff \n{URL}\r\n".encode()])
def test_a_link_is_judged_by_the_bundle_behind_it(world: Any, data: bytes) -> None:
    judged = world.verifier.verify(data)

    assert worlds.told(judged) == ("verified", "verified")
    assert judged.bundle.receipts
    assert world.web.asked == [URL]


def test_a_link_answers_for_the_person_who_was_asked_for(world: Any) -> None:
    assert worlds.told(world.verifier.verify(URL.encode(), "Eda Okafor")) == ("not-verified", "another-recipient")


@pytest.mark.parametrize("content", [b"<html>a page</html>", b"%PDF-1.7", b"{", b"", b"https://uni.example/c/other"])
def test_a_link_to_anything_else_is_told_what_it_leads_to_and_no_further_link_is_followed(
    world: Any, content: bytes
) -> None:
    world.web.contents[URL] = content

    with pytest.raises(
        LinkElsewhereError, match=r"^The link https://uni.example/c/abc leads to something else\. .*\.$"
    ):
        world.verifier.verify(URL.encode())
    assert world.web.asked == [URL]


def test_a_link_that_leads_nowhere_is_unreachable_and_not_invalid(world: Any) -> None:
    with pytest.raises(LinkUnreachableError, match=r"could not be followed: .* could not be read\.$"):
        world.verifier.verify(b"https://uni.example/c/nothing")


def test_many_are_followed_in_one_run_up_to_a_limit_and_each_error_stands_alone(world: Any) -> None:
    inputs = [URL.encode()] * (MAX_LINKS - 1) + [b"https://uni.example/c/nothing", URL.encode(), b"no link"]

    judged = world.verifier.many().verify(inputs)

    assert {worlds.told(one) for one in judged[:-3]} == {("verified", "verified")}
    assert isinstance(judged[-3], LinkUnreachableError)
    assert "at once are not followed" in str(judged[-2])
    assert isinstance(judged[-1], InputError)
    assert len(world.web.asked) == MAX_LINKS


def test_many_are_compared_with_one_person(world: Any) -> None:
    (judged,) = world.verifier.many().verify([URL.encode()], "Eda Okafor")

    assert worlds.told(judged) == ("not-verified", "another-recipient")


@pytest.mark.parametrize(
    "data",
    [
        b"see https://uni.example/c/abc",
        b"https://uni.example/c/abc https://uni.example/c/abd",
        "https://ünï.example/c/abc".encode(),
        b"https://uni.example/\x00",
        b"file:///etc/passwd",
        b"https://",
        b"https://" + b"a" * 2049,
    ],
)
def test_a_link_is_one_whole_plain_web_address(data: bytes) -> None:
    assert link_in(data) is None
    assert kind_of(data) is not Kind.LINK
