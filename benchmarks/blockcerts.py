"""cert-issuer and cert-verifier-js: command lines, and the web that they would ask, in a file."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Command, measured
from benchmarks.environments import BENCH, node_environment, python_environment
from benchmarks.homes import DID, documents
from registry.credentials.contexts import CONTEXTS, context_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

METHOD = f"{DID}#key"
RESOLVER = "https://dev.uniresolver.io/1.0/identifiers/"
"""Where cert-verifier-js asks for a DID document."""
PROFILE = f"https://{DID[8:]}/profile"
WIF = "cN6ZRCfL3nKpPA9ZRVvhSZSvPCQ4kkcTLV6yk6xcCaHbgLXXbXpQ"
"""A key file's content; a mock chain has nobody sign by it."""


def cert_issuer(count: int) -> Callable[[Path], Sequence[Command]]:
    """Return what makes an empty folder ready and gives the command that issues this many documents on a mock chain."""
    python = python_environment("cert-issuer")
    unsigned = documents(count).folder

    def commands(folder: Path) -> Sequence[Command]:
        (folder / "key").write_text(WIF, "ascii")
        files = [folder / url.rpartition("/")[2] for url in CONTEXTS]
        for url, file in zip(CONTEXTS, files, strict=True):
            file.write_text(json.dumps(context_document(url)), "utf-8")
        words = [str(python.parent / "cert-issuer"), "--chain", "mockchain", "--no_safe_mode", "--issuing_address", "-"]
        words += ["--usb_name", str(folder), "--key_file", "key", "--verification_method", METHOD]
        words += ["--unsigned_certificates_dir", str(unsigned), "--work_dir", str(folder / "work")]
        words += ["--signed_certificates_dir", str(folder / "signed")]
        words += ["--blockchain_certificates_dir", str(folder / "issued")]
        words += ["--context_urls", *CONTEXTS, "--context_file_paths", *map(str, files)]
        return [Command(words)]

    return commands


def issued(count: int) -> Path:
    """Return a folder of documents that cert-issuer issued; made once and kept in `.bench/`."""
    kept = BENCH / "documents" / str(count) / "issued"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=BENCH) as folder:
            for command in cert_issuer(count)(Path(folder)):
                measured(command)
            (Path(folder) / "issued").rename(kept)
    return kept


def cert_verifier(place: Path, *more: str) -> Command:
    """Return the command that verifies a file, or every file of a folder."""
    folder = node_environment()
    web = folder / "web.json"
    web.write_text(json.dumps(_web()), "utf-8")
    return Command(("node", str(folder / "cert_verifier.mjs"), str(web), str(place), *more))


def _web() -> dict[str, Any]:
    key = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": key}
    methods = [{"id": METHOD, "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": jwk}]
    service = [{"id": f"{DID}#profile", "type": "IssuerProfile", "serviceEndpoint": PROFILE}]
    did = {"id": DID, "verificationMethod": methods, "assertionMethod": [METHOD], "service": service}
    profile = {"type": "Profile", "id": DID, "name": "Northfield University", "verificationMethod": methods}
    contexts = {url: context_document(url) for url in CONTEXTS}
    return {f"{RESOLVER}{DID}": {"didDocument": did}, PROFILE: profile, **contexts}
