"""Labels for the members of a credential and of the raw facts, and words for their fixed values."""

from __future__ import annotations

from registry.credentials.descriptors import PROPERTY_LABELS
from verifier_web.translatable import make_translatable

ALIGNMENTS = PROPERTY_LABELS
"""Alignments that are a property of the achievement rather than something learnt."""
ACHIEVEMENT_TYPES = {
    "Achievement": "Achievement",
    "ApprenticeshipCertificate": "Apprenticeship certificate",
    "Assessment": "Assessment",
    "Assignment": "Assignment",
    "AssociateDegree": "Associate degree",
    "Award": "Award",
    "Badge": "Badge",
    "BachelorDegree": "Bachelor degree",
    "Certificate": "Certificate",
    "CertificateOfCompletion": "Certificate of completion",
    "Certification": "Certification",
    "CommunityService": "Community service",
    "Competency": "Competency",
    "Course": "Course",
    "CoCurricular": "Co-curricular activity",
    "Degree": "Degree",
    "Diploma": "Diploma",
    "DoctoralDegree": "Doctoral degree",
    "Fieldwork": "Fieldwork",
    "LearningProgram": "Learning program",
    "License": "License",
    "Membership": "Membership",
    "MasterDegree": "Master degree",
    "MicroCredential": "Micro-credential",
}
"""Open Badges' achievement types in words; others follow from their spelling and stay English."""
IDENTITY_TYPES = {
    "name": "Name",
    "emailAddress": "E-mail address",
    "systemId": "Student number",
    "userName": "User name",
    "accountId": "Account",
    "nationalIdentityNumber": "National identity number",
    "ext:studentId": "Student number",
    "ext:studentNumber": "Student number",
}
"""Open Badges' identity types in words."""
RESULT_STATUSES = {
    "Completed": "completed",
    "Enrolled": "enrolled",
    "Failed": "failed",
    "InProgress": "in progress",
    "OnHold": "on hold",
    "Provisional": "provisional",
    "Withdrew": "withdrew",
}
"""Open Badges' result statuses in words."""

AWARDED, VALID_FROM, VALID_UNTIL = "Awarded on", "Valid from", "Valid until"
CREDITS, CREDITS_UNIT, CREDITS_OF = "Credits", "credits", "{earned} of {available} {unit}"
PERIOD, FROM_TO, FROM, UNTIL = "Period", "{start} to {end}", "from {start}", "until {end}"
TERM, ROLE, ASSESSED_BY, LICENCE = "Term", "Role", "Assessed by", "Licence number"
FIELD, SPECIALISATION, LANGUAGE = "Field of study", "Specialisation", "Language"
COURSE_CODE, VERSION, KEYWORDS, CREDENTIAL_ID = "Course code", "Version", "Keywords", "Credential id"
RESULT, EVIDENCE = "Result", "Evidence"
SCALE, ONE_OF, NEEDED = "from {low} to {high}", "one of {values}", "{value} is needed"

HANDED_IN, SHA256 = "What was handed in", "Its SHA-256"
CHECKED_AT, CREDENTIAL, ISSUER = "Checked at", "Credential", "Issuer"
LEAF_SHOWN, LEAF_RECEIPT = "Leaf hash of what is shown", "Leaf hash in the receipt"
KEY_HASH, ROOT, INDEX, SIZE = "Hash of the signing key", "Root", "Leaf index, from 0", "Tree size"
PATH = "Path, nearest the leaf first"
CHAIN, CONTRACT, ACCOUNT = "Chain", "Contract", "Issuer's account"
FINALIZED, LATEST = "Finalized block", "Latest block"
ANCHORED_AT, ANCHORED_IN = "Anchored at", "Anchored in block"

make_translatable(globals())
