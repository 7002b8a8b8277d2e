"""The answers of the API on the wire, for its OpenAPI description; registry/checks/report.py writes the reports."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


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
    verdict: Literal["verified", "not-verified", "undecided"]
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


class ReadyOut(_Form):
    """That the verifier can judge."""

    status: Literal["ready"]
    answeredSecondsAgo: dict[str, float | None] = Field(  # noqa: N815  wire name
        description="By the network's short name, when a quorum of its endpoints last answered; null if never."
    )


class ProblemOut(_Form):
    """Why a request could not be answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="A finished sentence about this occurrence.")
    code: str = Field(description="Stable code, for example `not-a-credential`.")
