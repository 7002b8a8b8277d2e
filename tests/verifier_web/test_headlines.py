"""One sentence at the top of the page for each situation that people meet, and no two alike."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from tests.verifier_web.made import FakeVerifier

pytestmark = pytest.mark.anyio

HEADLINES = {
    "on_main_network": "Verified on Ethereum.",
    "not_final": "Cannot tell yet: the anchor waits to become final; this resolves by itself.",
    "altered": "Not verified: the content was altered after it was signed.",
    "revoked": "Not verified: the issuer revoked it.",
    "suspended": "Not verified: the issuer has suspended it.",
    "expired": "Not verified: it has expired.",
    "not_yet_valid": "Not verified: it is not valid yet.",
    "not_anchored": "Not verified: the issuer did not anchor it.",
    "by_somebody_else": "Not verified: it was anchored by somebody other than the named issuer.",
    "unconfirmed": "Cannot tell: nobody you trust confirms who the issuer is.",
    "key_retired": "Not verified: it was anchored after the issuer had retired the signing key.",
    "unreachable": "Cannot tell: the chain could not be reached.",
    "wrong_network": "Cannot tell: it was anchored on a network that this verifier does not accept.",
    None: "This is plain text, not a credential.",
}
"""The headline of each situation, by the builder that makes it; None for what is not a credential."""


async def _headline(client: httpx.AsyncClient, text: str) -> str:
    page = (await client.post("/", data={"text": text})).text
    [headline] = re.findall(r'<h1 id="verdict"[^>]*>([^<]*)</h1>', page)
    return unescape(headline)


async def test_each_of_the_fourteen_situations_has_its_own_headline(
    client: httpx.AsyncClient, verifier: FakeVerifier, made: ModuleType
) -> None:
    shown: dict[str | None, str] = {}
    for change in HEADLINES:
        verifier.change = getattr(made, change) if change else verifier.change
        shown[change] = await _headline(client, made.bundle_text() if change else "Dear team, I finished.")

    assert shown == HEADLINES
    assert len(set(shown.values())) == 14
