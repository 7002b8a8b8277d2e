"""What the operator allows the anchoring job: `anchoring.toml` in the home folder, then the environment, read once."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from registry.core.batch import MAX_LEAVES
from registry.core.errors import SettingsError
from registry.settings_file import is_this_machine, number_or_text, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANCHORING_FILE = "anchoring.toml"
PREFIX = "CREDANCHOR_"
"""`max_fee_gwei` is overridden by CREDANCHOR_MAX_FEE_GWEI, `url` of [signer] by CREDANCHOR_SIGNER_URL, and so on."""

_UNION_WORDS = {"confirm": 'must be "finalized" or a number of blocks, at least 1'}
"""What a member of several types must be: pydantic tells of the first type only."""

Seconds = Annotated[int, Field(ge=1)]


class SignerSettings(BaseModel):
    """Who holds the anchoring key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: Literal["keystore", "environment", "http"] = "keystore"
    """A file below keys/, the variable CREDANCHOR_ANCHORING_KEY, or a signer that is asked over HTTP."""
    url: str | None = None
    """The HTTP signer's JSON-RPC URL: https, or http to this machine."""
    account: str | None = Field(default=None, pattern="^0x[0-9a-fA-F]{40}$")
    """The account that the HTTP signer must sign for; else the only one that it lists."""
    timeout_seconds: float = Field(default=15.0, gt=0, le=120)
    """Longest wait for the HTTP signer's whole answer."""

    @field_validator("url")
    @classmethod
    def _protected(cls, url: str | None) -> str | None:
        if url is not None and not _is_protected(url):
            raise ValueError("must be an https URL, or http to this machine (127.0.0.1, localhost, ::1)")
        return url

    @model_validator(mode="after")
    def _of_one_kind(self) -> SignerSettings:
        if (self.url is not None) != (self.kind == "http"):
            raise ValueError('kind "http" needs a url, and no other kind takes one')
        if self.account is not None and self.kind != "http":
            raise ValueError('only kind "http" takes an account')
        return self


class AnchoringSettings(BaseModel):
    """Everything that is configured of the anchoring job; every member is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    max_batch_size: int = Field(default=MAX_LEAVES, ge=1, le=MAX_LEAVES)
    """Most leaves in a batch; `anchor watch` anchors at once when an open one is full."""
    max_wait_seconds: int = Field(default=0, ge=0)
    """How old an open batch may grow before `anchor watch` anchors it; 0 is at once."""
    max_fee_gwei: float = Field(default=200.0, gt=0, allow_inf_nan=False)
    """Highest `maxFeePerGas` that is ever signed."""
    confirm: Literal["finalized"] | Annotated[int, Field(ge=1)] = "finalized"
    """When a block is final: the chain's own word, or so many blocks below its head."""
    bump_after_seconds: tuple[Seconds, ...] = Field(default=(300, 600, 1200, 1800, 3600), min_length=1)
    """How long the first, second, ... attempt may wait before fees go up; the last value repeats."""
    resend_after_seconds: Seconds = 30
    """When to send the same bytes again if no endpoint knows them."""
    log: Literal["text", "json", "off"] | None = None
    """Form of the log on standard error; else `anchor watch` logs text, and `anchor run` nothing."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """Where `anchor watch` serves /metrics and /healthz; else nowhere."""
    metrics_host: str = Field(default="127.0.0.1", min_length=1)
    """The address that it listens at."""
    signer: SignerSettings = SignerSettings()
    """Who holds the anchoring key."""

    @property
    def confirm_depth(self) -> int | None:
        """Return the number of blocks below the head that are not final yet; None for the chain's own word."""
        return None if self.confirm == "finalized" else self.confirm

    @property
    def max_fee_wei(self) -> int:
        """Return the highest `maxFeePerGas` in wei."""
        return round(self.max_fee_gwei * 10**9)


def load_anchoring_settings(home: Path) -> AnchoringSettings:
    """Read the home's anchoring.toml, if there is one, and the environment on top of it.

    Raises:
        SettingsError: the file is not TOML, or a member is unknown or wrong; names file or variable, and member.

    """
    path = home / ANCHORING_FILE
    members = _with_environment(read_toml(path), os.environ)
    try:
        return AnchoringSettings.model_validate_json(json.dumps(members, default=str))
    except ValidationError as error:
        raise SettingsError(_told(path, error)) from None  # pydantic's own words repeat the input


def _with_environment(members: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the members with those of the environment in their place; an empty variable says nothing."""
    merged = members | _given(AnchoringSettings, PREFIX, environment)
    signer = _given(SignerSettings, f"{PREFIX}SIGNER_", environment)
    if signer and isinstance(merged.get("signer", {}), dict):
        merged["signer"] = merged.get("signer", {}) | signer
    return merged


def _given(form: type[BaseModel], prefix: str, environment: Mapping[str, str]) -> dict[str, Any]:
    names = {name: environment.get(f"{prefix}{name.upper()}", "") for name in form.model_fields if name != "signer"}
    return {name: _value(name, text) for name, text in names.items() if text}


def _value(name: str, text: str) -> object:
    if name == "bump_after_seconds":
        return [number_or_text(part) for part in text.split(",")]
    return number_or_text(text)


def _is_protected(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host)))


def _told(path: Path, error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if not _is_branch(part))
    words = _UNION_WORDS.get(place, first["msg"].removeprefix("Value error, "))
    variable = PREFIX + place.replace(".", "_").upper()
    origin = f"the variable {variable}" if os.environ.get(variable) else str(path)
    return f"{origin}: {place or 'the file'}: {words}. docs/operations.md lists every setting; nothing was done."


def _is_branch(part: object) -> bool:
    """Return whether a part of pydantic's path is a branch of a union, which no reader of the file knows of."""
    return isinstance(part, str) and ("[" in part or part == "int")
