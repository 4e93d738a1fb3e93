"""Untreated skin of the same two photos: what camera and lamp changed between them, and how dark the skin is."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tracker.imaging import colour
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.errors import scatter
from tracker.imaging.types import Flag, FlagCode, Mask, Metric

Floats = NDArray[np.float64]

COLOUR_METRICS = (
    Metric.REDNESS,
    Metric.REDNESS_A_STAR,
    Metric.REDNESS_LOG_RG,
    Metric.PIGMENT,
    Metric.EVENNESS,
    Metric.SPOTS,
    Metric.SKIN_TONE,
)
CHROMA = np.array([colour.HAEMOGLOBIN_WEIGHTS, [0.5, 0.5, -1.0], [1 / 3, 1 / 3, 1 / 3]])
"""Rows: redness, yellowness, brightness. Medians are taken along these axes, so that the change of H of the reference
is exactly 0 after the match."""
FEWEST_CELLS = 60
FACING = (55.0, 75.0)  # percentiles of brightness, see facing_light
REGION_SCATTER = 0.3
"""Skin at the rim of a body or beside a card scatters more than the region that was chosen to be seen well: SD 2 to 2.5
times that of regions on light to brown rendered skin. Repeats hold the usual part; this finds the unusual pair."""
FLUSH_LIMIT_H = 2.5
"""How far the whole skin may shift against a card or against the surroundings before the rest is taken for a flush of
the skin and no longer for the camera: 1.8 times the SD (1.4 H) of that shift in faces that do not blush
(../shared/data faces_london, 68 people)."""
STEADY_SPREAD = 0.012  # robust SD of the log colour ratio of surroundings that did not change; measured 0.002 to 0.008


@dataclass(frozen=True, slots=True, eq=False)
class ColourMatch:
    """Per-channel gains that take camera and lamp out of the follow-up.

    Parameters
    ----------
    log_gain : ndarray, shape (3,)
        ln of the light of the follow-up over that of the baseline where nothing changed; subtracted from the follow-up.
    skin_shift_h : float
        Median change of H of the reference skin before the match, in H.
    anchor : str
        ``"card"``, ``"surroundings"`` or ``"skin"``: what bounds the shift that is put down to the camera.
    lamp_h, lamp_yellow : float
        The gains along redness (H units) and yellowness (100 ln): large where lamp or white balance changed.
    cells : int
        Reference cells used.
    """

    log_gain: Floats = field(repr=False)
    skin_shift_h: float
    anchor: str
    lamp_h: float
    lamp_yellow: float
    cells: int

    def apply(self, cells: SkinCells) -> SkinCells:
        """The cells with the follow-up's light brought to the baseline's camera and lamp."""
        return cells.with_followup(cells.followup * np.exp(-self.log_gain))


def plausible_skin(cells: SkinCells) -> Mask:
    """Which cells look like the skin most of them show: neither hair, lip, eye, shine nor moved shadow, shape (n,)."""
    keep = np.ones(len(cells), bool)
    if len(cells) == 0:
        return keep
    for light in (cells.baseline, cells.followup):
        h, y = colour.haemoglobin_index(light), np.log(light).mean(1)
        keep &= np.abs(h - np.median(h)) <= max(3.5 * _robust_sd(h), 4.0)
        keep &= np.abs(y - np.median(y)) <= 0.7  # a factor of 2 in light
    change = cells.log_ratio.mean(1)
    keep &= np.abs(change - np.median(change)) <= 0.35
    return np.asarray(keep, bool)


def away_from(cells: SkinCells, distance: Floats, radius: float) -> SkinCells:
    """Reference cells that a treated region does not reach.

    Parameters
    ----------
    cells : SkinCells
        Of all shared skin.
    distance : ndarray, shape (n,)
        Baseline pixels from each cell to the region.
    radius : float
        Radius in baseline pixels of a disc of the region's area.

    Returns
    -------
    SkinCells
        Those farther than 2.5 radii, or than the largest of 1.5, 1 and 0.5 radii that leaves enough.
    """
    for factor in (2.5, 1.5, 1.0, 0.5):  # redness spreads beyond what is drawn; but no reference is worse
        left = distance > factor * radius
        if left.sum() >= 4 * FEWEST_CELLS:
            return cells.keep(left)
    return cells.keep(distance > 0.5 * radius)


def steady_surroundings(cells: SkinCells) -> Floats | None:
    """Log colour ratio, shape (3,), of surroundings that kept their colour pattern, or None where they did not.

    Notes
    -----
    A wall or a gown shows a change of white balance as the same ratio everywhere. Brightness may differ from place to
    place (the lamp moved); colour may not.
    """
    if len(cells) < FEWEST_CELLS:
        return None
    along = cells.log_ratio @ CHROMA[:2].T
    centre = np.median(along, axis=0)
    near = np.abs(along - centre).max(1) <= 3 * STEADY_SPREAD
    spread = max(_robust_sd(along[:, 0]), _robust_sd(along[:, 1]))
    if spread > STEADY_SPREAD or near.mean() < 0.6:
        return None
    brightness = float(np.median(cells.log_ratio.mean(1)))
    return np.asarray(np.linalg.solve(CHROMA, [*np.median(along[near], axis=0), brightness]), np.float64)


def match_colour(
    skin: SkinCells, surroundings: Floats | None, *, calibrated: bool, weights: Floats | None = None
) -> ColourMatch | None:
    """What camera and lamp changed between the photos, or None where too little reference skin is left.

    Parameters
    ----------
    skin : SkinCells
        Untreated skin seen in both photos.
    surroundings : ndarray of shape (3,), optional
        From :func:`steady_surroundings`.
    calibrated : bool
        Whether both photos went through a card.
    weights : ndarray, shape (n,), optional
        How much each cell counts, 0 to 1; all the same by default.

    Returns
    -------
    ColourMatch or None
        None with fewer than 60 plausible cells (sum of weights).

    Notes
    -----
    The robust centre of the whole reference is subtracted, so a patch that reddened hardly moves it. Where a card or
    steady surroundings fix the white balance, at most 2.5 H are subtracted: a larger shift of all skin is a flush.
    """
    plausible = plausible_skin(skin)
    good = skin.keep(plausible)
    share = np.ones(len(good)) if weights is None else weights[plausible]
    if share.sum() < FEWEST_CELLS:
        return None
    shift = np.array([_weighted_median(along, share) for along in (good.log_ratio @ CHROMA.T).T])
    anchor, base = "skin", None
    if calibrated:
        anchor, base = "card", 0.0
    elif surroundings is not None:
        anchor, base = "surroundings", float(surroundings @ CHROMA[0])
    camera = shift.copy()
    if base is not None:
        camera[0] = base + np.clip(shift[0] - base, -FLUSH_LIMIT_H / 100, FLUSH_LIMIT_H / 100)
    lamp = camera if surroundings is None else CHROMA @ surroundings
    return ColourMatch(
        log_gain=np.linalg.solve(CHROMA, camera),
        skin_shift_h=100 * float(shift[0]),
        anchor=anchor,
        lamp_h=100 * float(lamp[0]),
        lamp_yellow=100 * float(lamp[1]),
        cells=len(good),
    )


def match_flags(match: ColourMatch | None, *, calibrated: bool) -> tuple[Flag, ...]:
    """What the colour match says about the pair: no reference, no card, a flush."""
    if match is None:
        reason = f"Fewer than {FEWEST_CELLS} patches of untreated skin are seen in both photos."
        retake = "Retake it with untreated skin around the region in the frame."
        return (Flag(FlagCode.NO_REFERENCE, reason, retake, COLOUR_METRICS),)
    flags = []
    if not calibrated:
        reason = "No colour card in both photos: only differences against untreated skin of the same photo are judged."
        flags.append(Flag(FlagCode.UNCALIBRATED, reason, "Put the printed card beside the skin in every photo."))
    return tuple(flags)


def untreated_scatter(skin: SkinCells, area_px: float) -> Floats:
    """Covariance, shape (3, 3), of the change of ln R, G, B that untreated skin of an area shows between the photos."""
    good = skin.keep(plausible_skin(skin))
    return REGION_SCATTER**2 * scatter(good.position, good.log_ratio, area_px)


def facing_light(skin: SkinCells) -> Floats:
    """Linear sRGB, shape (3,), of the reference skin in the baseline that faces the lamp as a card does; nan without.

    Notes
    -----
    The median of all skin is 15 % too dark, because a body curves away from the lamp: ITA is then read 3 to 17 degrees
    too low. Between the 55th and the 75th percentile of brightness it is within 4 degrees, on matt and on shiny skin
    (phantom, 16 photos, ITA -45 to 44).
    """
    good = skin.keep(plausible_skin(skin)).baseline
    if len(good) == 0:
        return np.full(3, np.nan)
    bright = np.log(good).mean(axis=1)
    low, high = np.percentile(bright, FACING)
    return np.asarray(np.median(good[(bright >= low) & (bright <= high)], axis=0), np.float64)


def skin_tone(skin: SkinCells) -> float:
    """ITA in degrees of the reference skin in the baseline, nan without cells."""
    light = facing_light(skin)
    if np.isnan(light).any():
        return float("nan")
    return float(colour.individual_typology_angle(colour.linear_to_lab(light)))


def h_reference(skin: SkinCells) -> float:
    """Median H of the reference skin in the baseline, nan without cells."""
    good = skin.keep(plausible_skin(skin))
    return float(np.median(colour.haemoglobin_index(good.baseline))) if len(good) else float("nan")


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(np.interp(total[-1] / 2, total - weights[order] / 2, values[order]))


def _robust_sd(values: Floats) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
