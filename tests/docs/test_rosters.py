"""What docs/rosters.md says of the exports and of mapping files is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry.credentials.exports import EXPORTS, ONEROSTER, Export
from registry.credentials.fields import FIELDS, plain
from registry.credentials.mapping_file import parse_mapping_file
from registry.credentials.oneroster import CLASS, COURSE, ENROLLMENT, RESULT, USER

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "rosters.md").read_text("utf-8")


def test_the_mapping_file_shown_is_one() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    told = parse_mapping_file(shown.encode(), file="rosters.md")
    assert (told.delimiter, told.encoding, told.line_item, len(told.columns)) == (";", "windows-1252", "Final grade", 3)


def test_every_field_is_named() -> None:
    assert [field for field in FIELDS if f"`{field}`" not in PAGE] == []


@pytest.mark.parametrize("export", [export for export in EXPORTS if export is not ONEROSTER], ids=lambda one: one.name)
def test_every_column_that_is_read_of_an_export_is_named(export: Export) -> None:
    page = plain(PAGE)
    assert [column for column in export.columns if column not in page] == []


def test_every_column_of_a_oneroster_row_is_named() -> None:
    assert [
        name for part in (ENROLLMENT, USER, CLASS, COURSE, RESULT) for name in part if f".{name}`" not in PAGE
    ] == []


def test_every_link_leads_to_a_file() -> None:
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", PAGE) if not (DOCS / link).exists()] == []
