"""docs/delivery.md is complete: every setting and exit code of `deliver` is in it, and its example is read."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from registry.cli import deliver_report
from registry.cli.main import EXIT_BAD_INPUT, SUMMARIES
from registry.mail.smtp import PAUSES
from registry.mail_settings import MailSettings, load_mail_settings

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "delivery.md").read_text("utf-8")


def test_the_example_of_the_settings_is_read_and_names_every_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        monkeypatch.delenv(name)
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mail.toml").write_text(example, "utf-8")

    allowed = load_mail_settings(tmp_path)

    assert set(tomllib.loads(example)) == set(MailSettings.model_fields)
    defaults = MailSettings(host="smtp.example.org", from_address="credentials@example.org")
    for name in ("security", "allow_unencrypted", "per_minute", "timeout_seconds"):
        assert getattr(allowed, name) == getattr(defaults, name)


def test_the_exit_codes_and_pauses_are_those_of_the_command() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", TEXT, re.MULTILINE)}

    assert told == {0, deliver_report.EXIT_NEEDS_PERSON, EXIT_BAD_INPUT, deliver_report.EXIT_WAITS}
    assert "after 1, 5 and 20 seconds" in TEXT
    assert PAUSES == (1, 5, 20)


def test_every_command_exists() -> None:
    assert set(re.findall(r"credanchor (\w+)", TEXT)) <= set(SUMMARIES)
