"""A credential as an EMREX ELMO file, which student record systems import; the bundle is attached, and alone is proof.

What ELMO asks and a credential does not say is left out, or left empty where the schema demands it: a credential has
one name, which stands as the given names; hashed identifiers stay out. The same credential always gives the same file:
its date of generation is that of the signature. The file has no signature of its own (optional since 1.5).

Source: emrex-eu/elmo-schemas, `schema.xsd` of the branch v1 (1.5 and later). The order of elements was taken from it by
reading; nothing here validates against it, as no package carries it.
"""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from registry.credentials.descriptors import CREDIT_SYSTEM, EQF, alignments_of
from registry.credentials.members import as_objects, as_words

NAMESPACE = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
"""Of every element; it stands for all versions 1.x."""
ATTACHMENT_ID = "bundle"
"""What the result calls the attached bundle."""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEME_ID = "1"
# Everything but these has no place in XML 1.0, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STATUSES = {"Failed": "failed", "Enrolled": "in-progress", "InProgress": "in-progress", "OnHold": "in-progress"}


def elmo_xml(document: dict[str, Any], bundle: bytes) -> bytes:
    """Return the ELMO file of a credential's document, with its bundle (JSON) attached."""
    subject = _object(document.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    root = ET.Element("elmo", {"xmlns": NAMESPACE})
    _add(root, "generatedDate", _signed_at(document))
    _learner(ET.SubElement(root, "learner"), subject)
    report = ET.SubElement(root, "report")
    _issuer(ET.SubElement(report, "issuer"), document.get("issuer"))
    _specification(ET.SubElement(report, "learningOpportunitySpecification"), document, subject, achievement)
    _add(report, "issueDate", _awarded_at(document))
    _grading_scheme(report, achievement)
    _attachment(ET.SubElement(report, "attachment"), bundle)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _learner(learner: ET.Element, subject: dict[str, Any]) -> None:
    shown = [entry for entry in _objects(subject.get("identifier")) if entry.get("hashed") is not True]
    names = [entry.get("identityHash") for entry in shown if entry.get("identityType") == "name"]
    if as_words(subject.get("id")).startswith("did:"):
        _add(learner, "identifier", subject["id"], kind="did")
    for entry in shown:
        if entry.get("identityType") != "name":
            _add(learner, "identifier", entry.get("identityHash"), kind=_kind(entry.get("identityType")))
    _add(learner, "givenNames", names[0] if names else "")
    _add(learner, "familyName", "")


def _issuer(element: ET.Element, stated: object) -> None:
    issuer = _object(stated) or {"id": stated}
    country = as_words(_object(issuer.get("address")).get("addressCountryCode")).upper()
    if re.fullmatch("[A-Z]{2}", country):
        _add(element, "country", country)
    did = as_words(issuer.get("id"))
    _add(element, "identifier", did, kind="did" if did.startswith("did:") else "uri")
    for entry in _objects(issuer.get("otherIdentifier")):
        _add(element, "identifier", entry.get("identifier"), kind=_kind(entry.get("identifierType")))
    _add(element, "title", issuer.get("name") or did)
    _add(element, "url", issuer.get("url") or _web_site(did))


def _specification(
    element: ET.Element, document: dict[str, Any], subject: dict[str, Any], achievement: dict[str, Any]
) -> None:
    language = _language(achievement)
    _add(element, "identifier", achievement.get("humanCode") or achievement.get("id"), kind="local")
    _add(element, "title", achievement.get("name"), language=language)
    if achievement.get("achievementType") == "Course":  # a micro-credential is none of the types that ELMO knows
        _add(element, "type", "Course")
    if as_words(achievement.get("id")).startswith(("http://", "https://")):
        _add(element, "url", achievement["id"])
    for text in (achievement.get("description"), _object(achievement.get("criteria")).get("narrative")):
        if text:
            _add(element, "description", text, language=language, lines=True)
    instance = ET.SubElement(ET.SubElement(element, "specifies"), "learningOpportunityInstance")
    _instance(instance, document, subject, achievement)


def _instance(
    instance: ET.Element, document: dict[str, Any], subject: dict[str, Any], achievement: dict[str, Any]
) -> None:
    result = _object(subject.get("result"))
    _add(instance, "identifier", document.get("id"), kind="credential")
    if subject.get("activityStartDate"):
        _add(instance, "start", as_words(subject["activityStartDate"])[:10])
    _add(instance, "date", _awarded_at(document)[:10])
    _add(instance, "status", _STATUSES.get(as_words(result.get("status")), "passed"))
    grade = result.get("value") or _level_name(achievement, result.get("achievedLevel"))
    if grade:
        _add(instance, "gradingSchemeLocalId", _SCHEME_ID)
        _add(instance, "resultLabel", grade)
    _credit(instance, subject, achievement)
    for _, alignment in alignments_of(achievement, EQF):
        level = ET.SubElement(instance, "level")
        _add(level, "type", "EQF")
        _add(level, "value", alignment.get("targetCode") or as_words(alignment.get("targetUrl")).rpartition("/")[2])
    language = _language(achievement).partition("-")[0]
    if language:
        _add(instance, "languageOfInstruction", language)
    _add(ET.SubElement(instance, "attachments"), "ref", ATTACHMENT_ID)


def _credit(instance: ET.Element, subject: dict[str, Any], achievement: dict[str, Any]) -> None:
    """Add the credits; they are ECTS only if the achievement names that system, for the number alone has no unit."""
    number = subject.get("creditsEarned", achievement.get("creditsAvailable"))
    if not isinstance(number, int | float):
        return
    credit = ET.SubElement(instance, "credit")
    _add(credit, "scheme", _credit_scheme(achievement))
    _add(credit, "value", f"{Decimal(str(number)):f}")


def _credit_scheme(achievement: dict[str, Any]) -> str:
    for _, alignment in alignments_of(achievement, CREDIT_SYSTEM):
        code = as_words(alignment.get("targetCode")) or as_words(alignment.get("targetName"))
        words = f"{code} {as_words(alignment.get('targetFramework'))}"
        return "ects" if "ECTS" in words or "European Credit Transfer" in words else code
    return "local"


def _grading_scheme(report: ET.Element, achievement: dict[str, Any]) -> None:
    described = _object(achievement.get("resultDescription"))
    if not described:
        return
    values = described.get("allowedValue")
    allowed = ", ".join(map(as_words, values if isinstance(values, list) else []))
    text = as_words(described.get("name")) + (f": {allowed}" if allowed else "")
    scheme = ET.SubElement(report, "gradingScheme", {"localId": _SCHEME_ID})
    _add(scheme, "description", text, language=_language(achievement), lines=True)


def _level_name(achievement: dict[str, Any], level: object) -> str:
    levels = _objects(_object(achievement.get("resultDescription")).get("rubricCriterionLevel"))
    return next((as_words(one.get("name")) for one in levels if level and one.get("id") == level), as_words(level))


def _attachment(element: ET.Element, bundle: bytes) -> None:
    _add(element, "identifier", ATTACHMENT_ID, kind="internal")
    _add(element, "title", "Open Badges 3.0 credential with its anchor receipt", language="en")
    _add(element, "type", "Other")
    _add(element, "content", "data:application/json;base64," + base64.b64encode(bundle).decode("ascii"))


def _add(
    parent: ET.Element, name: str, value: object, *, kind: str = "", language: str = "", lines: bool = False
) -> None:
    """Add an element with a text; only with `lines` are its line breaks kept. `kind` is its attribute `type`."""
    attributes = ({"type": kind} if kind else {}) | ({_LANGUAGE: language} if language else {})
    text = _ILLEGAL.sub("\ufffd", as_words(value))
    ET.SubElement(parent, name, attributes).text = text if lines else " ".join(text.split())


def _signed_at(document: dict[str, Any]) -> str:
    proof = _object(document.get("proof"))
    return as_words(proof.get("created")) or _awarded_at(document)


def _awarded_at(document: dict[str, Any]) -> str:
    return as_words(document.get("awardedDate")) or as_words(document.get("validFrom"))


def _language(achievement: dict[str, Any]) -> str:
    return as_words(achievement.get("inLanguage"))


def _kind(term: object) -> str:
    return as_words(term).removeprefix("ext:") or "other"


def _web_site(did: str) -> str:
    """Return the web site of a did:web, or the identifier itself: ELMO wants an address of every institution."""
    if not did.startswith("did:web:"):
        return did
    return "https://" + did.removeprefix("did:web:").partition(":")[0].replace("%3A", ":")


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in as_objects(value) if one]


def _object(value: object) -> dict[str, Any]:
    return next(iter(_objects(value)), {})
