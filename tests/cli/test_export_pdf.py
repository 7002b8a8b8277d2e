"""PDF certificates by the real commands: exported, and verified as the file they are."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

if TYPE_CHECKING:
    from pathlib import Path

codes_in = sys.modules["tests_printed_codes"].codes_in
homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


@pytest.fixture(scope="module")
def home(issued_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a copy of the home: a certificate makes a share link."""
    return issued_home.copied(tmp_path_factory.mktemp("homes") / "printed")


@pytest.fixture(scope="module")
def certificates(home: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give the three credentials of the home as certificates."""
    out = tmp_path_factory.mktemp("certificates")
    assert home.do("export", "--all", "--as", "pdf", "--out", str(out)) == f"Wrote 3 files into {out}.\n"
    return sorted(out.iterdir())


def test_the_bundle_inside_is_byte_for_byte_the_exported_one(issued_home: Any, certificates: list[Path]) -> None:
    for path in certificates:
        [attached] = pypdf.PdfReader(io.BytesIO(path.read_bytes())).attachment_list
        assert attached.content == (issued_home.folder / "bundles" / f"{path.stem}.json").read_bytes()


def test_a_certificate_is_verified_as_its_bundle_is(issued_home: Any, certificates: list[Path]) -> None:
    bundles = [issued_home.folder / "bundles" / f"{path.stem}.json" for path in certificates]
    mine, expected = (
        [
            {**json.loads(line), "input": ""}
            for line in issued_home.do("verify", "--json", *map(str, files)).splitlines()
        ]
        for files in (certificates, bundles)
    )
    assert mine == expected
    assert {one["verdict"] for one in mine} == {"verified"}


def test_a_certificate_names_its_network_and_transaction(certificates: list[Path]) -> None:
    for path in certificates:
        reader = pypdf.PdfReader(io.BytesIO(path.read_bytes()))
        said = " ".join(reader.pages[0].extract_text().split())
        [receipt] = json.loads(reader.attachment_list.__next__().content)["receipts"]
        assert "a local test chain" in said
        assert receipt["anchors"][0]["transaction"] in said
        assert "Not anchored" not in said


def test_a_state_proof_goes_beside_a_certificate_too(home: Any, tmp_path: Path) -> None:
    home.do("export", "--all", "--as", "pdf", "--with-state", "--out", str(tmp_path))
    assert len(list(tmp_path.glob("*.state.json"))) == 3


@pytest.mark.parametrize("kind", ["missing", "empty"])
def test_a_fonts_folder_that_is_none_is_refused_and_nothing_is_written(
    issued_home: Any, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / kind
    if kind == "empty":
        folder.mkdir()
    out = tmp_path / "out"
    outcome = issued_home.run("export", "--all", "--as", "pdf", "--out", str(out), CREDANCHOR_FONTS=str(folder))
    assert outcome.code == 2
    assert str(folder) in outcome.err
    assert not out.exists()


def test_the_qr_code_leads_to_a_share_link_called_pdf_and_to_the_same_one_again(
    home: Any, certificates: list[Path], tmp_path: Path
) -> None:
    name = certificates[0].stem
    for folder in ("first", "second"):
        home.do("export", "--credential", name, "--as", "pdf", "--out", str(tmp_path / folder))

    [link], again = (codes_in((tmp_path / folder / f"{name}.pdf").read_bytes()) for folder in ("first", "second"))

    assert again == [link]
    assert re.fullmatch(r"http://localhost:9/c/[A-Za-z0-9_-]{22}", link)
    assert json.loads(home.do("links", name, "--json"))["link"] != link
