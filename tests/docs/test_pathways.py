"""The pathway and the picture in docs/pathways.md are what the code reads and draws."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from registry.credentials.pathway_file import Offered, parse_pathway
from registry.credentials.pathway_picture import pathway_picture
from registry.credentials.pathway_progress import progress

if TYPE_CHECKING:
    from registry.credentials.pathway import Pathway

made = sys.modules["tests_pathways"]  # loaded by tests/conftest.py
DOCS = Path(__file__).parents[2] / "docs"
UNI, ADDRESS = "did:web:northfield.example", "https://northfield.example/achievements"
FILE = DOCS / "example" / "data-practice.json"


def example() -> tuple[Pathway, str]:
    """Return the example's pathway, with the achievements that it names, and its unit."""
    value = json.loads(FILE.read_text("utf-8"))
    unit = value["components"][2]["creditSystem"]
    names = {
        "data-foundations": "Data Foundations",
        "statistics": "Statistics",
        "data-ethics": "Data Ethics",
        "data-practice-certificate": "Certificate in Data Practice",
    }
    offered = [Offered(f"{ADDRESS}/{one}", one, UNI, name, Decimal(4), unit) for one, name in names.items()]
    return parse_pathway(value, offered), unit


def drawn() -> str:
    """Return the picture of somebody who has begun the example's pathway."""
    pathway, unit = example()
    given = replace(made.held("data"), achievement=f"{ADDRESS}/data-foundations", issuer=UNI, unit=unit)
    known = replace(given, id="urn:uuid:known", achievement=f"{ADDRESS}/statistics", recognised=True)
    return pathway_picture(pathway, progress(pathway, [given, known]))


def test_the_example_is_a_pathway() -> None:
    pathway, _ = example()

    assert [one.name for one in pathway.components][:2] == ["Data Foundations", "Data Law"]
    assert pathway.minimum_credits == Decimal("10.5")


def test_the_picture_in_the_docs_is_the_one_that_is_drawn() -> None:
    assert (DOCS / "pathway.svg").read_text("utf-8") == drawn()


def test_the_docs_show_the_example_and_every_rule_by_which_one_is_refused() -> None:
    text = (DOCS / "pathways.md").read_text("utf-8")
    source = (DOCS.parent / "registry" / "credentials" / "pathway_file.py").read_text("utf-8")

    rules = set(re.findall(r'PathwayError\(\s*"([a-z-]+)"', source)) - {"form"}
    assert FILE.read_text("utf-8") in text
    assert rules
    assert not [rule for rule in rules if f"`{rule}`" not in text]
