"""Many credentials judged together are judged as each by itself, and chains and web sites are asked far less."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.errors import InputError, ProfileUnavailableError
from registry.services import web_memory

if TYPE_CHECKING:
    from collections.abc import Callable

worlds = sys.modules["services_world"]  # loaded by conftest.py
URL = "https://uni.example/status/0"


@pytest.fixture
def world() -> Any:
    return worlds.World()


def a_batch(world: Any, size: int, **members: Any) -> list[bytes]:
    documents = [worlds.badge(world.issuer, **members) for _ in range(size)]
    receipts = world.chain.anchor(documents, world.issuer)
    return [worlds.bundle_bytes(one, [receipt]) for one, receipt in zip(documents, receipts, strict=True)]


def every_kind(world: Any) -> list[bytes]:
    """Return inputs that end in every verdict, for many reasons."""
    sound, revoked, altered, alone, listed = (worlds.badge(world.issuer) for _ in range(5))
    receipts = world.chain.anchor([sound, revoked, altered], world.issuer)
    world.chain.revoke(revoked, world.issuer)
    never = worlds.receipts_for([sound], world.issuer, worlds.NETWORK.chain_id)
    elsewhere = worlds.receipts_for([sound], world.issuer, 5)
    stranger = worlds.new_issuer("stranger")
    theirs = worlds.badge(stranger)
    world.web.name_account(world.issuer)
    world.web.registries["https://uni.example/receipts", listed["id"]] = world.chain.anchor([listed], world.issuer)
    world.web.documents[URL] = worlds.status_list(world.issuer, URL, [7])
    on_a_list = worlds.badge(world.issuer, status_url=URL)
    endorsed = worlds.badge(world.issuer, [worlds.endorsement(world.issuer)])
    return [
        worlds.bundle_bytes(sound, receipts[:1]),
        worlds.bundle_bytes(revoked, receipts[1:2]),
        worlds.bundle_bytes({**altered, "name": "Professor"}, receipts[2:]),
        worlds.bundle_bytes(sound, receipts),
        worlds.bundle_bytes(sound, never),
        worlds.bundle_bytes(sound, elsewhere),
        worlds.bundle_bytes(alone),
        worlds.bundle_bytes(listed),
        worlds.bundle_bytes(theirs, worlds.receipts_for([theirs], stranger, worlds.NETWORK.chain_id)),
        worlds.bundle_bytes(on_a_list, world.chain.anchor([on_a_list], world.issuer)),
        worlds.bundle_bytes(endorsed, world.chain.anchor([endorsed], world.issuer)),
        b"no credential at all",
        json.dumps({"credential": "eyJhbGciOiJFZERTQSJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln", "receipts": []}).encode(),
    ]


def outcome(judge: Callable[[], Any]) -> Any:
    try:
        judged = judge()
    except InputError as error:
        return type(error), str(error)
    return (type(judged), str(judged)) if isinstance(judged, InputError) else judged.report


@pytest.mark.parametrize("chain", ["up", "down"])
def test_each_is_judged_as_it_would_be_alone(world: Any, chain: str) -> None:
    inputs = every_kind(world)
    world.chain.down = chain == "down"

    together = world.verifier.many().verify(inputs)

    alone = [outcome(lambda data=data: world.verifier.verify(data)) for data in inputs]
    assert [outcome(lambda one=one: one) for one in together] == alone
    assert len({str(getattr(one, "reason", one)) for one in alone}) >= (8 if chain == "up" else 5)


def test_the_chain_is_asked_about_all_of_them_at_once(world: Any) -> None:
    inputs = a_batch(world, 20)
    asked: list[int] = []
    facts_of = world.chain.facts_of

    def counted(questions: Any) -> Any:
        asked.append(len(questions))
        return facts_of(questions)

    world.chain.facts_of = counted

    judged = world.verifier.many().verify(inputs)

    assert {one.report.verdict.value for one in judged} == {"verified"}
    assert asked == [20]
    assert world.chain.asked == 20  # none of them was asked once more by itself


def test_a_web_site_is_asked_once_in_a_run_whether_it_answers_or_not(world: Any) -> None:
    world.chain.accredited.clear()
    world.web.documents[URL] = worlds.status_list(world.issuer, URL, [])
    many = world.verifier.many()

    first = many.verify(a_batch(world, 3, status_url=URL))
    later = many.verify(a_batch(world, 3, status_url=URL))

    assert {one.report.reason for one in (*first, *later)} == {"issuer-unconfirmed"}
    assert sorted(world.web.asked) == [world.issuer.did, URL]


def test_what_is_remembered_of_web_sites_is_bounded(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_memory, "MAX_CHARACTERS", 2 * web_memory.EACH_CHARACTERS)
    world.web.documents = {str(number): number for number in range(4)}
    memory = web_memory.WebMemory(world.web, worlds.Noon(), 60)

    assert [memory.document(str(number)) for number in (0, 1, 2, 3, 3)] == [0, 1, 2, 3, 3]
    assert world.web.asked == ["0", "1", "2", "3"]
    assert len(memory._known) <= 2


def test_none_at_all_asks_nobody(world: Any) -> None:
    assert world.verifier.many().verify([]) == []
    assert (world.chain.asked, world.web.asked) == (0, [])


def test_a_long_document_counts_by_its_length(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_memory, "MAX_CHARACTERS", 100_000)
    world.web.documents = {str(number): {"list": "A" * 40_000} for number in range(3)}
    memory = web_memory.WebMemory(world.web, worlds.Noon(), 60)

    for name in ("0", "1", "2", "2", "1", "0"):
        memory.document(name)

    assert world.web.asked == ["0", "1", "2", "0"]


def test_what_is_remembered_is_asked_again_once_it_is_too_old(world: Any) -> None:
    clock = Ticking(worlds.NOW)
    memory = web_memory.WebMemory(world.web, clock, 30)
    world.web.documents["a"] = {"version": 1}

    first = memory.document("a")
    with pytest.raises(ProfileUnavailableError):
        memory.document("b")
    world.web.documents |= {"a": {"version": 2}, "b": {"version": 2}}
    clock.at += timedelta(seconds=29)
    second = memory.document("a")
    with pytest.raises(ProfileUnavailableError):
        memory.document("b")
    clock.at += timedelta(seconds=2)

    assert (first, second) == ({"version": 1}, {"version": 1})
    assert memory.document("a") == memory.document("b") == {"version": 2}
    assert world.web.asked == ["a", "b", "a", "b"]


@dataclass
class Ticking:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at
