"""Where a wound lies in the follow-up by the look of the body part around it, where its texture cannot tell.

A wound that granulates and a foot that swells share no fine texture between two visits, yet everybody sees at a glance
where the wound is. The skin's outline, redness and brightness around it, at a hundred pixels across, are laid over the
follow-up at all places, sizes and turns. What comes out is a place for an outline to start from: a similarity, too
coarse for measuring the same patch of skin twice.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging.align.likeness import seen_again
from tracker.imaging.types import Alignment, Mask, Matrix3, Photo, Region

SIDE = 96  # longer side of the pictures that are compared: at 128 the same pairs are found, in twice the time
PADDED = 256  # of their Fourier transforms: no place wraps around
LEAST_REACH, REACH = 16.0, 1.2  # radius of the surroundings that count: px, and radii of the region
SIZES = 1.12 ** np.arange(-5, 6)
TURNS = np.arange(-40, 41, 8)
WEIGHTS = (0.5, 1.0, 0.5)  # of the body's outline, redness and brightness
FLAT = 0.02  # variance below which a place says nothing
SURE, MARKED = 0.75, 0.6  # least likeness; of 300 pairs of different wounds 5 reach 0.7 and none passes all limits
MARK_SEEN = 0.5  # share of the wound's contrast seen again at the place; where it can be told, it must be
MIRROR_MARGIN = 0.15  # of Fisher's z (artanh) of the likeness above that with the mirrored follow-up
RESIDUAL = 0.01  # of the longer side: median distance from where the alignment puts it, 36 pairs of wounds with both
NODES = 2  # per side: a similarity needs no grid

Planes = NDArray[np.float32]
"""(3, height, width): the body's outline, redness and brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighted:
    """One photo as it is compared.

    Parameters
    ----------
    planes : Planes
        0 outside the body.
    scale : float
        Their pixels per photo pixel.
    """

    planes: Planes = field(repr=False)
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """The best place.

    Parameters
    ----------
    likeness : float
        Correlation there, -1 to 1.
    matrix : Matrix3
        Small baseline pixels to small follow-up pixels.
    """

    likeness: float
    matrix: Matrix3 = field(repr=False)


def sight(baseline: Photo, followup: Photo, region: Region, skin: tuple[Mask, Mask]) -> Alignment:
    """A coarse alignment by the look of the surroundings, good enough to say where an outline should be looked for.

    Parameters
    ----------
    baseline, followup : Photo
        Of the same skin, from about the same side.
    region : Region
        The wound or scar in the baseline.
    skin : tuple of Mask
        Skin of both photos, at any size.

    Returns
    -------
    Alignment
        A similarity; ``diagnostics`` holds ``likeness``, ``mirrored`` and ``mark_seen`` (NaN where the region's mean
        colour does not stand out: then something else must show that there is a mark at all). Not for measuring colour
        or texture.

    Raises
    ------
    NotComparable
        Where no place looks alike, the mirrored follow-up looks as much alike, or the mark is not there.
    """
    first, second = _looked_at(baseline, skin[0]), _looked_at(followup, skin[1])
    place = _small_mask(region, first, baseline.size)
    found = _best(first, place, second.planes)
    mirrored = _best(first, place, np.ascontiguousarray(second.planes[:, :, ::-1])).likeness
    alignment = _as_alignment(found, mirrored, (first, second), (baseline, followup))
    seen = seen_again(alignment, baseline, followup, region)
    alignment.diagnostics["mark_seen"] = seen
    least = SURE if np.isnan(seen) else MARKED
    clear = np.arctanh(found.likeness) - np.arctanh(mirrored) >= MIRROR_MARGIN
    if found.likeness >= least and clear and not seen < MARK_SEEN:
        return alignment
    raise NotComparable(
        f"The surroundings of the region are not found again in the follow-up (likeness {found.likeness:.2f}, "
        f"{mirrored:.2f} in its mirror image).",
        "Retake it from the same side and distance, or draw the outline in the follow-up by hand.",
    )


def _looked_at(photo: Photo, skin: Mask) -> Sighted:
    height, width = photo.encoded.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(photo.encoded, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    linear = np.maximum((small / float(np.iinfo(photo.encoded.dtype).max)) ** 2.2, 0.004)
    on_skin = cv2.resize(skin.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    if not on_skin.any():
        on_skin = np.ones(on_skin.shape, bool)
    red, green, blue = (np.log(linear[:, :, i]) for i in range(3))
    redness, light = 0.628 * red - green + 0.372 * blue, (red + green + blue) / 3
    body = _body(on_skin)
    planes = [
        body,
        np.clip((redness - np.median(redness[on_skin])) / 0.25, -3, 3) * body,
        np.clip((light - np.median(light[on_skin])) / 0.5, -3, 3) * body,
    ]
    smooth = np.stack([cv2.GaussianBlur(plane.astype(np.float32), (0, 0), 1.0) for plane in planes])
    return Sighted(np.asarray(smooth * np.sqrt(WEIGHTS)[:, None, None], np.float32), size[0] / width)


def _body(skin: Mask) -> NDArray[np.float32]:
    """Skin with its holes filled: wounds are no skin, but belong to the body."""
    closed = cv2.morphologyEx(
        skin.astype(np.uint8), cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    )
    edges, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(closed, edges, -1, 1, cv2.FILLED), np.float32)


def _small_mask(region: Region, seen: Sighted, size: tuple[int, int]) -> NDArray[np.float32]:
    height, width = seen.planes.shape[1:]
    full = region.full(size).astype(np.float32)
    return np.asarray(cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _window(place: NDArray[np.float32]) -> tuple[tuple[float, float], NDArray[np.float32]]:
    """Middle of the region and the weight of its surroundings."""
    y, x = np.nonzero(place >= min(0.3, float(place.max())))
    middle = float(x.mean()), float(y.mean())
    reach = max(REACH * float(np.hypot(x - middle[0], y - middle[1]).max()), LEAST_REACH)
    rows, columns = np.mgrid[: place.shape[0], : place.shape[1]]
    away = np.hypot(columns - middle[0], rows - middle[1])
    return middle, np.where(away > 2.2 * reach, 0, 1 / (1 + (away / reach) ** 4)).astype(np.float32)


def _best(first: Sighted, place: NDArray[np.float32], other: Planes) -> Sighting:
    """The place, size and turn at which the surroundings look most alike in all planes at once."""
    middle, window = _window(place)
    spectra = [_spectrum(plane) for plane in other]
    energy = _spectrum((other**2).sum(0))
    best = Sighting(-1.0, np.eye(3))
    for size in SIZES:
        for turn in TURNS:
            matrix = np.asarray(cv2.getRotationMatrix2D(middle, float(turn), float(size)), np.float64)
            matrix[:, 2] += PADDED / 4 - np.array(middle)
            warped = [cv2.warpAffine(plane, matrix, (PADDED // 2, PADDED // 2)) for plane in (window, *first.planes)]
            score = _correlation(np.asarray(warped[0]), np.stack(warped[1:]), spectra, energy)
            row, column = np.unravel_index(int(score.argmax()), score.shape)
            if score[row, column] > best.likeness:
                shift = [int(k) - PADDED * (k >= PADDED // 2) for k in (column, row)]
                whole = np.vstack([matrix, [0, 0, 1]])
                whole[:2, 2] = whole[:2, 2] + np.array(shift, np.float64)
                best = Sighting(float(score[row, column]), whole)
    return best


def _correlation(
    weight: NDArray[np.float32],
    planes: Planes,
    spectra: list[NDArray[np.complex64]],
    energy: NDArray[np.complex64],
) -> NDArray[np.float32]:
    """Weighted normalised correlation of ``planes`` at every shift of the other photo."""
    total = float(weight.sum())
    centred = planes - (weight * planes).sum((1, 2), keepdims=True) / total
    power = float((weight * centred**2).sum()) / total
    common = np.conj(_spectrum(weight))
    shared = sum(np.conj(_spectrum(weight * one)) * there for one, there in zip(centred, spectra, strict=True))
    mean_square = sum((_shifted(there * common) / total) ** 2 for there in spectra)
    variance = np.maximum(_shifted(energy * common) / total - mean_square, 0)
    return np.asarray(_shifted(np.asarray(shared)) / total / np.sqrt(power * (variance + FLAT) + 1e-9), np.float32)


def _spectrum(plane: NDArray[np.float32]) -> NDArray[np.complex64]:
    return np.asarray(np.fft.rfft2(plane, (PADDED, PADDED)), np.complex64)


def _shifted(spectrum: NDArray[np.complex64]) -> NDArray[np.float32]:
    return np.asarray(np.fft.irfft2(spectrum, (PADDED, PADDED)), np.float32)


def _as_alignment(
    found: Sighting, mirrored: float, seen: tuple[Sighted, Sighted], photos: tuple[Photo, Photo]
) -> Alignment:
    to_small, to_photo = (_photo_to_small(one.scale) for one in seen)
    whole = np.linalg.inv(to_photo) @ found.matrix @ to_small
    width, height = photos[0].size
    return Alignment(
        homography=whole / whole[2, 2],
        displacement=np.zeros((NODES, NODES, 2), np.float32),
        spacing=float(max(width, height)),
        support=np.zeros((NODES, NODES), np.float32),
        residual_px=RESIDUAL * max(photos[1].size),
        baseline_size=photos[0].size,
        followup_size=photos[1].size,
        diagnostics={"likeness": found.likeness, "mirrored": mirrored},
    )


def _photo_to_small(scale: float) -> Matrix3:
    """Pixel centres, not corners, are whole numbers."""
    shift = 0.5 * scale - 0.5
    return np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1]], np.float64)
