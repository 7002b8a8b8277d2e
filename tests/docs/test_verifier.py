"""docs/verifier.md names every metric, and the limits that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from registry.chain.kept_facts import MAX_KEPT
from registry.services.link import MAX_LINKS
from registry.services.web_memory import MAX_CHARACTERS, PUBLIC_SECONDS
from verifier_web import batch, body, buckets, desk, readiness
from verifier_web.metrics import Metrics

TEXT = (Path(__file__).parents[2] / "docs" / "verifier.md").read_text("utf-8")
MEBIBYTE = 1024 * 1024


def test_every_metric_is_told_and_no_other() -> None:
    served = {family.name + ("_total" if family.type == "counter" else "") for family in Metrics().registry.collect()}

    assert set(re.findall(r"^\| `(credanchor_\w+)` \|", TEXT, re.MULTILINE)) == served


def test_every_limit_is_the_codes() -> None:
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|", TEXT, re.MULTILINE))

    assert f", {buckets.PER_MINUTE} unless" in rows["requests of one client"]
    assert rows["checks at once, and waiting"] == f"{desk.AT_ONCE} and {desk.WAITING}"
    sizes = f"{body.MAX_BYTES // MEBIBYTE} MiB, a batch {batch.MAX_BYTES // MEBIBYTE} MiB; {body.BODY_SECONDS} seconds"
    assert rows["a body; its time"] == sizes
    assert rows["a check; a batch"] == f"{desk.SECONDS} seconds; {batch.SECONDS} seconds"
    assert rows["links followed in one request"] == str(MAX_LINKS)
    assert f"{MAX_KEPT:,} credentials" in TEXT
    assert f"| {PUBLIC_SECONDS} seconds | {MAX_CHARACTERS // MEBIBYTE} MiB |" in TEXT
    assert readiness.LATELY_SECONDS == 60  # "in the last minute"
