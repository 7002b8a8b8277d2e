"""What the settings in files beside the home's own have in common: TOML, and variables in place of its members."""

from __future__ import annotations

import ipaddress
import tomllib
from typing import TYPE_CHECKING, Any

from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def read_toml(path: Path) -> dict[str, Any]:
    """Return the members of a file; none if there is no file. SettingsError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}. Correct that line; nothing was done.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Correct its permissions.") from error


def number_or_text(text: str) -> int | float | str:
    """Return what a variable of the environment says, as TOML would have it."""
    for form in (int, float):
        try:
            return form(text)
        except ValueError:
            continue
    return text


def is_this_machine(host: str) -> bool:
    """Return whether a host is reached without leaving this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
