"""Two prepared photos laid on each other: shared patches of skin, and the reference they give."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tracker.imaging import align, calibrate, quality, regions
from tracker.imaging.measure import cells as patches
from tracker.imaging.measure import reference
from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.reference import ColourMatch
from tracker.imaging.pipeline.faces import NO_FACE, FaceReading
from tracker.imaging.regions import Face
from tracker.imaging.types import Alignment, Box, Drawn, Flag, Mask, Photo, Points, Region

Floats = NDArray[np.float64]

REFERENCE_CELLS = 4000  # a face then has patches of about 10 px at 1350 px: more per JPEG chroma block is no gain
REGION_CELLS = 900
DRAWN_REFERENCE_CELLS = 1500  # a drawn reference is smaller than a face: more patches of it would share JPEG blocks
SURROUNDINGS_CELLS = 1500
REFERENCE_HEIGHT = 0.6  # SD of the weight of face skin by height, in inter-pupil distances
MOST_OWN = 0.2  # of the weight of a part's reference may be its own skin: more would subtract more of its own change
FACE_HALF_WIDTH = 1.2  # inter-pupil distances: without ears
OUTLINE_POINTS = 20000  # enough of a region's pixels to know how far other skin is


@dataclass(frozen=True, slots=True, eq=False)
class LaidPair:
    """Two prepared photos of the same skin, laid on each other.

    Parameters
    ----------
    baseline, followup : Photo
        With their calibrations, where there are any.
    alignment : Alignment
        Baseline to follow-up.
    skin : tuple of Mask
        Of either photo.
    cells : SkinCells
        All skin that is usable in both photos.
    surroundings : ndarray of shape (3,) or None
        Log colour ratio of steady surroundings.
    reading : FaceReading
        Of the face in the baseline.
    drawn : Drawn
        Reference skin and follow-up outline, where a person drew them.
    """

    baseline: Photo
    followup: Photo
    alignment: Alignment
    skin: tuple[Mask, Mask] = field(repr=False)
    cells: SkinCells = field(repr=False)
    surroundings: Floats | None
    reading: FaceReading = NO_FACE
    drawn: Drawn = field(default_factory=Drawn)

    @property
    def face(self) -> Face | None:
        """Where the face of the baseline is; None where there is none."""
        return self.reading.face

    @property
    def calibrated(self) -> bool:
        """Whether colour went through a card in both photos."""
        return calibrate.has_colour(self.baseline.calibration) and calibrate.has_colour(self.followup.calibration)


def lay(
    baseline: Photo,
    followup: Photo,
    alignment: Alignment,
    skin: tuple[Mask, Mask],
    drawn: Drawn | None = None,
    reading: FaceReading = NO_FACE,
) -> LaidPair:
    """The shared skin of two photos, patch by patch, and what their surroundings say of lamp and camera."""
    whole = Box(0, 0, *baseline.size)
    points, spacing = patches.grid(skin[0], whole, REFERENCE_CELLS)
    carried = align.carry_points(alignment, points)
    shared = _inside(skin[1], carried)
    cells = patches.pair(baseline, followup, points[shared], carried[shared], spacing)
    around: Floats | None = None
    if baseline.size == followup.size:  # surroundings stay put only where the camera does
        far = ~(_grown(skin[0]) | _grown(skin[1]))
        if far.mean() > 0.05:
            points, spacing = patches.grid(far, whole, SURROUNDINGS_CELLS)
            around = reference.steady_surroundings(patches.pair(baseline, followup, points, points, spacing))
    return LaidPair(baseline, followup, alignment, skin, cells, around, reading, drawn or Drawn())


def calibration_flags(pair: LaidPair) -> tuple[Flag, ...]:
    """What is doubtful about the cards of either photo, each said once."""
    found = [photo.calibration for photo in (pair.baseline, pair.followup)]
    return tuple(dict.fromkeys(flag for each in found if each is not None for flag in each.flags))


def region_cells(pair: LaidPair, region: Region, count: int = REGION_CELLS) -> SkinCells:
    """The patches of a region, about ``count``, that are usable in both photos."""
    points, spacing = patches.grid(region.mask, region.box, count)
    return patches.pair(pair.baseline, pair.followup, points, align.carry_points(pair.alignment, points), spacing)


def reference_of(pair: LaidPair, region: Region) -> tuple[SkinCells, ColourMatch | None]:
    """The reference skin of a region, and what it says of camera and lamp.

    Notes
    -----
    A drawn region is referred to skin well away from it. A standard region of a face is referred to the face at its
    own height, itself included with at most a fifth of the weight: light and expression change redness along the face
    more than across it. The price, of 8 H over one whole cheek or over both 7.7 and 7.0 are read, stands in
    docs/accuracy.md.
    Skin that a person drew as untreated takes the place of both, and its whole shift is subtracted: what a card cannot
    put down to the camera either is then the person's own warmth, which the treated skin shares.
    """
    if pair.drawn.reference is not None:
        skin = region_cells(pair, pair.drawn.reference, DRAWN_REFERENCE_CELLS)
        return skin, reference.match_colour(skin, None, calibrated=False)
    if regions.is_part(region) and pair.face is not None:
        weights = _at_height(pair.face, region, pair.cells.position)
        match = reference.match_colour(pair.cells, pair.surroundings, calibrated=pair.calibrated, weights=weights)
        return pair.cells, match
    radius = float(np.sqrt(region.area_px / np.pi))
    skin = reference.away_from(pair.cells, _distance(region, pair.cells.position), radius)
    return skin, reference.match_colour(skin, pair.surroundings, calibrated=pair.calibrated)


def tone_of(pair: LaidPair, region: Region) -> float:
    """ITA in degrees of the reference skin of a region in the baseline; nan without a card."""
    return reference.skin_tone(reference_of(pair, region)[0]) if pair.calibrated else float("nan")


def _at_height(face: Face, region: Region, points: Points) -> Floats:
    """Weight of each point as reference of a region of a face, by its height in the face."""
    row, column = np.nonzero(region.mask)
    centre = np.array([[column.mean() + region.box.left, row.mean() + region.box.top]])
    across, down = (_in_face(face, points) - _in_face(face, centre) * [0, 1]).T
    weights = np.where(np.abs(across) <= FACE_HALF_WIDTH, np.exp(-(down**2) / (2 * REFERENCE_HEIGHT**2)), 0.0)
    mine = _inside_region(region, points)
    own, other = float(weights[mine].sum()), float(weights[~mine].sum())
    fair = MOST_OWN / (1 - MOST_OWN) * other
    return np.asarray(np.where(mine, weights * min(1.0, fair / max(own, 1e-9)), weights), np.float64)


def _inside_region(region: Region, points: Points) -> Mask:
    """Whether each point of the photo lies in a region, shape (n,)."""
    return _inside(region.mask, points - (region.box.left, region.box.top))


def _in_face(face: Face, points: Points) -> Floats:
    """Points in the face's frame: origin between the pupils, y down, unit the distance between the pupils."""
    right, left = np.asarray(face.pupil_right), np.asarray(face.pupil_left)
    along = left - right
    axes = np.stack([along, [-along[1], along[0]]], axis=1) / float(along @ along)
    return np.asarray((points - (right + left) / 2) @ axes, np.float64)


def shared_light(pair: LaidPair) -> quality.SharedLight:
    """What the comparability checks look at: plausible shared skin, and the shift of its colour."""
    cells = pair.cells.keep(reference.plausible_skin(pair.cells))
    match = reference.match_colour(pair.cells, pair.surroundings, calibrated=pair.calibrated)
    return quality.SharedLight(
        position=cells.position,
        baseline=cells.baseline,
        followup=cells.followup,
        lamp_h=match.lamp_h if match else 0.0,
        lamp_yellow=match.lamp_yellow if match else 0.0,
        calibrated=pair.calibrated,
    )


def _distance(region: Region, points: Points) -> Floats:
    """Baseline pixels from each point to the region, 0 inside."""
    row, column = np.nonzero(region.mask)
    step = max(1, len(row) // OUTLINE_POINTS)
    inside = np.stack([column + region.box.left, row + region.box.top], 1)[::step]
    return np.asarray(cKDTree(inside).query(points)[0], np.float64)


def _grown(skin: Mask) -> Mask:
    """The mask with a margin for hair and soft edges, 300 px on its longer side: it only tells skin from elsewhere."""
    scale = 300 / max(skin.shape)
    size = max(1, round(skin.shape[1] * scale)), max(1, round(skin.shape[0] * scale))
    small = cv2.resize(skin.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dilate(small, np.ones((25, 25), np.uint8)) > 0, bool)


def _inside(mask: Mask, points: Points) -> Mask:
    """Whether each point falls on the mask, shape (n,)."""
    column, row = np.rint(points).astype(int).T
    within = (column >= 0) & (row >= 0) & (column < mask.shape[1]) & (row < mask.shape[0])
    out = np.zeros(len(points), bool)
    out[within] = mask[row[within], column[within]]
    return out
