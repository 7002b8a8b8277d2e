"""The manifest of a backup: what is in the archive, how long each member is, and its SHA-256.

Source: docs/backup.md, "The file".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from registry.core.digest import Digest
from registry.core.errors import BackupFormatError
from registry.core.receipt import DigestHex  # noqa: TC001  pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
"""Layout of the archive that is written here, and the newest that is read."""
MANIFEST = "manifest.json"
DATABASE = "credanchor.db"
HOME = "home.json"
SETTINGS = ("networks.toml", "anchoring.toml", "mail.toml")
"""Settings of the home that are kept if they are there."""
KEYS = "keys/"
MAX_KEY_FILES = 1000
MAX_MEMBERS = MAX_KEY_FILES + 5
MAX_SMALL_BYTES = 1024 * 1024
"""Longest of every member but the database, in bytes."""
_NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
_KEY_FILE = re.compile(f"{KEYS}({_NAME}/)?{_NAME}")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive."""

    name: str
    """Its name there, which is its place in the home folder."""
    size_bytes: int
    """Its length, unpacked."""
    digest: Digest
    """SHA-256 of its content."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    software: str
    """Version of Credanchor that wrote it."""
    schema: str
    """Newest migration of the database in it."""
    source: str
    """Kind of database that it was taken of: `sqlite` or `postgresql`."""
    created_at: datetime
    """When the snapshot was taken, UTC."""
    rows: Mapping[str, int]
    """Number of rows by table."""
    members: tuple[Member, ...]
    """Every file in the archive beside the manifest."""

    def member(self, name: str) -> Member | None:
        """Return the member of a name, None if there is none."""
        return next((one for one in self.members if one.name == name), None)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MemberForm(_Form):
    """One member on the wire."""

    name: str = Field(max_length=256)
    bytes: int = Field(ge=0, lt=2**63)
    sha256: DigestHex

    def to_core(self) -> Member:
        """Return the value inside."""
        return Member(self.name, self.bytes, Digest.from_hex(self.sha256))


class ManifestForm(_Form):
    """The manifest on the wire."""

    type: Literal["CredanchorBackup"]
    version: int = Field(ge=1)
    software: str = Field(max_length=64)
    schemaRevision: str = Field(max_length=64)  # noqa: N815  wire name
    source: str = Field(max_length=64)
    createdAt: AwareDatetime = Field(strict=False)  # noqa: N815  wire name
    rows: dict[str, int]
    members: list[MemberForm] = Field(max_length=MAX_MEMBERS)

    def to_core(self) -> Manifest:
        """Return the value inside."""
        return Manifest(
            software=self.software,
            schema=self.schemaRevision,
            source=self.source,
            created_at=self.createdAt.astimezone(UTC),
            rows=self.rows,
            members=tuple(member.to_core() for member in self.members),
        )


def is_member(name: str) -> bool:
    """Tell whether a backup may hold a file of this name: nothing else is ever packed or unpacked."""
    return name in {DATABASE, HOME, *SETTINGS} or _KEY_FILE.fullmatch(name) is not None


def parse_manifest(value: Any) -> Manifest:  # noqa: ANN401  any JSON value
    """Read a manifest from its JSON value.

    Raises:
        BackupFormatError: it is none, of a newer version, or names a member that no backup has, or one twice, or
            lacks the database or the home's settings.

    """
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise BackupFormatError(
            f"A newer version of Credanchor wrote this backup (format {version}, this one reads up to {VERSION}); "
            "upgrade Credanchor."
        )
    try:
        manifest = ManifestForm.model_validate(value).to_core()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BackupFormatError(f"The manifest is not that of a backup: {place}: {first['msg']}.") from error
    _require_members(manifest)
    return manifest


def _require_members(manifest: Manifest) -> None:
    names = [one.name for one in manifest.members]
    for one in manifest.members:
        if not is_member(one.name):
            raise BackupFormatError(f"The manifest names {one.name[:80]!r}, which no backup holds.")
        if one.name != DATABASE and one.size_bytes > MAX_SMALL_BYTES:
            raise BackupFormatError(f"{one.name} has {one.size_bytes:,} bytes, more than any such file of a home.")
    if len(set(names)) != len(names):
        raise BackupFormatError("The manifest names a file twice.")
    missing = {DATABASE, HOME} - set(names)
    if missing:
        raise BackupFormatError(f"The manifest does not name {min(missing)}, without which it is no home.")


def manifest_json(manifest: Manifest) -> dict[str, Any]:
    """Return the JSON value of a manifest."""
    return {
        "type": "CredanchorBackup",
        "version": VERSION,
        "software": manifest.software,
        "schemaRevision": manifest.schema,
        "source": manifest.source,
        "createdAt": manifest.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "rows": dict(manifest.rows),
        "members": [
            {"name": one.name, "bytes": one.size_bytes, "sha256": one.digest.to_hex()} for one in manifest.members
        ],
    }
