"""The forms of Open Badges 3.0 and CLR 2.0, and reading an issuer's own achievement and profile files.

Two uses: an issuer's file is read strictly, unknown members refused; a received credential is read for what must
be there, and its unknown members are left to the undefined-term check of `screen`.

Source: 1EdTech, Open Badges 3.0, appendix B; Comprehensive Learner Record 2.0, appendix B.
"""
# ruff: noqa: TC001  Pydantic reads the annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    Tag,
    ValidationError,
    model_serializer,
    model_validator,
)

from registry.core.errors import CredentialFormatError
from registry.credentials.forms import (
    CompactJws,
    DateTime,
    Day,
    Form,
    Language,
    Many,
    Number,
    Types,
    member_problems,
    unknown_members,
)
from registry.credentials.parts import (
    Address,
    Alignment,
    Association,
    CredentialSchema,
    CredentialStatus,
    Criteria,
    EndorsementSubject,
    Evidence,
    Identified,
    IdentifierEntry,
    Image,
    Proof,
    RefreshService,
    Related,
    Result,
    ResultDescription,
    TermsOfUse,
)
from registry.credentials.terms import AchievementType

if TYPE_CHECKING:
    from registry.credentials.findings import MemberProblem


class Profile(Form):
    """An issuer, an assessor or another party."""

    is_a: ClassVar[tuple[str, ...]] = ("Profile",)

    id: str
    type: Types
    name: str | None = None
    url: str | None = None
    phone: str | None = None
    description: str | None = None
    endorsement: Many[EndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None
    image: Image | None = None
    email: str | None = None
    address: Address | None = None
    other_identifier: Many[IdentifierEntry] | None = None
    official: str | None = None
    parent_org: Profile | None = None
    family_name: str | None = None
    given_name: str | None = None
    additional_name: str | None = None
    patronymic_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None
    family_name_prefix: str | None = None
    date_of_birth: Day | None = None


def _branch(value: object) -> str:
    return "<address>" if isinstance(value, str) else "<profile>"


ProfileRef = Annotated[Annotated[str, Tag("<address>")] | Annotated[Profile, Tag("<profile>")], Discriminator(_branch)]
"""A party, or its address alone."""


class _AchievementBody(Form):
    is_a: ClassVar[tuple[str, ...]] = ("Achievement",)

    name: str
    description: str
    criteria: Criteria
    achievement_type: AchievementType | None = None
    alignment: Many[Alignment] | None = None
    creator: Profile | None = None
    credits_available: Number | None = None
    """In the issuer's own unit, for example ECTS."""
    endorsement: Many[EndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None
    field_of_study: str | None = None
    human_code: str | None = None
    image: Image | None = None
    in_language: Language | None = None
    other_identifier: Many[IdentifierEntry] | None = None
    related: Many[Related] | None = None
    result_description: Many[ResultDescription] | None = None
    specialization: str | None = None
    tag: Many[str] | None = None
    version: str | None = None


class Achievement(_AchievementBody):
    """What a credential is awarded for."""

    id: str
    type: Types


class AchievementFile(_AchievementBody):
    """An achievement as an issuer writes it; issuing fills in the `id` where it is missing."""

    id: str | None = None
    type: Types = Field(default_factory=lambda: ["Achievement"])


class AchievementSubject(Identified):
    """Who earned what, and with which results."""

    is_a: ClassVar[tuple[str, ...]] = ("AchievementSubject",)

    type: Types
    achievement: Achievement
    activity_start_date: DateTime | None = None
    activity_end_date: DateTime | None = None
    credits_earned: Number | None = None
    """In the unit of the achievement's `creditsAvailable`."""
    image: Image | None = None
    license_number: str | None = None
    narrative: str | None = None
    result: Many[Result] | None = None
    role: str | None = None
    source: Profile | None = None
    term: str | None = None


class _Credential(Form):
    """What all credentials of VC Data Model 2.0 share."""

    context: Annotated[Many[str], Field(alias="@context", min_length=1)]
    type: Types
    issuer: ProfileRef
    valid_from: DateTime
    id: str | None = None
    valid_until: DateTime | None = None
    proof: Many[Proof] | None = None
    credential_schema: Many[CredentialSchema] | None = None
    credential_status: CredentialStatus | None = None
    refresh_service: RefreshService | None = None
    terms_of_use: Many[TermsOfUse] | None = None
    evidence: Many[Evidence] | None = None

    @model_validator(mode="after")
    def _is_a_credential(self) -> Self:
        if "VerifiableCredential" not in self.type:
            raise ValueError("type: does not name VerifiableCredential")
        return self


class VerifiableCredential(_Credential):
    """Any credential, as a stack may hold it; what it says is judged apart."""

    credential_subject: dict[str, Any]


class EndorsementCredential(_Credential):
    """A signed word of somebody about an achievement, a party or a credential; it is written back as it was read."""

    is_a: ClassVar[tuple[str, ...]] = ("EndorsementCredential",)
    is_signed: ClassVar[bool] = True
    _as_read: dict[str, Any]

    id: str
    name: str
    awarded_date: DateTime | None = None
    description: str | None = None
    credential_subject: EndorsementSubject

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401  any JSON value
        form = read(value)
        form._as_read = value  # noqa: SLF001  its own
        return form

    @model_serializer
    def _written(self) -> dict[str, Any]:
        return self._as_read


class AchievementCredential(_Credential):
    """An Open Badge."""

    is_a: ClassVar[tuple[str, ...]] = ("OpenBadgeCredential", "AchievementCredential")

    id: str
    name: str | None = None
    description: str | None = None
    image: Image | None = None
    awarded_date: DateTime | None = None
    credential_subject: AchievementSubject
    endorsement: Many[EndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None


class ClrSubject(Identified):
    """Whose record it is, and the credentials it is made of."""

    is_a: ClassVar[tuple[str, ...]] = ("ClrSubject",)

    type: Types
    verifiable_credential: Annotated[Many[VerifiableCredential], Field(min_length=1)]
    achievement: Many[Achievement] | None = None
    association: Many[Association] | None = None


class ClrCredential(_Credential):
    """A stack of credentials."""

    is_a: ClassVar[tuple[str, ...]] = ("ClrCredential",)

    id: str
    name: str
    description: str | None = None
    image: Image | None = None
    partial: bool | None = None
    awarded_date: DateTime | None = None
    credential_subject: ClrSubject
    endorsement: Many[EndorsementCredential] | None = None
    endorsement_jwt: Many[CompactJws] | None = None


def parse_achievement(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Return an achievement from an issuer's file, with arrays wherever one value or several may stand.

    `type` may be left out, and `id`, which issuing fills in.

    Raises:
        CredentialFormatError: naming every member that is missing, wrong or unknown, and the nearest known name.

    """
    return _parsed(AchievementFile, value, "achievement")


def achievement_problems(value: Any) -> tuple[MemberProblem, ...]:  # noqa: ANN401  any JSON value
    """Return what `parse_achievement` would refuse, member by member; empty if nothing."""
    return _read(AchievementFile, value)[1]


def parse_profile(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Return an issuer's profile from its file, as `parse_achievement` does; CredentialFormatError as there."""
    return _parsed(Profile, value, "profile")


def _parsed(form: type[Form], value: object, what: str) -> dict[str, Any]:
    parsed, problems = _read(form, value)
    if parsed is None or problems:
        said = " ".join(problem.sentence for problem in problems)
        raise CredentialFormatError(f"The {what} cannot be used. {said}")
    return parsed.model_dump(mode="json", by_alias=True, exclude_none=True)


def _read(form: type[Form], value: object) -> tuple[Form | None, tuple[MemberProblem, ...]]:
    try:
        parsed = form.model_validate(value)
    except ValidationError as error:
        return None, tuple(member_problems(error))
    return parsed, tuple(unknown_members(parsed))
