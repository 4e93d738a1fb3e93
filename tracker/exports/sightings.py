"""Pictures of what a network saw in a photo: landmarks with the regions they define, and a soft outline."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import cv2
import matplotlib
import matplotlib.colors
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tracker.exports.overlay import OUTLINE_COLOURS, Picture
from tracker.exports.places import region_label
from tracker.imaging.types import Outline, Points, Region

POINT_COLOUR, RIM = (255, 255, 255), (25, 25, 25)
SOFT_COLOUR = (0, 70, 200)
"""Blue over skin is seen with any colour vision; how much of it lies on the skin is the probability."""
SOFT_STRENGTH = 0.65
"""Opacity where the scar is sure, so that the skin beneath stays visible."""
HARD_COLOUR = (240, 228, 66)
"""Okabe and Ito's yellow over a dark rim."""
LEFT_OUT = (60, 60, 60)
HATCH = 5
"""Between the lines over what is left out, in thicknesses."""
LABEL_SHARE = 0.013
"""Height of the names in widths of the picture: 21 px of 1600."""


def landmarks_drawn(
    picture: Picture,
    points: Mapping[str, tuple[float, float]],
    regions: Mapping[str, Points],
    excluded: Mapping[str, Points],
    scale: float,
) -> Picture:
    """The picture with landmarks as dots, regions as named outlines, and what is left out hatched.

    Parameters
    ----------
    picture : Picture
        The whole photo at ``scale``.
    points : mapping of str to tuple of float
        Photo pixels.
    regions, excluded : mapping of str to Points
        Closed polygons (n, 2) in photo pixels.
    scale : float
        Display pixels per photo pixel.
    """
    out = picture.copy()
    thickness = max(1, round(picture.shape[1] / 800))
    for polygon in excluded.values():
        _hatch(out, _display(polygon, scale), thickness)
    for index, polygon in enumerate(regions.values()):
        corners = _display(polygon, scale)
        cv2.polylines(out, [corners], True, RIM, thickness + 2, cv2.LINE_AA)
        cv2.polylines(out, [corners], True, OUTLINE_COLOURS[index % len(OUTLINE_COLOURS)], thickness, cv2.LINE_AA)
    for x, y in points.values():
        at = round(x * scale), round(y * scale)
        cv2.circle(out, at, thickness + 2, RIM, -1, cv2.LINE_AA)
        cv2.circle(out, at, thickness + 1, POINT_COLOUR, -1, cv2.LINE_AA)
    left_out = [_display(polygon, scale) for polygon in excluded.values()]
    places = {name: _roomiest(_display(polygon, scale), left_out) for name, polygon in regions.items()}
    return _named(out, places)


def outline_drawn(picture: Picture, outline: Outline, scale: float) -> Picture:
    """The picture with a soft outline: blue the more likely, and a yellow line at one half, its hard outline.

    Parameters
    ----------
    picture, scale
        As in :func:`landmarks_drawn`.
    outline : Outline
        In photo pixels.
    """
    soft = np.zeros(picture.shape[:2], np.float32)
    left, top = round(outline.box.left * scale), round(outline.box.top * scale)
    size = max(1, round(outline.box.width * scale)), max(1, round(outline.box.height * scale))
    part = soft[top : top + size[1], left : left + size[0]]
    part[:] = cv2.resize(outline.probability, size, interpolation=cv2.INTER_AREA)[: part.shape[0], : part.shape[1]]
    weight = SOFT_STRENGTH * np.clip(soft, 0, 1)[..., None]
    out = np.rint(picture * (1 - weight) + np.array(SOFT_COLOUR, np.float32) * weight).astype(np.uint8)
    return _line(out, (soft >= 0.5).astype(np.uint8), HARD_COLOUR)


def prompt_drawn(picture: Picture, prompt: Region, scale: float) -> Picture:
    """The picture with the outline that was carried here from an earlier session, where nothing was found in it."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    left, top = round(prompt.box.left * scale), round(prompt.box.top * scale)
    size = max(1, round(prompt.box.width * scale)), max(1, round(prompt.box.height * scale))
    part = mask[top : top + size[1], left : left + size[0]]
    small = cv2.resize(prompt.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    part[:] = small[: part.shape[0], : part.shape[1]]
    return _line(picture.copy(), mask, POINT_COLOUR)


def soft_colours(steps: int = 7) -> tuple[str, ...]:
    """The colours of :func:`outline_drawn` over light grey as ``"#rrggbb"``, from surely skin to surely scar."""
    shares = np.linspace(0, SOFT_STRENGTH, steps)
    return tuple(
        matplotlib.colors.to_hex((1 - at) * np.full(3, 0.88) + at * np.array(SOFT_COLOUR) / 255) for at in shares
    )


def _display(polygon: Points, scale: float) -> np.ndarray:
    return np.rint(np.asarray(polygon) * scale).astype(np.int32).reshape(-1, 1, 2)


def _line(out: Picture, mask: np.ndarray, colour: tuple[int, int, int]) -> Picture:
    thickness = max(2, round(out.shape[1] / 600))  # a line of one pixel is blended with its rim
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(out, contours, -1, RIM, thickness + 2, cv2.LINE_AA)
    cv2.drawContours(out, contours, -1, colour, thickness, cv2.LINE_AA)
    return out


def _hatch(out: Picture, corners: np.ndarray, thickness: int) -> None:
    """Diagonal lines over a polygon, and its border, in place."""
    left, top, width, height = cv2.boundingRect(corners)
    inside, lines = np.zeros(out.shape[:2], np.uint8), np.zeros(out.shape[:2], np.uint8)
    cv2.fillPoly(inside, [corners], 255)
    for start in range(left - height, left + width, (HATCH + 1) * thickness):
        cv2.line(lines, (start, top + height), (start + height, top), 255, thickness)
    out[(inside > 0) & (lines > 0)] = LEFT_OUT
    cv2.polylines(out, [corners], True, LEFT_OUT, thickness, cv2.LINE_AA)


def _roomiest(corners: np.ndarray, left_out: Sequence[np.ndarray]) -> tuple[float, float]:
    """A point of a polygon far from its border and from what is left out of it, where its name is in nobody's way."""
    left, top, width, height = cv2.boundingRect(corners)
    inside = np.zeros((height + 2, width + 2), np.uint8)
    cv2.fillPoly(inside, [corners], 1, offset=(1 - left, 1 - top))
    cv2.fillPoly(inside, list(left_out), 0, offset=(1 - left, 1 - top))
    room = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 3))
    wide = np.argwhere(room >= 0.9 * room.max())  # of those, the one nearest to the middle
    row, column = wide[np.argmin(((wide - np.argwhere(room >= 0).mean(0)) ** 2).sum(1))]
    return float(column + left - 1), float(row + top - 1)


def _named(picture: Picture, places: Mapping[str, tuple[float, float]]) -> Picture:
    image = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(image), _font(max(9, round(LABEL_SHARE * picture.shape[1])))
    for name, (x, y) in places.items():
        draw.text((x, y), region_label(name), POINT_COLOUR, font, anchor="mm", stroke_width=2, stroke_fill=RIM)
    return np.asarray(image, np.uint8)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    # Matplotlib brings DejaVu Sans along; asking the system for a font gives another picture on every machine.
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)
