"""Who issued a credential: named by what is proven, with the name it gives itself marked as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from registry.checks.proven import PROVING, domain_of, voucher
from registry.checks.report import Outcome
from verifier_web import wording as say
from verifier_web.text import identifier, line

if TYPE_CHECKING:
    from registry.checks.facts import Facts
    from registry.checks.report import CheckResult, Report


@dataclass(frozen=True, slots=True)
class IssuerView:
    """The issuer as the page shows it."""

    standing: Literal["accredited", "domain", "unconfirmed", "unproven"]
    """What is proven of it."""
    label: str
    """`Issued by`, or that the document merely says so."""
    name: str
    """The accredited name or the confirmed web address; else that there is none."""
    explanation: str
    """Who confirms it, or that nobody does."""
    self_given: str
    """The name it gives itself in the document; not confirmed by anybody; empty if it is the proven one."""
    did: str
    """The DID it names."""


def issuer_view(report: Report, facts: Facts) -> IssuerView:
    """Return the issuer of one credential by what its report proves."""
    checks = {result.check: result for result in report.checks}
    did = facts.presented.issuer_did
    standing = _standing(checks)
    said = voucher(facts)
    if standing == "accredited" and said is not None:
        accreditor = line(said.accreditor_name)
        name, why = line(said.name), say.VOUCHED.format(accreditor=accreditor[:1].upper() + accreditor[1:])
        return IssuerView("accredited", say.ISSUED_BY, name, why, _self_given(facts, name), identifier(did))
    domain = domain_of(did)
    if standing == "domain" and domain is not None:
        return IssuerView(
            "domain", say.ISSUED_BY, domain, say.DOMAIN_CONFIRMED, _self_given(facts, domain), identifier(did)
        )
    if standing == "unproven":
        return IssuerView(
            "unproven", say.ISSUED_BY, say.UNPROVEN, _why_unproven(checks), _self_given(facts, ""), identifier(did)
        )
    return IssuerView(
        "unconfirmed", say.ISSUED_BY, say.UNCONFIRMED, say.NOT_CONFIRMED, _self_given(facts, ""), identifier(did)
    )


def is_proven(report: Report) -> bool:
    """Return whether it is proven that the issuer it names, confirmed by others, made exactly this document."""
    checks = {result.check: result for result in report.checks}
    return all(_passed(checks, check) for check in PROVING)


def _standing(checks: dict[str, CheckResult]) -> Literal["accredited", "domain", "unconfirmed", "unproven"]:
    if not all(_passed(checks, check) for check in PROVING[:-1]):
        return "unproven"
    identity = checks["issuer-identity"]
    if identity.outcome is Outcome.FAILED:
        return "unproven"
    if identity.outcome is Outcome.PASSED:
        return "accredited" if identity.code == "accredited" else "domain"
    return "unconfirmed"


def _why_unproven(checks: dict[str, CheckResult]) -> str:
    failed = any(checks[check].outcome is Outcome.FAILED for check in PROVING)
    return say.NOT_PROVEN if failed else say.NOT_KNOWN


def _passed(checks: dict[str, CheckResult], check: str) -> bool:
    return checks[check].outcome is Outcome.PASSED


def _self_given(facts: Facts, proven: str) -> str:
    issuer = facts.presented.document.get("issuer")
    name = line(issuer.get("name")) if isinstance(issuer, dict) else ""
    return "" if name == proven else name
