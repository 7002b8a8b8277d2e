"""Other people's verifiers as functions: each says of a credential whether it is accepted, and if not, why."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jsonschema import Draft201909Validator, FormatChecker
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.resolvers import default_status_list_resolver
from openvc.verify import verify_credential

from registry.credentials.contexts import SERVED, VC_CONTEXT, context_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

arrays_only = sys.modules["tests_strict_schema"].arrays_only  # loaded by tests/conftest.py
ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT.parent / "shared" / "data" / "schemas"
SCHEMA = "ob_v3p0_achievementcredential_schema.json"
NO_SCHEMAS = "the 1EdTech schemas are not beside this repository"
NODE_SECONDS = 120
BADGE_CONTEXTS = {url: context_document(url) for url in SERVED if url != VC_CONTEXT}
"""What openvc-core does not bring along."""


@dataclass(frozen=True)
class Said:
    """What one judge said of one credential."""

    accepted: bool
    note: str = ""
    """Why not, in the judge's own words."""


@dataclass(frozen=True)
class Web:
    """What the judges may fetch: documents by their address, and nothing else."""

    documents: Mapping[str, Any]

    def json(self, url: str) -> Any:
        if url not in self.documents:
            raise OpenvcError(f"no network: {url}")
        return self.documents[url]

    def text(self, url: str) -> str:
        return json.dumps(self.json(url))

    def bytes(self, url: str, *_: Any, **__: Any) -> bytes:
        if url not in self.documents:
            raise LibOpenBadgesException(f"no network: {url}")
        return json.dumps(self.documents[url]).encode()


def did_url(did: str) -> str:
    """Return where a did:web's document lies."""
    first, *rest = (unquote(part) for part in did.removeprefix("did:web:").split(":"))
    return "https://" + "/".join([first, *(rest or [".well-known"]), "did.json"])


def by_node(cases: Mapping[str, Any], web: Web) -> dict[str, dict[str, Said]]:
    """Return what Digital Bazaar's vc and the DCC's verifier-core say of every case; one process for all."""
    given = json.dumps({"documents": dict(web.documents), "cases": dict(cases)})
    command = ["node", str(Path(__file__).with_name("judge.mjs"))]
    done = subprocess.run(  # noqa: S603  our own script
        command, input=given, capture_output=True, text=True, timeout=NODE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return {name: {judge: Said(**said) for judge, said in both.items()} for name, both in told.items()}


def by_openbadgeslib(credential: Any, issuer: str, web: Web, rsa_pem: bytes | None = None) -> Said:
    """Judge with openbadgeslib; an RS256 token by the key alone, as the library does not read the header's jwk."""

    def judged() -> None:
        if not isinstance(credential, str):
            OB3LdpVerifier.for_issuer_did(issuer).verify(credential, check_status=False, download=web.bytes)
            return
        verifier = OB3Verifier(rsa_pem) if rsa_pem else OB3Verifier.for_issuer_did(issuer, download=web.bytes)
        verifier.verify(credential)

    return _said(judged, LibOpenBadgesException)


def unwrapped(credential: Any) -> Any:
    """Return a credential whose array of one proof is that proof, as openvc-core wants it."""
    if isinstance(credential, dict) and isinstance(credential.get("proof"), list) and len(credential["proof"]) == 1:
        return {**credential, "proof": credential["proof"][0]}
    return credential


def by_openvc(credential: Any, web: Web) -> Said:
    """Judge with openvc-core."""
    registry = DidResolverRegistry([DidWebResolver(web.json)])

    def judged() -> None:
        lists = default_status_list_resolver(resolver=registry, fetch=web.text)
        verify_credential(credential, resolver=registry, resolve_status_list=lists, extra_contexts=BADGE_CONTEXTS)

    return _said(judged, OpenvcError)


def has_schemas() -> bool:
    """Return whether the published schemas are there to judge."""
    return SCHEMAS.is_dir()


def by_schema(credential: Any, *, strict: bool) -> Said:
    """Judge by the published schema of 2026, or by the older strict one, which wants arrays."""
    published = json.loads((SCHEMAS / SCHEMA).read_bytes())
    validator = Draft201909Validator(arrays_only(published) if strict else published, format_checker=FormatChecker())
    errors = [error.message for error in validator.iter_errors(credential)]
    return Said(not errors, "; ".join(errors)[:300])


def _said(judged: Callable[[], None], refusals: type[Exception]) -> Said:
    try:
        judged()
    except refusals as error:
        return Said(accepted=False, note=str(error)[:300])
    return Said(accepted=True)
