"""Headless Chromium for the page's tests, unpacked from the npm package @sparticuz/chromium once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_ar
import pylopdf_fonts_zh_cn
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
UNPACK = "import('@sparticuz/chromium').then(async (pack) => console.log(await pack.default.executablePath()))"
# The package unpacks its shared libraries (NSS and the like) only where it believes to run on Amazon's servers.
PRETEND = {"AWS_LAMBDA_JS_RUNTIME": "nodejs24.x"}
ARGUMENTS = (
    "--no-sandbox",  # tests may run as root, in a container
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts/fonts</dir>
  {packaged}
  <selectfont><rejectfont><glob>*/Noto*Serif*</glob><glob>*/NotoNaskh*</glob></rejectfont></selectfont>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
  <alias><family>system-ui</family><prefer>{families}</prefer></alias>
</fontconfig>
"""
FAMILIES = ("Open Sans", "Noto Sans Arabic", "Noto Sans SC")


def missing() -> str | None:
    """Say why no browser can be had here, if so."""
    if not PACKAGE.is_dir():
        return "@sparticuz/chromium is not installed; run make install"
    return None if _node() else "node is not installed; run make install"


def unpack(folder: Path) -> Path:
    """Unpack Chromium, its libraries and fonts into `folder` and return the executable; takes about 3 seconds."""
    node = _node()
    assert node is not None
    environment = {**os.environ, **PRETEND, "TMPDIR": str(folder)}
    command = [node, "--input-type=module", "-e", UNPACK]
    done = subprocess.run(  # noqa: S603  our own node and script
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    packaged = (pylopdf_fonts_ar.serif_path().parent, pylopdf_fonts_zh_cn.serif_path().parent)
    fonts = FONTS.format(
        folder=folder,
        packaged="".join(f"<dir>{one}</dir>" for one in packaged),
        families="".join(f"<family>{one}</family>" for one in FAMILIES),
    )
    (folder / "fonts.conf").write_text(fonts, "utf-8")
    return Path(done.stdout.strip())


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Run Chromium out of `folder`, which receives the unpacked files if it has none."""
    executable = folder / "chromium"
    if not executable.exists():
        executable = unpack(folder)
    # The system's own libraries come first; the packaged ones help where it has none.
    libraries = [os.environ.get("LD_LIBRARY_PATH", ""), str(folder / "al2023" / "lib")]
    environment = {
        **os.environ,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "HOME": str(folder),
        "LD_LIBRARY_PATH": ":".join(part for part in libraries if part),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS), env=environment)
        try:
            yield browser
        finally:
            browser.close()


def _node() -> str | None:
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.exists() else shutil.which("node")
