"""The fonts of a PDF certificate, and which characters they have glyphs for.

Three come with the package: Noto Serif for Latin, Cyrillic and Greek, Noto Naskh Arabic, and Noto Serif SC for
simplified Chinese. A folder may add more. Nothing of the machine's own fonts is used, so that a certificate looks the
same wherever it is made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import fontpkg_noto_serif
import pylopdf_fonts_ar
import pylopdf_fonts_zh_cn
import typst
from fontTools.ttLib import TTFont, TTLibError

from registry.core.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = ("Noto Serif", "Noto Serif SC", "Noto Naskh Arabic")
"""Families that come with the package, in the order in which a glyph is looked for."""
_VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


@dataclass(frozen=True, slots=True)
class Fonts:
    """Fonts that a page is set in."""

    faces: typst.Fonts
    """What the typesetter takes."""
    families: tuple[str, ...]
    """Their families, in the order in which a glyph is looked for."""
    characters: frozenset[int]
    """Code points that at least one of them has a glyph for."""

    def lack(self, text: str) -> str | None:
        """Return the first character of `text` that should be seen and that no font has; None if there is none."""
        return next((one for one in text if ord(one) not in self.characters and not _is_invisible(one)), None)


@lru_cache(maxsize=4)
def load_fonts(folder: Path | None = None) -> Fonts:
    """Return the packaged fonts, and those in `folder` and the folders below it.

    Raises:
        SettingsError: the folder holds no font, or a file in it that calls itself a font cannot be read.

    """
    packaged = (fontpkg_noto_serif.ROOT, *(one.serif_path().parent for one in (pylopdf_fonts_zh_cn, pylopdf_fonts_ar)))
    faces = _faces([*packaged, *([folder] if folder else [])])
    own = _faces([folder]).families() if folder else []
    if folder and not own:
        raise SettingsError(
            f"The folder {folder} holds no font; put .ttf or .otf files there, or name another by CREDANCHOR_FONTS."
        )
    families = (*PACKAGED, *sorted(set(own) - set(PACKAGED)))
    upright = [face for face in faces.fonts() if face.family in families and face.style == "normal"]
    return Fonts(faces, families, frozenset().union(*(_characters(face) for face in upright)))


def _faces(folders: list[Path]) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
    )


def _characters(face: typst.FontInfo) -> frozenset[int]:
    try:
        with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, ValueError) as error:
        raise SettingsError(f"The font {face.path} cannot be read ({error}); take it out of the folder.") from error


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or ord(character) in _VARIATION_SELECTORS
