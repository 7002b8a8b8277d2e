"""Looking for who was awarded, by whom, when and with what result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.core.sentence import Sentence
from registry.credentials.described import ACHIEVEMENT, BY_THE_ROSTER, missing, present, weak
from registry.credentials.members import as_object, as_objects, as_words

if TYPE_CHECKING:
    from registry.credentials.described import Described, Finding

# ISO 3166-1: two letters, of which these are left to users and name no country (XK is in use for Kosovo).
_COUNTRY = re.compile(r"(?!AA|Q[M-Z]|X[A-JL-Z]|ZZ)[A-Z]{2}")


def recipient(one: Described) -> Finding:
    """Look for who earned it."""
    if not one.awarded:
        return present("/credentialSubject/identifier", BY_THE_ROSTER)
    identifiers = [as_words(entry.get("identityType")) for entry in as_objects(one.subject.get("identifier"))]
    known = next((at for at, kind in enumerate(identifiers) if kind not in {"", "name"}), None)
    if known is not None:
        return present(f"/credentialSubject/identifier/{known}")
    address = as_words(one.subject.get("id"))
    if address and not address.startswith("urn:uuid:"):
        return present("/credentialSubject/id")
    if "name" in identifiers:
        where = f"/credentialSubject/identifier/{identifiers.index('name')}"
        return weak(where, Sentence("A name alone does not tell two people of that name apart."))
    if address:
        return weak(
            "/credentialSubject/id", Sentence("An id that was made for this credential alone identifies nobody.")
        )
    return missing(Sentence("The subject has neither an id nor an identifier."))


def award_date(one: Described) -> Finding:
    """Look for the day it was awarded."""
    if not one.awarded:
        return present("/awardedDate", BY_THE_ROSTER)
    if as_words(one.credential.get("awardedDate")):
        return present("/awardedDate")
    if as_words(one.credential.get("validFrom")):
        return weak(
            "/validFrom", Sentence("It says since when the credential is valid; awardedDate says when it was awarded.")
        )
    return missing(Sentence("There is no awardedDate."))


def awarding_body(one: Described) -> Finding:
    """Look for the issuer's name."""
    if as_words(one.issuer.get("name")):
        return present("/issuer/name")
    if as_words(one.issuer.get("id")) or as_words(one.credential.get("issuer")):
        return weak("/issuer", Sentence("The issuer is given by its address alone; people know it by its name."))
    return missing(Sentence("There is no issuer."))


def country(one: Described) -> Finding:
    """Look for the country of the issuer or of what it is a part of, by its ISO 3166-1 code."""
    places = (
        ("/issuer/address", as_object(one.issuer.get("address"))),
        ("/issuer/parentOrg/address", as_object(as_object(one.issuer.get("parentOrg")).get("address"))),
    )
    for where, address in places:
        code = as_words(address.get("addressCountryCode"))
        if _COUNTRY.fullmatch(code):
            return present(f"{where}/addressCountryCode")
        if code:
            why = Sentence("{code} is the code of no country in ISO 3166-1.", code=repr(code[:20]))
            return weak(f"{where}/addressCountryCode", why)
    for where, address in places:
        for member in ("addressCountry", "addressRegion"):
            if as_words(address.get(member)):
                return weak(
                    f"{where}/{member}", Sentence("Only a name is given; addressCountryCode is the same for everybody.")
                )
    return missing(Sentence("The issuer's profile has no address with an addressCountryCode."))


def issuer_identifier(one: Described) -> Finding:
    """Look for where the issuer can be looked up: its web site, or a number that others gave it."""
    if as_words(one.issuer.get("url")):
        return present("/issuer/url")
    if as_objects(one.issuer.get("otherIdentifier")):
        return present("/issuer/otherIdentifier")
    return missing(Sentence("The issuer's profile has neither a url nor an otherIdentifier."))


def issuer_accreditation(one: Described) -> Finding:
    """Look for somebody else's word for the issuer."""
    for member in ("endorsement", "endorsementJwt"):
        if one.issuer.get(member):
            return present(f"/issuer/{member}")
    return missing(Sentence("No endorsement of the issuer is embedded in its profile."))


def grade(one: Described) -> Finding:
    """Look for a result, or for the scale of one that is still to be awarded."""
    described = f"{ACHIEVEMENT}/resultDescription"
    scale = bool(as_objects(one.achievement.get("resultDescription")))
    if not one.awarded:
        return (
            present(described, BY_THE_ROSTER)
            if scale
            else missing(Sentence("The achievement has no resultDescription."))
        )
    if not as_objects(one.subject.get("result")):
        return missing(Sentence("The subject has no result."))
    if not scale:
        return weak(
            "/credentialSubject/result",
            Sentence("The achievement does not say on what scale: it has no resultDescription."),
        )
    return present("/credentialSubject/result")


def evidence(one: Described) -> Finding:
    """Look for work behind the award."""
    if as_objects(one.credential.get("evidence")):
        return present("/evidence")
    if not one.awarded:
        return present("/evidence", Sentence("A row of the roster gives it, by an address or in words."))
    return missing(Sentence("The credential has no evidence."))


def expiry(one: Described) -> Finding:
    """Look for the end of validity."""
    if not one.awarded:
        return present("/validUntil", BY_THE_ROSTER)
    return present("/validUntil") if as_words(one.credential.get("validUntil")) else missing(Sentence("It has no end."))


def certification(one: Described) -> Finding:
    """Look for what is awarded; a credential is one."""
    if as_words(one.achievement.get("achievementType")):
        return present(f"{ACHIEVEMENT}/achievementType")
    return weak(
        "/type",
        Sentence("It is a credential, but the achievement does not say of which type: it has no achievementType."),
    )
