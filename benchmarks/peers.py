"""What is done by hand or with common libraries today, on the same region of the same photos as ours.

Redness: mean a*, mean H and mean R - G of the region (as in ImageJ), pixels between fixed HSV thresholds. Texture:
contrast and homogeneity of the grey-level co-occurrence matrix and the entropy of uniform local binary patterns
(scikit-image), on the pixels as they come. The region is carried by one homography, and no colour is corrected.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern

from tracker.imaging import align, colour
from tracker.imaging.measure import texture
from tracker.imaging.types import Alignment, Photo, Region

LEVELS = 64  # grey levels of the co-occurrence matrix: the usual compression of 8 bits
ANGLES = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
FACE_MM = 63.0  # distance between the pupils that stands in for a scale: mean of adults
NAMES = {
    "mean a*": "mean a\\* by hand",
    "mean H": "mean H by hand",
    "R - G (8 bit)": "R - G on 8 bits by hand",
    "HSV red pixels (%)": "fixed HSV thresholds, % red pixels",
    "GLCM contrast": "GLCM contrast (skimage)",
    "GLCM homogeneity": "GLCM homogeneity (skimage)",
    "LBP entropy": "uniform LBP entropy (skimage)",
}


def plane_only(alignment: Alignment) -> Alignment:
    """The homography of an alignment without its fine part: as good as a hand-made overlay."""
    return replace(alignment, displacement=np.zeros_like(alignment.displacement))


def measured(photo: Photo, region: Region) -> dict[str, float]:
    """Every peer's value for one region of one photo."""
    rgb = photo.linear(region.box)[region.mask].astype(np.float64)
    encoded = colour.linear_to_encoded(rgb)
    hsv = cv2.cvtColor(encoded[None].astype(np.float32), cv2.COLOR_RGB2HSV)[0]
    red = ((hsv[:, 0] < 15) | (hsv[:, 0] > 345)) & (hsv[:, 1] > 0.35)
    return {
        "mean a*": float(colour.linear_to_lab(rgb)[:, 1].mean()),
        "mean H": float(colour.haemoglobin_index(rgb.mean(0))),
        "R - G (8 bit)": float(255 * (encoded[:, 0] - encoded[:, 1]).mean()),
        "HSV red pixels (%)": float(100 * red.mean()),
        **textures(photo, region),
    }


def textures(photo: Photo, region: Region) -> dict[str, float]:
    """Texture numbers of scikit-image on the grey picture of a region; pixels outside it take no part."""
    box = region.box.grown(2, photo.size)
    grey = cv2.cvtColor(photo.encoded[box.top : box.bottom, box.left : box.right], cv2.COLOR_RGB2GRAY)
    inside = np.zeros(grey.shape, bool)
    top, left = region.box.top - box.top, region.box.left - box.left
    inside[top : top + region.box.height, left : left + region.box.width] = region.mask
    level = np.where(inside, 1 + grey // (256 // LEVELS), 0).astype(np.uint8)
    counts = graycomatrix(level, [1], ANGLES, levels=LEVELS + 1)[1:, 1:]  # level 0 is outside
    shares = counts / np.maximum(counts.sum((0, 1)), 1)
    patterns = local_binary_pattern(grey, 8, 1, method="uniform")[inside]
    share = np.bincount(patterns.astype(int), minlength=10) / max(1, len(patterns))
    return {
        "GLCM contrast": float(graycoprops(shares, "contrast").mean()),
        "GLCM homogeneity": float(graycoprops(shares, "homogeneity").mean()),
        "LBP entropy": float(-(share[share > 0] * np.log2(share[share > 0])).sum()),
    }


def band_contrasts(photos: tuple[Photo, Photo], regions: tuple[Region, Region], pupils_px: float) -> NDArray:
    """Our band-passed contrast in both photos, in %, at the scale that 63 mm between the pupils give.

    The program itself withholds it here: there is no card, and fewer than 8 px per mm.
    """
    scale = pupils_px / FACE_MM
    pieces = [texture.patch(photo, part, scale, scale) for photo, part in zip(photos, regions, strict=True)]
    matched, _ = texture.match_sharpness(pieces[0], pieces[1])
    return np.array([100 * texture.band_contrast(piece)[0] for piece in matched])


def carried(alignment: Alignment, region: Region) -> Region:
    return align.carry_region(alignment, region)
