"""Whether an address that is not to be fetched can at least lead somewhere."""

from __future__ import annotations

import re

ACCEPTED = ("http", "https", "urn", "did")
"""Schemes of what an alignment may name: a page, or a name that stays the same for ever."""
_FORMS = {
    "http": re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE),
    "https": re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE),
    "urn": re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE),
    "did": re.compile(r"did:[a-z0-9]+:\S+"),
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def url_problem(url: str) -> str:
    """Return what is wrong with an address as the end of a sentence that begins with its name; empty if nothing is."""
    found = _SCHEME.match(url)
    if found is None:
        return f"is {url[:80]!r}, which is no absolute address; write one that begins with https://"
    scheme = found[1].lower()
    if scheme not in ACCEPTED:
        return f"is {url[:80]!r}: the scheme {scheme}: leads nowhere for a reader; use {', '.join(ACCEPTED)}"
    if not _FORMS[scheme].fullmatch(url):
        return f"is {url[:80]!r}, which is no complete {scheme}: address; correct it"
    return ""
