"""The networks that are accepted: the packaged list, then the devnet's entry, then the user's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.chain.artifact import derived_address
from registry.checks.facts import NetworkRef
from registry.core.account import Address
from registry.core.errors import InputError, SettingsError
from registry.core.quorum import majority

if TYPE_CHECKING:
    from pathlib import Path

RpcUrl = Annotated[str, Field(pattern=r"^https?://")]


@dataclass(frozen=True, slots=True)
class Accreditor:
    """An account whose word on an issuer's name this verifier believes, on one network."""

    address: Address
    """The accrediting account."""
    name: str
    """The verifier's own word for it."""


@dataclass(frozen=True, slots=True)
class Network:
    """One accepted chain and the contract pinned on it."""

    name: str
    """Short name, the table's key in networks.toml."""
    title: str
    """Its name in a sentence."""
    kind: Literal["local", "test", "main"]
    """What the network is worth."""
    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The pinned contract."""
    rpc_urls: tuple[str, ...]
    """JSON-RPC endpoints, each another one; all are asked, side by side."""
    explorer: str | None
    """Base URL of a block explorer."""
    accreditors: tuple[Accreditor, ...]
    """Whom this verifier believes."""
    wanted_quorum: int | None = None
    """How many endpoints must agree, at least 1 and at most all; None for a majority."""

    @property
    def quorum(self) -> int:
        """Return how many endpoints must say the same before it is believed."""
        return self.wanted_quorum or majority(len(self.rpc_urls))

    def ref(self) -> NetworkRef:
        """Return what the checks need to know of the network."""
        return NetworkRef(self.name, self.title, self.kind, self.chain_id, self.contract)


class _AccreditorForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    address: str
    name: str


class _NetworkForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    kind: Literal["local", "test", "main"]
    chain_id: int = Field(ge=1)
    rpc_urls: list[RpcUrl] = Field(min_length=1)
    quorum: int | None = Field(default=None, ge=1)
    contract: str | None = None
    explorer: str | None = Field(default=None, pattern=r"^https?://")
    accreditors: list[_AccreditorForm] = []

    def to_core(self, name: str) -> Network:
        self._require_voices()
        return Network(
            name=name,
            title=self.title,
            kind=self.kind,
            chain_id=self.chain_id,
            contract=Address(self.contract) if self.contract else derived_address(),
            rpc_urls=tuple(self.rpc_urls),
            explorer=self.explorer.rstrip("/") if self.explorer else None,
            accreditors=tuple(Accreditor(Address(one.address), one.name) for one in self.accreditors),
            wanted_quorum=self.quorum,
        )

    def _require_voices(self) -> None:
        count = len(self.rpc_urls)
        if len(set(self.rpc_urls)) < count:
            raise SettingsError("rpc_urls names an endpoint twice, which would count as two; name each once")
        if self.quorum is not None and self.quorum > count:
            raise SettingsError(
                f"quorum is {self.quorum}, and rpc_urls names {count} endpoint{'' if count == 1 else 's'}; name more, "
                "or lower it"
            )


def load_networks(home: Path | None) -> dict[str, Network]:
    """Return the accepted networks by name; later files replace single members of earlier entries.

    Raises:
        SettingsError: a file is not TOML, or an entry is wrong; names file, network and member.

    """
    packaged = files("registry.chain").joinpath("networks.toml").read_text("utf-8")
    tables = _tables(packaged, "the packaged networks.toml")
    for path in (home / "devnet" / "network.toml", home / "networks.toml") if home else ():
        if path.is_file():
            for name, members in _tables(path.read_text("utf-8"), str(path)).items():
                tables[name] = {**tables.get(name, {}), **members}
    return {name: _network(name, members) for name, members in tables.items()}


def _tables(text: str, file: str) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}. Correct that line.") from error
    for name, members in tables.items():
        if not isinstance(members, dict):
            raise SettingsError(f"{file}: {name} is not a table; write a network as [{name}] and its members below.")
    return tables


def _network(name: str, members: dict[str, Any]) -> Network:
    try:
        return _NetworkForm.model_validate(members).to_core(name)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"networks.toml: [{name}] {place}: {first['msg']}.") from error
    except InputError as error:
        raise SettingsError(f"networks.toml: [{name}]: {error}.") from error
