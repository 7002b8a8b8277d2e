"""Concepts of the European lists that have an address there; a word of one's own has that of the course's page.

Source: Publications Office of the European Union, lists of modes of learning and assessment, of assessment types, and
of education credits (data.europa.eu/snb).
"""

from __future__ import annotations

from registry.credentials.descriptors import ASSESSMENT, PARTICIPATION

SNB = "http://data.europa.eu/snb"
EQF_LEVEL = f"{SNB}/eqf/{{code}}"
"""Address of a level of the European Qualifications Framework."""
ECTS = f"{SNB}/education-credit/6fcec5c5af"
"""The European Credit Transfer and Accumulation System."""

CONCEPTS = {
    PARTICIPATION: {
        "online": f"{SNB}/learning-assessment/920fbb3cbe",
        "on site": f"{SNB}/learning-assessment/9191af2ed9",
        "blended": f"{SNB}/learning-assessment/e92d221e4d",
        "hybrid": f"{SNB}/learning-assessment/c_3a90b26d",
        "work based": f"{SNB}/learning-assessment/729f3bed4b",
        "project based": f"{SNB}/learning-assessment/7813801c77",
    },
    ASSESSMENT: {
        "written examination": f"{SNB}/assessment/6e6cb2cc78",
        "oral examination": f"{SNB}/assessment/d30284d7df",
        "practical assessment": f"{SNB}/assessment/6a4db9f11d",
        "project work": f"{SNB}/assessment/795dac4096",
        "portfolio": f"{SNB}/assessment/4f03b91c0e",
        "marked assignment": f"{SNB}/assessment/2939dae15f",
        "continuous evaluation": f"{SNB}/assessment/3484bd7e51",
    },
}
"""Words, in lower case, that name a concept of a European list."""
