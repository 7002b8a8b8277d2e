"""Who vouches for the issuer of each component, named by what is proven of it."""

from __future__ import annotations

import sys
from typing import Any

from registry.api.components import components_of

worlds = sys.modules["services_world"]  # loaded by conftest.py


def shown(world: Any, components: list[Any], receipts: list[Any]) -> list[tuple[str, str]]:
    whole = worlds.stack(world.issuer, components)
    judged = world.judge(whole, [*world.chain.anchor([whole], world.issuer), *receipts])
    return [(one.tone, one.vouched) for one in components_of(judged)]


def test_each_component_says_who_vouches_for_its_own_issuer() -> None:
    world, college = worlds.World(), worlds.new_issuer("college")
    world.chain.enrol(college, accredited=False)
    world.web.name_account(college)
    mine, theirs = worlds.badge(world.issuer), worlds.badge(college)
    receipts = [*world.chain.anchor([mine], world.issuer), *world.chain.anchor([theirs], college)]

    assert shown(world, [mine, theirs], receipts) == [
        ("good", "the agency vouches on the chain for The University."),
        ("good", "Nobody vouches for did:web:college.example; its own web site confirms its account on the chain."),
    ]


def test_of_an_altered_component_no_issuer_is_vouched_for() -> None:
    world = worlds.World()
    mine = worlds.badge(world.issuer)
    receipts = world.chain.anchor([mine], world.issuer)

    [(tone, vouched)] = shown(world, [{**mine, "name": "Another"}], receipts)

    assert (tone, vouched) == (
        "bad",
        "It names did:web:uni.example as its issuer, and that is not confirmed.",
    )
