"""A badge for achievements that come without a picture: an anchor on a ribboned seal, in a colour of its own.

Each shape is a signed distance in pixels (negative inside), from which its smooth edge follows. The picture is
symmetrical, so x counts from the middle to the right and half of it is computed.
"""

from __future__ import annotations

import colorsys
import hashlib
import io
from array import array
from functools import cache
from math import atan2, cos, hypot, pi, sin

import png  # type: ignore[import-untyped]  # it ships no types

SIDE = 320
"""Width and height in pixels."""

_CENTRE_Y = 138.0
_SCALLOPS = 24
_ARC_Y, _ARC_RADIUS, _ARC_END = 142.0, 52.0, 0.3
_FLUKE = (_ARC_RADIUS * cos(_ARC_END), _ARC_Y + _ARC_RADIUS * sin(_ARC_END))
_TIP = (_FLUKE[0] + 2.0, _FLUKE[1] - 7.0)
_STROKES = (
    # from x, from y, to x, to y, half width
    (0.0, 100.0, 0.0, 192.0, 5.5),  # the shank
    (0.0, 118.0, 30.0, 118.0, 5.0),  # the stock
    (*_TIP, _TIP[0] - 17.0, _TIP[1] + 9.0, 5.0),  # the two barbs of the fluke
    (*_TIP, _TIP[0] + 9.0, _TIP[1] + 17.0, 5.0),
)
_FAR = 1.0
"""A distance at which nothing is covered."""
_Colour = tuple[float, float, float]
_Coverage = tuple[float, float, float, float]
_WHITE = (255.0, 255.0, 255.0)


def default_badge(seed: bytes) -> bytes:
    """Return a PNG picture of 320 x 320 pixels with transparent corners; the seed decides its colour.

    The same seed always gives the same bytes.
    """
    share = int.from_bytes(hashlib.sha256(seed).digest()[:2], "big") / 65_536
    hue = (170.0 + 220.0 * share) / 360.0  # teal over blue, violet and red to orange: white stands out on all of them
    dark, middle, light = (_colour(hue, lightness) for lightness in (0.25, 0.34, 0.41))
    coverages, rows = _picture()
    pixels = [_pixel(covers, (dark, middle, light, _WHITE)) for covers in coverages]
    out = io.BytesIO()
    writer = png.Writer(SIDE, SIDE, greyscale=False, alpha=True, compression=9)
    writer.write(out, (b"".join(pixels[index] for index in (*reversed(row), *row)) for row in rows))
    return out.getvalue()


@cache
def _picture() -> tuple[list[_Coverage], list[array[int]]]:
    """Return the coverages that occur, and for each row, from the middle to the right, which one each pixel has."""
    known: dict[_Coverage, int] = {}
    half = [column + 0.5 for column in range(SIDE // 2)]
    rows = [array("H", (known.setdefault(_layers(x, row + 0.5), len(known)) for x in half)) for row in range(SIDE)]
    return list(known), rows


def _layers(x: float, y: float) -> _Coverage:
    """Return the coverage of ribbon, seal, field and white, from the bottom to the top."""
    radius = hypot(x, y - _CENTRE_Y)
    scallop = 4.0 * cos(_SCALLOPS * atan2(y - _CENTRE_Y, x))
    ring = abs(radius - 99.0) - 2.0
    white = min(ring, _anchor(x, y))
    distances = (_ribbon(x, y), radius - 120.0 - scallop, radius - 99.0, white)
    ribbon, seal, field, white = map(_coverage, distances)
    return ribbon, seal, field, white


def _coverage(distance: float) -> float:
    return min(1.0, max(0.0, 0.5 - distance))


def _anchor(x: float, y: float) -> float:
    if x > 75.0 or not 65.0 < y < 205.0:  # noqa: PLR2004  the box around it, for speed
        return _FAR
    ring = abs(hypot(x, y - 86.0) - 12.0) - 4.5
    return min(ring, _arms(x, y), *(_stroke(x, y, stroke) for stroke in _STROKES))


def _arms(x: float, y: float) -> float:
    """Return the distance from the arc that joins the flukes below the shank."""
    if atan2(y - _ARC_Y, x) < _ARC_END:
        return hypot(x - _FLUKE[0], y - _FLUKE[1]) - 5.5
    return abs(hypot(x, y - _ARC_Y) - _ARC_RADIUS) - 5.5


def _stroke(x: float, y: float, stroke: tuple[float, float, float, float, float]) -> float:
    """Return the distance from a line with round ends."""
    x1, y1, x2, y2, half = stroke
    along_x, along_y = x2 - x1, y2 - y1
    share = ((x - x1) * along_x + (y - y1) * along_y) / (along_x**2 + along_y**2)
    share = min(1.0, max(0.0, share))
    return hypot(x - x1 - share * along_x, y - y1 - share * along_y) - half


def _ribbon(x: float, y: float) -> float:
    """Return the distance from the right tail: a slanted band with a notch cut into its end."""
    if y < 190.0:  # noqa: PLR2004  hidden behind the seal
        return _FAR
    along = (x - 40.0) * sin(pi / 9) + (y - 200.0) * cos(pi / 9)
    across = abs((x - 40.0) * cos(pi / 9) - (y - 200.0) * sin(pi / 9))
    end = along - 104.0 + 0.55 * (27.0 - across)
    return max(across - 27.0, end * 0.88, -along)


def _colour(hue: float, light: float) -> _Colour:
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.58)
    return 255 * red, 255 * green, 255 * blue


def _pixel(covers: _Coverage, colours: tuple[_Colour, ...]) -> bytes:
    """Lay the colours over each other; return red, green, blue and alpha."""
    mixed = (0.0, 0.0, 0.0, 0.0)
    for cover, colour in zip(covers, colours, strict=True):
        pairs = zip(mixed, (*colour, 1.0), strict=True)
        red, green, blue, alpha = (below * (1.0 - cover) + above * cover for below, above in pairs)
        mixed = (red, green, blue, alpha)
    opaque = mixed[3] or 1.0
    return bytes([*(round(part / opaque) for part in mixed[:3]), round(255 * mixed[3])])
