"""The printable calibration card: where everything lies in mm, which colour it is meant to have, and a picture of it.

The card is 86 x 54 mm (a credit card is 85.6 x 54): small enough to lie beside a cheek, printable on A4 at 100 %.
The mid-grey ground keeps the camera's exposure near that of skin and shows the light falling off across the card;
the four AprilTags give scale, tilt and orientation.

Printers differ, so the design values are only the start: measure a printed card and use :func:`measured` for figures
that are comparable between different prints. Differences between visits need only that the same print is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import InvalidInput
from tracker.imaging.colour import encoded_to_linear
from tracker.imaging.types import LinearRGB, Points, frozen

PAPER_WHITE = 0.876
"""Y of matt paper, L* 95 (ISO 12647-2 paper type without brightener); a printed colour is at most this bright."""
PRINT_BLACK = 0.035
"""Y of the darkest ink on matt paper, L* 22; nothing on the card is meant to be darker."""
GROUND = 0.42
"""Y of the ground: between light and medium skin, so that the card does not pull the automatic exposure."""


class PatchKind(StrEnum):
    """What a patch is for; it sets the weight in the fit."""

    NEUTRAL = "neutral"
    SKIN = "skin"
    CHROMATIC = "chromatic"


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One colour field of a target.

    Parameters
    ----------
    name : str
        ``"white"``, ``"skin ITA +60"``, ...
    kind : PatchKind
        Neutral, skin or chromatic.
    left, top, width, height : float
        In mm from the target's top-left corner.
    linear : tuple of float
        Reflectance under D65 as linear sRGB, 0 to 1.
    """

    name: str
    kind: PatchKind
    left: float
    top: float
    width: float
    height: float
    linear: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """One AprilTag (36h11): its number and the black square's place in mm."""

    number: int
    left: float
    top: float
    size: float

    @property
    def corners(self) -> Points:
        """(4, 2) corners of the black square in mm: top-left, top-right, bottom-right, bottom-left."""
        x, y, s = self.left, self.top, self.size
        return np.array([[x, y], [x + s, y], [x + s, y + s], [x, y + s]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A card's layout and reference colours.

    Parameters
    ----------
    name : str
        Shown as the calibration's target.
    size_mm : tuple of float
        Width and height.
    patches : tuple of Patch
        Colour fields.
    tags : tuple of Tag
        Corner marks.
    ruler : tuple of float
        Left, top and length in mm of the millimetre ruler.
    ground : tuple of float
        Reflectance of the card's ground as linear sRGB.
    """

    name: str
    size_mm: tuple[float, float]
    patches: tuple[Patch, ...] = field(repr=False)
    tags: tuple[Tag, ...] = field(repr=False)
    ruler: tuple[float, float, float] = field(repr=False)
    ground: tuple[float, float, float] = (GROUND, GROUND, GROUND)


TAG_MM, QUIET_MM, EDGE_MM = 10.4, 1.3, 1.5  # 8 modules of 1.3 mm: 6 px each at the 5 px/mm of a whole face on 2 MP
_PATCH_MM, _PITCH_MM = 8.0, 9.0

_NEUTRALS = {"white": PAPER_WHITE, "grey 55": 0.55, "grey 33": 0.33, "grey 20": 0.20, "grey 11": 0.11, "grey 6": 0.06}

# Melanosome fractions solved for the named ITA at 0.7 % blood, and pairs (melanosomes, blood) for reddened skin, with
# the two-layer optics of docs/methods.md (Beer-Lambert epidermis over Kubelka-Munk dermis; haemoglobin of Prahl,
# melanin and scattering of Jacques 1998, omlc.org/news/jan98/skinoptics.html), CIE 1931 2 degrees, D65.
_SKIN: dict[str, tuple[float, float, float]] = {
    "skin ITA +60": (0.514, 0.384, 0.307),
    "skin ITA +48": (0.474, 0.335, 0.244),
    "skin ITA +36": (0.434, 0.290, 0.192),
    "skin ITA +22": (0.383, 0.239, 0.141),
    "skin ITA +8": (0.328, 0.189, 0.099),
    "skin ITA -8": (0.261, 0.136, 0.063),
    "skin ITA -22": (0.204, 0.099, 0.044),
    "skin ITA -38": (0.151, 0.069, 0.034),
    "skin ITA -55": (0.109, 0.050, 0.030),
}
_REDDENED: dict[str, tuple[float, float, float]] = {
    "red skin, light, 2 % blood": (0.429, 0.250, 0.190),
    "red skin, light, 5 % blood": (0.366, 0.166, 0.133),
    "red skin, medium, 3 % blood": (0.274, 0.122, 0.071),
    "red skin, dark, 3 % blood": (0.141, 0.056, 0.033),
}
# Ink colours inside the gamut of an office printer on matt paper (sRGB fill), spread around the hue circle so that the
# 3x3 matrix is well conditioned.
_INKS: dict[str, tuple[int, int, int]] = {
    "blue": (58, 78, 156),
    "green": (76, 150, 82),
    "red": (180, 58, 62),
    "yellow": (232, 202, 62),
    "magenta": (188, 88, 148),
    "cyan": (62, 142, 172),
    "orange": (222, 132, 56),
    "purple": (100, 70, 118),
    "sky": (104, 132, 168),
    "foliage": (96, 114, 76),
    "lime": (164, 190, 78),
}


def _row(names: Mapping[str, tuple[float, float, float]], kind: PatchKind, left: float, top: float) -> list[Patch]:
    return [
        Patch(name, kind, left + i * _PITCH_MM, top, _PATCH_MM, _PATCH_MM, linear)
        for i, (name, linear) in enumerate(names.items())
    ]


def _design() -> Card:
    width, height = 86.0, 54.0
    inset = EDGE_MM + QUIET_MM
    right, bottom = width - inset - TAG_MM, height - inset - TAG_MM
    places = [(inset, inset), (right, inset), (right, bottom), (inset, bottom)]
    inks = {k: _paint(v) for k, v in _INKS.items()}
    head = dict(list(inks.items())[:6])
    rest = dict(list(inks.items())[6:])
    greys = {k: (v, v, v) for k, v in _NEUTRALS.items()}
    patches = [
        *_row(greys, PatchKind.NEUTRAL, 16.5, 5.5),
        *_row(_SKIN, PatchKind.SKIN, 3.0, 17.5),
        *_row(_REDDENED, PatchKind.SKIN, 3.0, 28.5),
        *_row(rest, PatchKind.CHROMATIC, 39.0, 28.5),
        *_row(head, PatchKind.CHROMATIC, 16.5, 39.5),
    ]
    tags = tuple(Tag(4 + i, x, y, TAG_MM) for i, (x, y) in enumerate(places))
    return Card("tracker card 1", (width, height), tuple(patches), tags, (18.0, 49.0, 50.0))


def _paint(srgb: tuple[int, int, int]) -> tuple[float, float, float]:
    """Reflectance of an sRGB fill printed relative to the paper."""
    r, g, b = (PAPER_WHITE * encoded_to_linear(np.array(srgb) / 255.0)).tolist()
    return r, g, b


TRACKER_CARD = _design()
"""Version 1, tags 4 to 7 clockwise from the top left. Another layout takes the next four numbers."""


def measured(card: Card, linear: Mapping[str, tuple[float, float, float]]) -> Card:
    """The card with reference values measured on one print.

    Parameters
    ----------
    card : Card
        The design.
    linear : mapping of str to three floats
        Patch name, or ``"ground"``, to linear sRGB reflectance (D65), 0 to 1. What is not named keeps its design value.

    Returns
    -------
    Card
        The same layout.

    Raises
    ------
    InvalidInput
        A name that is not on the card.
    """
    names = [*(p.name for p in card.patches), "ground"]
    unknown = sorted(set(linear) - set(names))
    if unknown:
        raise InvalidInput(
            f"{card.name}: patch {unknown[0]!r} is not on this card, expected one of {', '.join(names)}; correct the "
            f"name in the reference file."
        )
    patches = tuple(replace(p, linear=linear.get(p.name, p.linear)) for p in card.patches)
    return replace(card, patches=patches, ground=linear.get("ground", card.ground))


def tag_modules(tag: Tag) -> NDArray[np.bool_]:
    """(8, 8) modules of a tag's black square, True = black."""
    bitmap = cv2.aruco.generateImageMarker(
        cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11), tag.number, 8
    )
    return np.asarray(bitmap) < 128


def card_reflectance(px_per_mm: float, card: Card = TRACKER_CARD) -> tuple[LinearRGB, tuple[float, float]]:
    """A picture of the card as reflectance, for drawing it into a synthetic scene.

    Parameters
    ----------
    px_per_mm : float
        Resolution of the picture, at least 4 so that a tag module has 5 pixels.
    card : Card
        Layout and colours.

    Returns
    -------
    reflectance : LinearRGB
        float32 (height, width, 3), linear sRGB under D65, 0 to 1; edges are averaged in linear light. Pixel (0, 0)
        covers the card's top-left corner: millimetre (x, y) lies at pixel (x * px_per_mm - 0.5, y * px_per_mm - 0.5).
    size_mm : tuple of float
        Width and height of the card in mm.
    """
    over = max(1, int(np.ceil(24 / px_per_mm)))  # a 1.3 mm module is then drawn within 2 %
    k = px_per_mm * over
    width, height = (round(v * px_per_mm) for v in card.size_mm)
    picture = np.tile(np.array(card.ground, np.float32), (height * over, width * over, 1))

    def fill(left: float, top: float, size: tuple[float, float], colour: tuple[float, float, float]) -> None:
        a, b, c, d = (round(v * k) for v in (left, top, left + size[0], top + size[1]))
        picture[b:d, a:c] = colour

    for patch in card.patches:
        fill(patch.left, patch.top, (patch.width, patch.height), patch.linear)
    for tag in card.tags:
        quiet = tag.size + 2 * QUIET_MM
        fill(tag.left - QUIET_MM, tag.top - QUIET_MM, (quiet, quiet), (PAPER_WHITE,) * 3)
        module = tag.size / 8
        for row, column in np.argwhere(tag_modules(tag)):
            corner = tag.left + column * module, tag.top + row * module
            fill(*corner, (module, module), (PRINT_BLACK,) * 3)
    left, top, length = card.ruler
    for mm in range(round(length) + 1):
        fill(left + mm - 0.1, top, (0.2, 2.5 if mm % 10 == 0 else 1.8 if mm % 5 == 0 else 1.2), (PRINT_BLACK,) * 3)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return frozen(np.asarray(small, np.float32)), card.size_mm
