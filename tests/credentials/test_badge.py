from __future__ import annotations

import itertools

import png
import pytest

from registry.credentials.badge import SIDE, default_badge

Pixels = list[list[tuple[int, ...]]]


def pixels_of(picture: bytes) -> Pixels:
    width, height, rows, _ = png.Reader(bytes=picture).asRGBA8()
    assert (width, height) == (SIDE, SIDE)
    return [[tuple(row[at : at + 4]) for at in range(0, len(row), 4)] for row in rows]


def contrast_with_white(red: int, green: int, blue: int) -> float:
    """Return the contrast ratio of WCAG 2."""
    linear = [
        (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4) for part in (red, green, blue)
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_the_corners_are_transparent_and_the_field_is_not() -> None:
    pixels = pixels_of(default_badge(b"data-foundations"))
    corners = [pixels[row][column][3] for row in (0, -1) for column in (0, -1)]
    assert corners == [0, 0, 0, 0]
    assert pixels[110][100][3] == 255


def test_the_emblem_is_white_and_stands_in_the_middle() -> None:
    pixels = pixels_of(default_badge(b"data-foundations"))
    assert pixels[150][160] == (255, 255, 255, 255)
    assert all(row == row[::-1] for row in pixels)


def test_edges_are_smooth() -> None:
    opacities = {pixel[3] for row in pixels_of(default_badge(b"data-foundations")) for pixel in row}
    assert len(opacities) > 50


def test_the_seed_alone_decides_the_picture() -> None:
    assert default_badge(b"one") == default_badge(b"one")
    assert default_badge(b"one") != default_badge(b"two")


@pytest.mark.parametrize("seed", [b"", b"1", b"2", b"3", b"4", b"5", b"6", b"7"])
def test_white_stands_out_on_every_colour(seed: bytes) -> None:
    rows = png.Reader(bytes=default_badge(seed)).asRGBA8()[2]
    row = next(itertools.islice(rows, 110, None))
    assert contrast_with_white(*row[400:403]) > 3
