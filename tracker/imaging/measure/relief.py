"""The same skin in both photos on millimetre grids and at the same sharpness: what every measure of relief reads."""

from dataclasses import dataclass, field

import numpy as np

from tracker.imaging.measure.patch import Doubles, Patch, patch
from tracker.imaging.measure.sharpness import MOST_BLUR_MM, BlurMatch, match_skin
from tracker.imaging.types import Flag, FlagCode, Metric, Photo, Points, Region

LEAST_PX_PER_MM = 8.0  # sigma 0.15 mm is then 1.2 px; below, the photo has not resolved fine relief
WORKING_PX_PER_MM = 10.0
LEAST_FINE_PX_PER_MM = 15.0  # the mouth of a pore of a third of a millimetre is then 5 px wide
FINE_PX_PER_MM = 20.0
TILES = 36  # parts of a region whose disagreement between the photos gives the standard error
WRINKLE_METRICS = (Metric.WRINKLES, Metric.WRINKLE_CONTRAST, Metric.WRINKLE_SEVERITY)
PORE_METRICS = (Metric.PORES, Metric.PORE_DIAMETER, Metric.PORE_AREA)
RELIEF_METRICS = (Metric.ROUGHNESS, *WRINKLE_METRICS, *PORE_METRICS)


@dataclass(frozen=True, slots=True, eq=False)
class ReliefPair:
    """One region in both photos at the same sharpness, or the reasons why it cannot be had.

    Parameters
    ----------
    region : str
        Its name.
    patches : tuple of Patch
        Baseline and follow-up at up to 10 grid points per mm; empty where the pair cannot carry relief.
    fine : tuple of Patch
        The same at up to 20; empty where a photo has fewer than 15 pixels per mm.
    match : BlurMatch or None
        What was blurred, and how well that is known.
    flags : tuple of Flag
        Why something is withheld.
    """

    region: str
    patches: tuple[Patch, ...] = field(default=(), repr=False)
    fine: tuple[Patch, ...] = field(default=(), repr=False)
    match: BlurMatch | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def tiles(self) -> int:
        """How many parts the region has."""
        return 1 + max((int(piece.tile.max()) for piece in (*self.patches, *self.fine)), default=-1)


def lay(
    photos: tuple[Photo, Photo],
    regions: tuple[Region, Region],
    px_per_mm: tuple[float, float],
    anchors: tuple[Points, Points] | None = None,
    match: BlurMatch | None = None,
) -> ReliefPair:
    """A region of both photos on the same grids, the sharper one blurred to the other.

    Parameters
    ----------
    photos : tuple of Photo
        Baseline and follow-up, un-warped.
    regions : tuple of Region
        The same skin in either.
    px_per_mm : tuple of float
        Of either photo at the region; nan where unknown, and then nothing is computed.
    anchors : tuple of Points, optional
        The same points of the skin, about TILES of them, in the pixels of either photo.
    match : BlurMatch, optional
        From the edges of the card. Without it the skin is matched to itself, which hides a change of its fine relief.

    Notes
    -----
    Relief of two photos is comparable only under light from the same side; that is checked elsewhere (``quality``).
    """
    name = regions[0].name
    flags = _scale_flags(name, px_per_mm)
    if any(Metric.ROUGHNESS in flag.withholds for flag in flags):
        return ReliefPair(name, flags=flags)
    resolved = min(px_per_mm) >= LEAST_FINE_PX_PER_MM
    working = min(FINE_PX_PER_MM if resolved else WORKING_PX_PER_MM, *px_per_mm)
    either = (None, None) if anchors is None else anchors
    pieces = [patch(p, r, s, working, a) for p, r, s, a in zip(photos, regions, px_per_mm, either, strict=True)]
    coarse = [piece.resized(WORKING_PX_PER_MM) for piece in pieces]
    if min(piece.area_mm2 for piece in coarse) < 1.0:
        reason = f"{name}: nothing of it is free of highlights, expected matt skin."
        shine = Flag(FlagCode.SPECULAR, reason, "Retake it with soft light and dry skin.", RELIEF_METRICS)
        return ReliefPair(name, flags=(*flags, shine))
    match = match_skin(coarse[0], coarse[1]) if match is None else match
    unequal = _match_flags(name, match)
    if unequal:
        return ReliefPair(name, flags=(*flags, *unequal), match=match)
    added = match.added_mm
    return ReliefPair(
        name,
        patches=tuple(piece.blurred(blur) for piece, blur in zip(coarse, added, strict=True)),
        fine=tuple(piece.blurred(blur) for piece, blur in zip(pieces, added, strict=True)) if resolved else (),
        match=match,
        flags=flags,
    )


def paired_error(without: Doubles) -> float:
    """Standard error of either photo's value from the parts of a region.

    Parameters
    ----------
    without : ndarray, shape (n, 2)
        The value at baseline and at follow-up with one tile left out at a time.

    Returns
    -------
    float
        Delete-one jackknife of the difference over root two: the same skin is in both photos, so only what one photo
        shows and the other does not counts. nan with fewer than 4 tiles.

    References
    ----------
    Efron, Stein. Ann Stat 1981;9:586-596. doi:10.1214/aos/1176345462
    """
    change = np.diff(without[np.isfinite(without).all(1)], axis=1)
    n = len(change)
    if n < 4:
        return float("nan")
    return float(np.sqrt((n - 1) / n * np.sum((change - change.mean()) ** 2) / 2))


def _match_flags(name: str, match: BlurMatch) -> tuple[Flag, ...]:
    added = max(match.added_mm)
    if not np.isfinite(match.added_mm).all():
        reason = f"{name}: the card's edges cannot be read in both photos, so their sharpness cannot be compared."
        retake = "Lay the whole card into both photos, without glare."
        return (Flag(FlagCode.CARD_UNREADABLE, reason, retake, RELIEF_METRICS),)
    if added > MOST_BLUR_MM:
        reason = f"{name}: one photo is blurred by {added:.2f} mm more, expected at most {MOST_BLUR_MM} mm."
        return (Flag(FlagCode.SHARPNESS_DIFFERS, reason, "Retake the blurred one in focus.", RELIEF_METRICS),)
    return ()


def _scale_flags(name: str, px_per_mm: tuple[float, float]) -> tuple[Flag, ...]:
    if not np.isfinite(px_per_mm).all():
        reason = f"{name}: relief needs millimetres, and there is no card with a known size in both photos."
        retake = "Put the printed card beside the skin in every photo."
        return (Flag(FlagCode.NO_SCALE, reason, retake, RELIEF_METRICS),)
    least = min(px_per_mm)
    if least < LEAST_PX_PER_MM:
        reason = f"{name}: {least:.1f} pixels per mm, expected at least {LEAST_PX_PER_MM:.0f} for fine relief."
        return (Flag(FlagCode.DISTANCE_DIFFERS, reason, "Go closer, or use a longer lens.", RELIEF_METRICS),)
    if least < LEAST_FINE_PX_PER_MM:
        reason = f"{name}: {least:.1f} pixels per mm, expected at least {LEAST_FINE_PX_PER_MM:.0f} for pores."
        return (Flag(FlagCode.DISTANCE_DIFFERS, reason, "Go closer for pores.", PORE_METRICS),)
    return ()
