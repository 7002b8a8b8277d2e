"""The smaller forms of Open Badges 3.0 and CLR 2.0, which the credentials of `model` are made of.

Source: 1EdTech, Open Badges 3.0, appendix B; Comprehensive Learner Record 2.0, appendix B.
"""
# ruff: noqa: TC001  Pydantic reads the annotations at run time

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from registry.credentials.forms import DateTime, Form, Language, Many, Number, Types
from registry.credentials.terms import (
    AssociationType,
    IdentifierType,
    ResultStatus,
    ResultType,
    TargetType,
)


class Image(Form):
    """A picture, by its address or as a data URL."""

    id: str
    type: Literal["Image"]
    caption: str | None = None


class GeoCoordinates(Form):
    """A place on Earth."""

    type: Literal["GeoCoordinates"]
    latitude: Number
    """Degrees north, WGS84."""
    longitude: Number
    """Degrees east, WGS84."""


class Address(Form):
    """A postal address."""

    is_a: ClassVar[tuple[str, ...]] = ("Address",)

    type: Types
    address_country: str | None = None
    address_country_code: str | None = None
    """ISO 3166-1 alpha-2."""
    address_region: str | None = None
    address_locality: str | None = None
    street_address: str | None = None
    post_office_box_number: str | None = None
    postal_code: str | None = None
    geo: GeoCoordinates | None = None


class IdentifierEntry(Form):
    """An identifier that others gave, for example an institution's ROR number."""

    type: Literal["IdentifierEntry"]
    identifier: str
    identifier_type: IdentifierType


class IdentityObject(Form):
    """Who somebody is, in clear or as a salted hash."""

    type: Literal["IdentityObject"]
    hashed: bool
    identity_hash: str
    """The identifier itself, or algorithm, "$" and the hex digest of identifier then salt."""
    identity_type: IdentifierType
    salt: str | None = None


class Identified(Form):
    """A subject of whom it is said who they are."""

    id: str | None = None
    identifier: Many[IdentityObject] | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if not self.id and not self.identifier:
            raise ValueError("names nobody; a subject has an id or at least one identifier")
        return self


class Alignment(Form):
    """What an achievement or result corresponds to in somebody's framework."""

    is_a: ClassVar[tuple[str, ...]] = ("Alignment",)

    type: Types
    target_name: str
    target_url: str
    target_code: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_type: TargetType | None = None


class Criteria(Form):
    """What was asked of the recipient: an address, a text, or both."""

    id: str | None = None
    narrative: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.id and not self.narrative:
            raise ValueError("says nothing; give it a narrative, an id, or both")
        return self


class Related(Form):
    """The same achievement in another edition or language."""

    is_a: ClassVar[tuple[str, ...]] = ("Related",)

    id: str
    type: Types
    in_language: Language | None = None
    version: str | None = None


class RubricCriterionLevel(Form):
    """One level of a rubric."""

    is_a: ClassVar[tuple[str, ...]] = ("RubricCriterionLevel",)

    id: str
    type: Types
    name: str
    alignment: Many[Alignment] | None = None
    description: str | None = None
    level: str | None = None
    points: str | None = None


class ResultDescription(Form):
    """What result an achievement can have, for example a grade from 1 to 10."""

    is_a: ClassVar[tuple[str, ...]] = ("ResultDescription",)

    id: str
    type: Types
    name: str
    result_type: ResultType
    alignment: Many[Alignment] | None = None
    allowed_value: Many[str] | None = None
    """From low to high."""
    required_level: str | None = None
    required_value: str | None = None
    rubric_criterion_level: Many[RubricCriterionLevel] | None = None
    value_max: str | None = None
    value_min: str | None = None


class Result(Form):
    """What the recipient reached."""

    is_a: ClassVar[tuple[str, ...]] = ("Result",)

    type: Types
    achieved_level: str | None = None
    alignment: Many[Alignment] | None = None
    result_description: str | None = None
    status: ResultStatus | None = None
    value: str | None = None


class Evidence(Form):
    """Work behind an achievement."""

    is_a: ClassVar[tuple[str, ...]] = ("Evidence",)

    type: Types
    id: str | None = None
    narrative: str | None = None
    name: str | None = None
    description: str | None = None
    genre: str | None = None
    audience: str | None = None


class Association(Form):
    """How two achievements of a stack relate."""

    type: Literal["Association"]
    association_type: AssociationType
    source_id: str
    target_id: str


class EndorsementSubject(Form):
    """What is endorsed, and what is said of it."""

    is_a: ClassVar[tuple[str, ...]] = ("EndorsementSubject",)

    id: str
    type: Types
    endorsement_comment: str | None = None
    digest_multibase: str | None = None
    """SHA-256 of what is endorsed, as a multihash (VC Data Model 2.0, 5.3)."""


class CredentialStatus(Form):
    """Where a status list says whether the credential was revoked."""

    type: str
    id: str | None = None


class CredentialSchema(Form):
    """A JSON schema that the credential is valid under."""

    id: str
    type: str


class RefreshService(Form):
    """Where a newer version of the credential can be had."""

    id: str
    type: str


class TermsOfUse(Form):
    """What the credential may be used for."""

    type: str
    id: str | None = None


class Proof(Form):
    """A signature inside the document; what it says is judged elsewhere."""

    type: str
    created: DateTime | None = None
    cryptosuite: str | None = None
    challenge: str | None = None
    domain: str | None = None
    nonce: str | None = None
    proof_purpose: str | None = None
    proof_value: str | None = None
    verification_method: str | None = None
