"""From what is configured to what the job works with: its policy, and whoever holds the anchoring key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from anchoring.http_signer import HttpSigner
from anchoring.sender import EnvironmentSender, KeystoreSender
from anchoring.steps import Policy
from registry.core.account import Address
from registry.core.errors import InputError, SettingsError
from registry.settings import passphrase

if TYPE_CHECKING:
    from anchoring.ports import Signer
    from registry.anchoring_settings import AnchoringSettings, SignerSettings
    from registry.settings import Settings

ANCHORING_KEY = "anchoring.json"
"""The anchoring delegate's keystore in the home's folder of keys."""
KEY_VARIABLE = "CREDANCHOR_ANCHORING_KEY"
TOKEN_VARIABLE = "CREDANCHOR_SIGNER_TOKEN"  # noqa: S105  the variable's name
TOKEN_FILE_VARIABLE = "CREDANCHOR_SIGNER_TOKEN_FILE"  # noqa: S105  the variable's name


def policy_of(allowed: AnchoringSettings) -> Policy:
    """Return what the planner is told of the settings."""
    return Policy(
        max_fee_wei=allowed.max_fee_wei,
        resend_after_seconds=allowed.resend_after_seconds,
        bump_after_seconds=allowed.bump_after_seconds,
    )


def anchoring_signer(settings: Settings, allowed: AnchoringSettings) -> Signer:
    """Return whoever holds the anchoring key; the passphrase is asked for only if something must be signed.

    Raises:
        SettingsError: the key in the environment is no key, or the signer's token cannot be read.

    """
    if allowed.signer.kind == "environment":
        return EnvironmentSender.from_text(os.environ.get(KEY_VARIABLE, ""), KEY_VARIABLE)
    if allowed.signer.kind == "http":
        return _http_signer(allowed.signer)
    return KeystoreSender(settings.keys() / ANCHORING_KEY, lambda: passphrase("the anchoring key"))


def _http_signer(signer: SignerSettings) -> HttpSigner:
    return HttpSigner(str(signer.url), _account(signer.account), signer.timeout_seconds, _token())


def _account(named: str | None) -> Address | None:
    try:
        return None if named is None else Address(named)
    except InputError as error:
        raise SettingsError(f"anchoring.toml: signer.account: {error}.") from error


def _token() -> str:
    """Return the HTTP signer's bearer token; empty if none is set."""
    given, named = os.environ.get(TOKEN_VARIABLE, ""), os.environ.get(TOKEN_FILE_VARIABLE, "")
    if not given and named:
        try:
            given = Path(named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{TOKEN_FILE_VARIABLE} names {named}, which cannot be read.") from error
        if not given:
            raise SettingsError(f"{TOKEN_FILE_VARIABLE} names {named}, which is empty; write the token in it.")
    if not given.isprintable() or not given.isascii():
        raise SettingsError(f"The token in {TOKEN_VARIABLE} or its file has characters that no HTTP header can carry.")
    return given
