"""The answers of the API on the wire, for its OpenAPI description; registry/checks/report.py writes the reports."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier_web.body import BODY_SECONDS, MAX_BYTES


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckOut(_Form):
    """One finding."""

    check: str = Field(description="Name of the check.", examples=["signature"])
    outcome: Literal["passed", "failed", "undecided", "skipped"]
    code: str = Field(description="Stable code of the finding.", examples=["revoked"])
    detail: str = Field(description="A finished sentence for a person.")


class ReportOut(_Form):
    """All findings about one credential, and the verdict."""

    input: str = Field(description="What was judged.")
    verdict: Literal["verified", "not-verified", "undecided", "not-a-credential"] = Field(
        description="Of a single request, what is no credential is a problem document instead."
    )
    reason: str = Field(description="Code of the finding that decided, or `verified`.")
    summary: str = Field(description="The verdict as one sentence, with the network in it.")
    network: str | None = Field(description="Short name of the network whose contract was asked.")
    checks: list[CheckOut]
    parts: list[PartOut] = Field(default=[], description="Embedded endorsements and components.")


class PartOut(ReportOut):
    """The report on an embedded endorsement or component; `input` says where it stands."""

    kind: Literal["endorsement", "component"]
    title: str
    issuedBy: str | None = Field(  # noqa: N815  wire name
        description="Accredited name or confirmed web address of who issued it; null if nobody confirms either."
    )
    comment: str | None = Field(default=None, description="The endorser's words; of endorsements alone.")
    standing: str | None = Field(default=None, description="Whether an endorsement stands, as a sentence.")


class VcVerifyIn(BaseModel):
    """What the VC-API's verify call takes."""

    model_config = ConfigDict(extra="allow", frozen=True)

    verifiableCredential: dict[str, Any] | str = Field(  # noqa: N815  wire name
        description="A credential, or a VC-JWT; its receipts are looked up at its issuer's."
    )
    options: dict[str, Any] = Field(
        default={}, description='`checks` may be `["proof"]` or `["proof", "credentialStatus"]`, which ask no chain.'
    )


class VcProblemOut(_Form):
    """What keeps a credential from being verified."""

    type: str
    title: str = Field(description="Stable code of the finding.")
    detail: str


class VcAnswerOut(_Form):
    """The VC-API's answer about one credential."""

    verified: bool
    checks: list[str]
    warnings: list[str]
    errors: list[str]
    problemDetails: list[VcProblemOut]  # noqa: N815  wire name
    report: ReportOut | None = Field(default=None, description="Every finding, if everything was checked.")


class ReadyOut(_Form):
    """That the verifier can judge."""

    status: Literal["ready"]
    answeredSecondsAgo: dict[str, float | None] = Field(  # noqa: N815  wire name
        description="By the network's short name, when a quorum of its endpoints last answered; null if never."
    )


class AboutOut(_Form):
    """What a credential is about, by what is proven."""

    title: str = Field(description="What it was earned for.")
    issuedTo: str | None = Field(  # noqa: N815  wire name
        description="Whose it is; null if it names nobody in clear. What the document says, unless it is proven."
    )
    issuedBy: str | None = Field(  # noqa: N815  wire name
        description="Accredited name or confirmed web address of the issuer; null if nobody confirms either."
    )
    proven: bool = Field(description="Whether exactly this document is proven to be that issuer's.")


class VerificationOut(ReportOut):
    """The report on what was handed in."""

    about: AboutOut | None = Field(default=None, description="Absent of a line that could not be judged.")


class ProblemOut(_Form):
    """Why a request could not be answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="A finished sentence about this occurrence.")
    code: str = Field(description="Stable code, for example `not-a-credential`.")


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": meaning, "content": {"application/problem+json": {}}}
    for status, meaning in {
        400: "A header cannot be read, or is longer than it may be.",
        408: f"The body did not arrive within {BODY_SECONDS} seconds.",
        413: f"The body is longer than {MAX_BYTES // (1024 * 1024)} MiB.",
        415: "The body is of another kind than those named.",
        422: "The body is not a credential, bundle, badge or certificate, or a link to one; code `not-a-credential`.",
        502: "The body is a link, and what is behind it could not be read; code `link-unreachable`.",
        429: "More requests from one address than are taken; see Retry-After.",
        503: "As many checks are under way as the server does at once; see Retry-After.",
    }.items()
}
"""How the answers other than 200 are described."""
