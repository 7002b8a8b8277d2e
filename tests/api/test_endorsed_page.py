"""The credential page names endorsers by what is proven, and says whether each endorsement stands."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from registry import api
from registry.api import labels
from registry.api.page import Page, Place, page_of
from registry.credentials.endorsement import endorsed_object, without_endorsements
from registry.services.succession import Succession

worlds = sys.modules["services_world"]  # loaded by tests/api/conftest.py
HOSTILE = "Best\u202e <script>alert(1)</script>"


def endorsed_page() -> Page:
    """Return the page of a badge that three endorse: one accredited, one who withdrew it, one whom nobody confirms."""
    world = worlds.World()
    guild, former, nobody = (worlds.new_issuer(name) for name in ("guild", "former", "nobody"))
    for issuer in (guild, former, nobody):
        world.chain.enrol(issuer, accredited=issuer is not nobody)
    words = [
        worlds.endorsement(guild),
        worlds.endorsement(former),
        worlds.endorsement(nobody, endorsementComment=HOSTILE),
    ]
    receipts = [
        one for word, by in zip(words, (guild, former, nobody), strict=True) for one in world.chain.anchor([word], by)
    ]
    world.chain.revoke(words[1], former)
    document = worlds.badge(world.issuer, words)
    return page_of(
        world.judge(document, [*world.chain.anchor([document], world.issuer), *receipts]),
        Place("../", "token", "", ""),
        Succession(),
    )


def test_each_endorsement_is_shown_with_endorser_comment_and_standing() -> None:
    page = endorsed_page()

    assert [word.tone for word in page.endorsements] == ["good", "bad", "open"]
    assert [word.endorser for word in page.endorsements] == ["The University", "The University", labels.UNCONFIRMED]
    assert [word.standing for word in page.endorsements[:2]] == [
        "It stands.",
        "Withdrawn: the issuer revoked it on 22 November 2026.",
    ]
    assert page.endorsements[2].standing.startswith("It does not stand. Cannot tell: nobody you trust confirms")
    assert page.tone == "good"


def test_an_endorsers_words_are_text_and_nothing_else() -> None:
    loader = FileSystemLoader(Path(api.__file__).parent / "templates")
    templates = Environment(loader=loader, autoescape=True, undefined=ChainableUndefined)  # a preview is none of it
    text = templates.get_template("credential.html").render(page=endorsed_page())

    assert text.count("<blockquote") == 3
    assert labels.UNCONFIRMED in text
    assert "Best &lt;script&gt;" in text
    assert "\u202e" not in text


def test_an_achievements_address_answers_with_the_bytes_that_are_endorsed(site: Any) -> None:
    [row] = [one for one in site.store.achievements() if one.short_id == "data-foundations"]
    answer = site.get("/issuers/northfield/achievements/data-foundations")

    assert json.loads(answer.content) == without_endorsements(row.document)
    digest = endorsed_object(row.document).digest
    assert digest == endorsed_object(json.loads(answer.content)).digest
    assert digest == hashlib.sha256(answer.content).digest()
