"""OneRoster exports through the real command: folders, archives, and archives that mean harm."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.cli.oneroster_files import ArchiveFiles, FolderFiles
from registry.core.errors import RosterError

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
EXPORT = homes.EXAMPLE / "oneroster"
MAPPING = ("--mapping", str(homes.EXAMPLE / "mappings" / "oneroster.toml"))


@pytest.fixture
def home(issued_home: Any, tmp_path: Path) -> Any:
    return issued_home.copied(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(EXPORT, tmp_path / "lists" / "spring")


def packed(path: Path, *, inside: str = "", **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(EXPORT.iterdir()):
            archive.writestr(zipfile.ZipInfo(inside + file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
        for name, data in more.items():
            archive.writestr(name, data)
    return path


@pytest.mark.chain
@pytest.mark.xdist_group("home")
class TestThroughTheCommand:
    def test_a_folder_is_issued_and_an_archive_of_it_is_the_same_roster(self, home: Any, tmp_path: Path) -> None:
        said = home.do("issue", str(EXPORT), *MAPPING)
        assert "user.email -> identifier" in said
        assert '2 rows do not count as completed and are passed over: 1 by "result.scoreStatus", 1 by "enroll' in said
        assert "Issued 2 credentials." in said
        again = home.do("issue", str(packed(tmp_path / "spring.ZIP")), *MAPPING, "--json")
        assert json.loads(again) == {"issued": 0, "skipped": 2, "notCompleted": 2}

    def test_without_a_mapping_file_the_achievement_is_named_by_the_command(self, home: Any, folder: Path) -> None:
        manifest = folder / "manifest.csv"
        manifest.write_text(manifest.read_text("utf-8").replace("results,bulk", "results,absent"))
        options = ("--achievement", "data-foundations", "--awarded-on", "2026-05-31")
        assert json.loads(home.do("issue", str(folder), *options, "--json"))["issued"] == 3

    def test_a_dangling_reference_is_refused_before_anything_is_signed(self, home: Any, folder: Path) -> None:
        enrolments = folder / "enrollments.csv"
        enrolments.write_text(enrolments.read_text("utf-8").replace("org-1,u-3", "org-1,u-9"))
        outcome = home.run("issue", str(folder), *MAPPING, "--skip-bad")
        assert outcome.code == 2
        assert f"{enrolments}, row 4, column \"userSourcedId\": 'u-9' is not in users.csv" in outcome.err
        assert "Nothing was issued" in outcome.err
        assert home.run("anchor", "run").code == 4
        assert [path.name for path in folder.parent.iterdir()] == ["spring"]

    def test_failing_rows_are_written_beside_the_folder_and_read_back(self, home: Any, folder: Path) -> None:
        users = folder / "users.csv"
        users.write_text(users.read_text("utf-8").replace("20453,", ","))
        outcome = home.run("issue", str(folder), *MAPPING, "--skip-bad", "--json")
        assert (json.loads(outcome.out)["issued"], outcome.code) == (1, 1)
        failed = folder.with_name("spring.failed.csv")
        text = failed.read_text("utf-8-sig")
        assert "nothing identifies the recipient" in text
        failed.write_text(text.replace('"lwei",""', '"lwei","20453"'), "utf-8")
        assert json.loads(home.do("issue", str(failed), *MAPPING, "--json"))["issued"] == 1

    def test_the_folder_one_stands_in_is_read_and_its_failing_rows_lie_beside_it(
        self, home: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        users = folder / "users.csv"
        users.write_text(users.read_text("utf-8").replace("20453,", ","))
        assert home.run("issue", ".", *MAPPING).code == 2
        assert folder.with_name("spring.failed.csv").exists()


def read(path: Path, name: str = "manifest.csv") -> bytes:
    return b"".join(ArchiveFiles(path).chunks(name))


def test_a_member_under_a_path_is_not_the_file_at_the_top(tmp_path: Path) -> None:
    for inside in ("../", "/", "spring/"):
        with pytest.raises(RosterError, match=r"has 0 files manifest\.csv at its top level"):
            read(packed(tmp_path / "spring.zip", inside=inside))


def test_a_file_that_an_archive_has_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = packed(tmp_path / "spring.zip", **{"manifest.csv": b"propertyName,value\n"})
    with pytest.raises(RosterError, match="has 2 files"):
        read(path)


def test_a_bomb_is_read_no_further_than_a_table_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.cli.oneroster_files.MAX_MEMBER_BYTES", 1_000_000)
    path = packed(tmp_path / "spring.zip", bomb=b"\0" * 50_000_000)
    chunks: list[bytes] = []
    with pytest.raises(RosterError, match="longer than 1,000,000 bytes"):
        chunks.extend(ArchiveFiles(path).chunks("bomb"))
    assert sum(map(len, chunks)) <= 1_000_000


def test_a_file_of_a_folder_is_read_no_further_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.cli.oneroster_files.MAX_MEMBER_BYTES", 10)
    with pytest.raises(RosterError, match="longer than 10 bytes"):
        list(FolderFiles(folder).chunks("users.csv"))


def test_an_archive_with_too_many_members_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "spring.zip", **{f"more{number}": b"" for number in range(1000)})
    with pytest.raises(RosterError, match="at most 1,000"):
        read(path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "spring.zip")
    data = bytearray(path.read_bytes())
    name = data.index(b"users.csv")
    data[name + 20 : name + 60] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(RosterError, match="cannot be read"):
        read(path, "users.csv")


def test_an_archive_with_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "spring.zip", ñ=b"")
    path.write_bytes(path.read_bytes().replace("ñ".encode(), b"\xf0\x20"))
    with pytest.raises(RosterError, match="cannot be read"):
        read(path)


@settings(max_examples=100)
@given(data=st.data())
def test_whatever_happened_to_an_archive_it_is_read_or_refused(tmp_path_factory: Any, data: st.DataObject) -> None:
    path = packed(tmp_path_factory.mktemp("archives") / "spring.zip")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path.write_bytes(content)
    with suppress(RosterError):
        for name in ("manifest.csv", "users.csv", "enrollments.csv"):
            read(path, name)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "spring.zip"
    path.write_bytes(data)
    with pytest.raises(RosterError, match="cannot be read"):
        read(path)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"manifest\.csv: the file cannot be read"):
        list(FolderFiles(tmp_path).chunks("manifest.csv"))
