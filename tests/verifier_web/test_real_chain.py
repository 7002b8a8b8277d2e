"""The page over the real verifier and a real chain; its own lines, pasted, give the answers that it expects."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from anchoring import contract_calls
from verifier_web.app import create_app
from verifier_web.recheck import recheck_view

if TYPE_CHECKING:
    from tests.devnet import LocalChain

ROOT = Path(__file__).parents[2]
CAST = shutil.which("cast") or str(ROOT / "node_modules" / ".bin" / "cast")
NEVER = 2**64 - 1
pytestmark = [pytest.mark.chain, pytest.mark.anyio]


async def _answers(anchored: Any, text: str) -> tuple[dict[str, Any], str]:
    app = create_app(anchored.verifier, networks={"local": anchored.network})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        report = await client.post("/v1/verifications", content=text, headers={"Content-Type": "application/json"})
        page = await client.post("/", files={"text": (None, text)})
    return report.json(), page.text


async def test_what_is_signed_and_anchored_is_verified_on_its_network(anchored: Any) -> None:
    report, page = await _answers(anchored, anchored.text)

    assert (report["verdict"], report["network"]) == ("verified", "local"), report
    assert "Verified on a local test chain." in page
    assert "Ada Okafor" in page
    assert "The test agency vouches for this name on the chain." in page


async def test_one_changed_letter_is_refused_as_altered(anchored: Any) -> None:
    report, page = await _answers(anchored, anchored.text.replace("Ada Okafor", "Eda Okafor"))

    assert (report["verdict"], report["reason"]) == ("not-verified", "altered")
    assert "It says it was issued to" in page


async def test_what_the_issuer_revokes_is_refused_at_once(anchored: Any, devnet: LocalChain) -> None:
    devnet.transact(anchored.issuer, contract_calls.revoke(anchored.issuer, [anchored.leaf], 2))

    report, page = await _answers(anchored, anchored.text)

    assert (report["verdict"], report["reason"]) == ("not-verified", "revoked")
    assert "issued in error" in page


@pytest.mark.skipif(not Path(CAST).exists(), reason="cast is not installed; run make install")
@pytest.mark.parametrize("revoked", [False, True])
def test_the_lines_of_the_page_give_the_answers_that_it_expects(
    anchored: Any,
    devnet: LocalChain,
    revoked: bool,  # noqa: FBT001
) -> None:
    if revoked:
        devnet.transact(anchored.issuer, contract_calls.revoke(anchored.issuer, [anchored.leaf], 2))
    view = recheck_view(anchored.verifier.verify(anchored.text.encode()), {"local": anchored.network})

    lines = [one for one in view.commands if one.text.startswith("cast call") and one.got and "…" not in one.got]
    names = [one.text.partition('"')[2].partition("(")[0] for one in lines]
    answers = [_pasted(one.text, view.commands[0].text) for one in lines]

    assert names == ["verify", "anchorOf", "statusOf"]
    assert answers == [one.got for one in lines]
    assert answers[0].startswith("3, " if revoked else "5, ")


@pytest.mark.skipif(not Path(CAST).exists(), reason="cast is not installed; run make install")
def test_the_other_lines_answer_as_their_sentences_say(anchored: Any) -> None:
    view = recheck_view(anchored.verifier.verify(anchored.text.encode()), {"local": anchored.network})

    calls = [one.text for one in view.commands if one.text.startswith("cast call")]
    answers = {call.partition('"')[2].partition("(")[0]: _pasted(call, view.commands[0].text) for call in calls}

    did_hash = next(one.got for one in view.commands if one.text.startswith("cast keccak"))
    assert answers["keyStatusAt"] == "2"
    assert answers["accreditationAt"].startswith("1, ")
    assert answers["accreditationAt"].endswith(', "Northbridge University"')
    assert answers["issuerOf"].startswith(did_hash)


def _pasted(text: str, export: str) -> str:
    """Run a line as a shell would, without one; numbers come with a readable form in brackets, which is dropped."""
    environment = {**os.environ, "ETH_RPC_URL": export.removeprefix("export ETH_RPC_URL=")}
    words = [CAST, *shlex.split(text)[1:]]
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603
    return ", ".join(answer.partition(" [")[0] for answer in done.stdout.splitlines())
