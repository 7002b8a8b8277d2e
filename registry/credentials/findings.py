"""What reading a document found: problems of its shape and its members, and what its signature said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from registry.core.digest import Digest


@dataclass(frozen=True, slots=True)
class FormatProblem:
    """One thing wrong with a document's shape."""

    code: str
    """Public code, for example `undefined-term`."""
    detail: str
    """A finished sentence that names the member."""
    undecided: bool = False
    """True where we merely do not know, as with a context that we do not serve."""


@dataclass(frozen=True, slots=True)
class MemberProblem:
    """One thing wrong with a member of an issuer's file."""

    where: str
    """The member, for example `alignment[3].targetUrl`; empty if it is the file as a whole."""
    detail: str
    """What is wrong with it: the rest of a sentence that begins with the member."""

    @property
    def sentence(self) -> str:
        """Return the finished sentence."""
        return f"{self.where} {self.detail}" if self.where else self.detail


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """What verifying the issuer's proof gave."""

    outcome: Literal["passed", "failed", "undecided"]
    """`undecided` for a proof type that we do not know."""
    code: str
    """Public code, for example `altered` or `unknown-proof-type`."""
    detail: str
    """A finished sentence."""
    key_hash: Digest | None = None
    """SHA-256 of the multicodec-prefixed public key that signed, if known."""
