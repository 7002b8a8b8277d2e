"""A stage whose issuer somebody vouches for, so that a verifier can say yes; and any endpoints before its chain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from anchoring import contract_calls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.job_process import Ended
    from tests.faults.stage import Stage


def accredit(stage: Stage) -> str:
    """Let an agency vouch for the stage's issuer; return the agency's account."""
    agency, _ = stage.chain.new_account()
    data = contract_calls.accredit(stage.issuer, contract_calls.FOR_EVER, "Northfield University", "")
    stage.chain.transact(agency, data)
    return str(agency)


def set_endpoints(stage: Stage, urls: Sequence[str], agency: str) -> None:
    """Name the endpoints and the trusted agency in the home's networks.toml."""
    named = f'accreditors = [{{ address = "{agency}", name = "the agency" }}]'
    entry = f'[local]\nrpc_urls = {json.dumps(list(urls))}\ncontract = "{stage.chain.contract}"\n{named}\n'
    (stage.folder / "networks.toml").write_text(entry, "utf-8")


def exported(stage: Stage) -> Path:
    """Export everything, and return the first bundle."""
    out = stage.folder / "bundles"
    ended = stage.run("export", "--all", "--out", str(out))
    assert ended.code == 0, ended
    return min(out.glob("*.json"))


def verified(stage: Stage, *files: Path) -> Ended:
    """Judge files by the command line, one JSON report a line."""
    return stage.run("verify", "--json", *map(str, files))
