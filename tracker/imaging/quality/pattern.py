"""The same patches of skin in both photos, and what changed in their light.

The ground on which light, tone curve, gloss and make-up are told apart. Light from another side changes shading,
equally in all channels, and so the pattern of brightness. A tone curve stretches every contrast, that of colour too,
and keeps the patterns. A glossy film adds white where it reflects: brighter and paler together. Make-up covers the
pattern of colour and keeps that of brightness.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.geometry import sample_grid
from tracker.imaging.quality.view import View

Floats = NDArray[np.float64]

FEWEST_PATCHES = 60
YELLOWNESS = np.array([0.5, 0.5, -1.0])
UNBLOODED = YELLOWNESS - 0.3 * colour.HAEMOGLOBIN_WEIGHTS  # blood adds 0.3 of its H to yellowness
SAME_LIGHT = 0.865
"""Correlation of the finer pattern of brightness above which the light came from the same side; found 0.87 to 0.99 (72
pairs of faces_london, neutral and smiling) and 0.99 between rendered photos of a visit; 0.06 to 0.80 with the lamp
moved by 90 degrees, 0.66 to 0.86 with it moved to the front."""
MOST_COLOUR_CONTRAST = 1.3
"""Spread of the pattern of colour, one photo over the other; found 0.73 to 1.26 (72 pairs of faces_london) and 0.90 to
1.04 between rendered photos of a visit; 1.39 to 2.1 after an S-curve."""
CURVE_CONTRAST = 0.85  # a curve that weakens colour weakens light and shade as well
MOST_EVENED, EVENED_ALIKE = 0.22, 0.40
"""Loss of contrast with the surroundings, and its correlation; found up to 0.16 (one of 72 pairs 0.31) with up to 0.33,
rendered 0.16 with 0.50; local tone mapping of 40 % gives 0.29 to 0.66 with 0.26 to 0.98."""
GLOSS_CONTRAST = 1.12
"""Spread of the finer pattern of brightness; found 0.89 to 1.11 (72 pairs of faces_london), 1.17 to 1.46 where rendered
skin shone three times as much."""
GLOSS_PALER = 1.3  # yellowness lost per SD of brightening, 100 ln; rendered gloss gives 1.8 to 8.8
GLOSS_BRIGHTENED = 0.05  # ln; that SD, without which there is nothing to explain
HARDER = 1.25
"""That spread, where neither gloss nor a tone curve explains it: harder or softer light."""
SURROUND = 0.0625  # sigma over the longer side of the photo: the neighbourhood that local tone mapping evens out
SURROUND_SIDE = 128  # working pixels for it: a smooth map needs no more


@dataclass(frozen=True, slots=True, eq=False)
class SharedLight:
    """What a pair of photos shows at the same patches of skin.

    Parameters
    ----------
    position : ndarray, shape (n, 2)
        Baseline pixels.
    baseline, followup : ndarray, shape (n, 3)
        Linear sRGB.
    lamp_h, lamp_yellow : float
        Colour shift between the photos along redness (H units) and yellowness (100 ln).
    calibrated : bool
        Whether a card took lamp and camera out.
    """

    position: Floats
    baseline: Floats
    followup: Floats
    lamp_h: float
    lamp_yellow: float
    calibrated: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the light of the shared skin changed, in figures.

    Parameters
    ----------
    patches : int
        Patches seen in both photos.
    shading : float
        SD over the skin of the smooth part of the change of ln light that no factor on the baseline's shading explains.
    alike : float
        Correlation of the finer pattern of brightness in both photos.
    contrast : float
        Spread of that finer pattern in the follow-up over the baseline.
    colour_contrast : float
        The same for the pattern of colour (geometric mean of redness and yellowness).
    colour_alike : float
        Correlation of the finer pattern of redness.
    evened : float
        Change of ln light per ln of the surrounding light: below 0 where dark neighbourhoods were lifted.
    evened_alike : float
        Partial correlation behind it.
    paler : float
        Yellowness lost by a patch that became brighter by one SD (100 ln).
    brightened : float
        That SD (ln).
    tint : float
        SD over the skin of the smooth part of the change of colour that blood does not explain (100 ln): a white
        balance shifts all skin alike, mixed light does not.
    tone : float
        ITA in degrees of the shared skin in the baseline, as recorded where no card was used.
    """

    patches: int
    shading: float
    alike: float
    contrast: float
    colour_contrast: float
    colour_alike: float
    evened: float
    evened_alike: float
    paler: float
    brightened: float
    tint: float
    tone: float

    @property
    def curved(self) -> bool:
        """Whether every contrast, that of colour too, was stretched or squeezed: a tone curve."""
        if self.colour_contrast > 1:
            return self.colour_contrast > MOST_COLOUR_CONTRAST
        return self.colour_contrast < 1 / MOST_COLOUR_CONTRAST and self.contrast < CURVE_CONTRAST

    @property
    def evened_out(self) -> bool:
        """Whether light follows the surroundings less in one photo: local tone mapping."""
        strong = abs(self.evened) > MOST_EVENED and abs(self.evened_alike) > EVENED_ALIKE
        return strong and self.alike > SAME_LIGHT and self.stronger < HARDER and not self.glossy

    @property
    def stronger(self) -> float:
        """How many times stronger light and shade are in the photo where they are."""
        return max(self.contrast, 1 / self.contrast)

    @property
    def glossy(self) -> bool:
        """Whether a glossy film came or went: what became brighter became paler."""
        film = self.paler > GLOSS_PALER and self.brightened > GLOSS_BRIGHTENED
        return film and self.stronger > GLOSS_CONTRAST and self.alike > SAME_LIGHT and not self.curved

    @property
    def mapped(self) -> bool:
        """Whether software changed the contrasts, so that shading says nothing of the lamps."""
        return self.curved or self.evened_out


def pattern_of(light: SharedLight, baseline: View) -> Pattern | None:
    """The figures of a pair, or None with fewer than 60 shared patches."""
    if len(light.position) < FEWEST_PATCHES:
        return None
    logs = [np.log(np.maximum(each, colour.FLOOR)) for each in (light.baseline, light.followup)]
    bright = [each.mean(axis=1) for each in logs]
    basis = _quadratic(light.position)
    smooth = [each - _rest(basis, each) for each in bright]
    fine = [each - part for each, part in zip(bright, smooth, strict=True)]
    red, yellow = ([_rest(basis, 100 * each @ axis) for each in logs] for axis in _AXES)
    change = bright[1] - bright[0]
    tinted = 100 * (logs[1] - logs[0]) @ UNBLOODED
    evened, evened_alike = _slope(_rest(basis, _surrounding(baseline, light.position)), _rest(basis, change))
    paler, brightened = _paler(change, 100 * (logs[1] - logs[0]) @ YELLOWNESS)
    return Pattern(
        patches=len(light.position),
        shading=_unexplained(smooth[0], smooth[1]),
        alike=_correlation(fine[0], fine[1]),
        contrast=_spread(fine[1]) / max(_spread(fine[0]), 1e-6),
        colour_contrast=_geometric(_spread(red[1]) * _spread(yellow[1]), _spread(red[0]) * _spread(yellow[0])),
        colour_alike=_correlation(red[0], red[1]),
        evened=evened,
        evened_alike=evened_alike,
        paler=paler,
        brightened=brightened,
        tint=float(np.std(tinted - _rest(basis, tinted))),
        tone=float(colour.individual_typology_angle(colour.linear_to_lab(np.median(light.baseline, axis=0)))),
    )


_AXES = (colour.HAEMOGLOBIN_WEIGHTS, YELLOWNESS)


def _quadratic(position: Floats) -> Floats:
    """Orthonormal quadratics of the position, shape (n, 6)."""
    x = (position - position.mean(0)) / np.maximum(position.std(0), 1e-9)
    columns = np.column_stack([np.ones(len(x)), x, x**2, x[:, 0] * x[:, 1]])
    return np.asarray(np.linalg.qr(columns)[0], np.float64)


def _rest(basis: Floats, values: Floats) -> Floats:
    return np.asarray(values - basis @ (basis.T @ values), np.float64)


def _unexplained(first: Floats, second: Floats) -> float:
    a, b = first - first.mean(), second - second.mean()
    return float(np.std(b - a * float(a @ b) / max(float(a @ a), 1e-9)))


def _surrounding(view: View, position: Floats) -> Floats:
    """Logarithm of the light around each position of the baseline photo."""
    height, width = view.log_light.shape
    shrink = SURROUND_SIDE / max(height, width)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(np.exp(view.log_light), size, interpolation=cv2.INTER_AREA)
    around = np.log(np.maximum(cv2.GaussianBlur(small, (0, 0), SURROUND * SURROUND_SIDE), colour.FLOOR))
    return sample_grid(np.asarray(around, np.float32), 1 / (view.scale * shrink), position)


def _paler(change: Floats, yellow: Floats) -> tuple[float, float]:
    """What yellowness loses where a patch gets brighter by one SD, and that SD."""
    spread = _spread(change)
    slope, _ = _slope(change - np.median(change), yellow - np.median(yellow))
    return -slope * spread, spread


def _slope(x: Floats, y: Floats) -> tuple[float, float]:
    """Least-squares slope of y on x, outliers counting less, and the correlation."""
    weight = np.ones(len(x))
    slope = 0.0
    for _ in range(4):
        slope = float((weight * x * y).sum() / max(float((weight * x * x).sum()), 1e-12))
        rest = y - slope * x
        weight = 1 / (1 + (rest / max(2 * _spread(rest), 1e-9)) ** 2)
    return slope, _correlation(x, y)


def _geometric(after: float, before: float) -> float:
    """Square root of the ratio of two products of spreads; 1 where neither photo shows a pattern."""
    return float(np.sqrt(max(after, 1e-6) / max(before, 1e-6)))


def _correlation(x: Floats, y: Floats) -> float:
    both = float(np.std(x) * np.std(y))
    return 1.0 if both < 1e-9 else float(np.mean((x - x.mean()) * (y - y.mean())) / both)


def _spread(values: Floats) -> float:
    """Robust SD."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
