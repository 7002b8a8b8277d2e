"""Whose a credential is: what stands large on the page, since a genuine one can be somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.checks.report import Outcome
from registry.core.sentence import Sentence
from verifier_web import labels as label
from verifier_web import wording as say
from verifier_web.text import line

if TYPE_CHECKING:
    from registry.checks.report import CheckResult

MAX_IDENTIFIERS = 8
"""Most identifiers that are shown."""


@dataclass(frozen=True, slots=True)
class HolderView:
    """Whose the credential is, as the page shows it."""

    label: str
    """`Issued to`, or that the document merely says so."""
    name: str
    """The name; else an identifier; else that there is none."""
    named: bool
    """False where `name` is a description for want of a name."""
    details: tuple[str, ...]
    """Further identifiers, as `Student number: 20451`."""
    hint: str
    """What to do with it."""
    tone: str
    """Icon and colour of the hint where somebody asked; else empty."""


@dataclass(frozen=True, slots=True)
class _Identifier:
    kind: str
    value: str
    hashed: bool


def subject_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the credential's subject; the first where there are several, an empty one where there is none."""
    subject = document.get("credentialSubject")
    first = subject[0] if isinstance(subject, list) and subject else subject
    return first if isinstance(first, dict) else {}


def holder_view(document: dict[str, Any], asked: CheckResult | None, *, proven: bool) -> HolderView:
    """Return whose it is; `asked` is the recipient check if somebody asked, `proven` that the text is the issuer's."""
    subject = subject_of(document)
    identifiers = _identifiers(subject)
    clear = [one for one in identifiers if not one.hashed and one.value]
    names = [one.value for one in clear if one.kind == "name"] + [line(subject.get("name"))]
    address = line(subject.get("id")).removeprefix("mailto:")
    known = [name for name in (*names, *(one.value for one in clear), address) if name]
    hidden = any(one.hashed for one in identifiers)
    fallback = say.NAMELESS_HASHED if hidden else say.NAMELESS
    return HolderView(
        label=say.ISSUED_TO if proven else say.SAYS_ISSUED_TO,
        name=known[0] if known else fallback,
        named=bool(known),
        details=_details(identifiers, known[:1]),
        hint=_hint(asked, named=bool(known), proven=proven),
        tone="" if asked is None else "good" if asked.outcome is Outcome.PASSED else "bad",
    )


def _identifiers(subject: dict[str, Any]) -> list[_Identifier]:
    value = subject.get("identifier")
    entries = value if isinstance(value, list) else [value]
    return [_identifier(entry) for entry in entries[:MAX_IDENTIFIERS] if isinstance(entry, dict)]


def _identifier(entry: dict[str, Any]) -> _Identifier:
    value = line(entry.get("identityHash"))
    hashed = bool(entry.get("hashed")) or value.startswith(("sha256$", "md5$"))
    return _Identifier(line(entry.get("identityType")), value, hashed)


def _details(identifiers: list[_Identifier], shown: list[str]) -> tuple[str, ...]:
    return tuple(
        Sentence("{label}: {value}", label=_kind_words(one.kind), value=one.value)
        for one in identifiers
        if not one.hashed and one.value and one.value not in shown
    )


def _kind_words(kind: str) -> str:
    return label.IDENTITY_TYPES.get(kind, kind.removeprefix("ext:"))


def _hint(asked: CheckResult | None, *, named: bool, proven: bool) -> str:
    if asked is not None:
        return say.HOLDER_MATCHES if asked.outcome is Outcome.PASSED else say.HOLDER_DIFFERS
    if not proven:
        return say.HOLDER_CLAIM_HINT
    return say.HOLDER_HINT if named else say.HOLDER_HASHED_HINT
