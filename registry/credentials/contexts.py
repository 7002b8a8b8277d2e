"""The JSON-LD contexts that give a credential's members their meaning, served from pinned files only.

Nothing is ever fetched: a context that changed would change what a signature covers.
The files come with openbadgeslib; each is held to the SHA-256 written here.
"""

from __future__ import annotations

import functools
import hashlib
import json
from importlib import util
from importlib.abc import ResourceLoader
from typing import Any

from registry.core.errors import CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.findings import FormatProblem

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

CONTEXTS = (VC_CONTEXT, OB_CONTEXT, OB_EXTENSIONS)
"""The contexts of every credential that we issue, in their order."""
CLR_CONTEXTS = (VC_CONTEXT, CLR_CONTEXT, OB_CONTEXT, OB_EXTENSIONS)
"""The contexts of a stack (Comprehensive Learner Record), in their order."""

_OLDER_OB = tuple(f"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.{patch}.json" for patch in (1, 2))
_OB_CONTEXTS = (*_OLDER_OB, OB_CONTEXT)

ORDER: tuple[tuple[tuple[str, ...], bool], ...] = (
    ((VC_CONTEXT,), True),
    ((CLR_CONTEXT,), False),
    (_OB_CONTEXTS, True),
    ((OB_EXTENSIONS,), False),
)
"""Which contexts a credential may name at each place, and whether one of them must stand there."""

SERVED = {
    VC_CONTEXT: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    _OLDER_OB[0]: ("ob-v3p0-context-3.0.1.json", "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"),
    _OLDER_OB[1]: ("ob-v3p0-context-3.0.2.json", "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"),
    OB_CONTEXT: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    OB_EXTENSIONS: ("ob-v3p0-extensions.json", "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"),
    CLR_CONTEXT: ("clr_context_2.0.1.json", "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"),
}
"""Every context that we serve: URL to file name and SHA-256."""


@functools.cache
def context_document(url: str) -> dict[str, Any]:
    """Return the pinned context document behind exactly this URL.

    Raises:
        CredentialFormatError: a URL that we do not serve, or a file that is not the one pinned here.

    """
    document: dict[str, Any] = json.loads(context_bytes(url))
    return document


def context_bytes(url: str) -> bytes:
    """Return the pinned file behind exactly this URL; CredentialFormatError as above."""
    if url not in SERVED:
        raise CredentialFormatError(f"The context {url[:200]!r} is not among those we serve; none is ever fetched.")
    name, digest = SERVED[url]
    data = _file(name)
    if hashlib.sha256(data).hexdigest() != digest:
        raise CredentialFormatError(
            f"The context file {name} of openbadgeslib is not the one we pinned; install the locked version."
        )
    return data


def _file(name: str) -> bytes:
    # Found without importing the package, which takes 0.15 s and is not needed for its files.
    spec = util.find_spec("openbadgeslib")
    if spec is None or not isinstance(spec.loader, ResourceLoader) or not spec.submodule_search_locations:
        raise CredentialFormatError("The package openbadgeslib, whose context files we use, is not installed.")
    return spec.loader.get_data(f"{spec.submodule_search_locations[0]}/ob3/contexts/{name}")


def load_for_pyld(url: str, _options: object = None) -> dict[str, Any]:
    """Return a pinned context in the form of PyLD's document loader; CredentialFormatError for any other URL."""
    # The tag lets PyLD keep what it makes of a context; ours never change while the process lives.
    return {"contextUrl": None, "documentUrl": url, "document": context_document(url), "tag": "static"}


@functools.cache
def defined_everywhere(contexts: tuple[str, ...]) -> frozenset[str]:
    """Return the terms that these contexts define for every object."""
    return frozenset(term for url in contexts for term in _terms(context_document(url)))


def type_terms(type_name: str) -> frozenset[str]:
    """Return the terms that an object of this type has beside those defined everywhere; none for an unknown type."""
    return _type_terms().get(type_name, frozenset())


def context_problem(value: object, place: str = "") -> FormatProblem | None:
    """Return what is wrong with the `@context` of a credential that stands at `place`; None if nothing.

    Accepted: VC 2.0, then the CLR context for a stack, then one of Open Badges 3.0.1 to 3.0.3, then its extensions.
    """
    entries = value if isinstance(value, list) else [value]
    where = Sentence("The @context at {place}", place=place) if place else Sentence("The @context")
    inline = next((entry for entry in entries if isinstance(entry, dict)), None)
    if inline is not None:
        text = Sentence("{context} defines terms of its own; only published contexts are read.", context=where)
        return FormatProblem("inline-context", text)
    unknown = next((entry for entry in entries if isinstance(entry, str) and entry not in SERVED), None)
    if unknown is not None:
        text = Sentence(
            "{context} names {address}, which we do not serve, so we cannot tell what was signed.",
            context=where,
            address=repr(unknown[:200]),
        )
        return FormatProblem("unknown-context", text, undecided=True)
    if not _in_order(entries):
        text = Sentence(
            "{context} must list {first}, then the Open Badges context, each once and in this order.",
            context=where,
            first=VC_CONTEXT,
        )
        return FormatProblem("wrong-contexts", text)
    return None


def _in_order(entries: list[object]) -> bool:
    rest = list(entries)
    for accepted, required in ORDER:
        if rest and rest[0] in accepted:
            rest.pop(0)
        elif required:
            return False
    return not rest


@functools.cache
def _type_terms() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for url in SERVED:
        for name, definition in context_document(url)["@context"].items():
            if isinstance(definition, dict) and "@context" in definition:
                found[name] = found.get(name, frozenset()).union(_terms(definition))
    return found


def _terms(definition: dict[str, Any]) -> list[str]:
    return [term for term in definition["@context"] if not term.startswith("@")]
