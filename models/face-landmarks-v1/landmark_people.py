"""The labelled photos: names of the hand-placed points, folds of people, and photos shrunk for training."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import POINT_NAMES, mirrored

UNIT_PX = 56
"""Pixels per inter-pupil distance of the shrunk photos: above the 33 of the reader's crop, so nothing is invented."""
FOLDS = 5

# Index of each landmark among the 189 of faces_london (right side; the left follows by its own index).
_RIGHT_LEFT = {
    "pupil_{}": (0, 1), "iris_{}_outer": (4, 16), "iris_{}_inner": (8, 12), "iris_{}_lower": (6, 14),
    "outer_canthus_{}": (18, 27), "inner_canthus_{}": (22, 23),
    "upper_lid_{}_outer": (19, 26), "upper_lid_{}_middle": (20, 25), "upper_lid_{}_inner": (21, 24),
    "lower_lid_{}_outer": (28, 33), "lower_lid_{}_middle": (29, 32), "lower_lid_{}_inner": (30, 31),
    "brow_{}_tail": (71, 82), "brow_{}_upper_outer": (72, 81), "brow_{}_arch": (73, 80),
    "brow_{}_upper_inner": (74, 79), "brow_{}_head_upper": (75, 78), "brow_{}_head_lower": (76, 77),
    "brow_{}_lower_middle": (84, 85), "nasal_root_{}": (50, 56), "nose_tip_{}": (54, 60),
    "ala_{}_upper": (61, 66), "ala_{}_lateral": (62, 67), "ala_{}_lower": (64, 69),
    "nostril_{}_outer": (65, 70), "nostril_{}_inner": (179, 182), "mouth_corner_{}": (87, 93),
    "upper_lip_{}_outer": (88, 92), "upper_lip_{}_peak": (89, 91), "lower_lip_{}_outer": (104, 108),
    "lower_lip_{}_inner": (105, 107), "infraorbital_{}_outer": (44, 49), "infraorbital_{}_inner": (45, 48),
    "jaw_{}_1": (125, 133), "jaw_{}_2": (126, 132), "jaw_{}_3": (127, 131), "jaw_{}_4": (128, 130),
    "hairline_{}_1": (134, 144), "hairline_{}_2": (135, 143), "hairline_{}_3": (136, 142),
    "hairline_{}_4": (137, 141), "hairline_{}_5": (138, 140),
}  # fmt: skip
LONDON_INDEX: dict[str, int] = {
    **{name.format(side): pair[at] for name, pair in _RIGHT_LEFT.items() for at, side in enumerate(("right", "left"))},
    "subnasale": 55, "upper_lip_middle": 90, "lower_lip_middle": 106, "mouth_upper_middle": 96,
    "mouth_lower_middle": 101, "chin": 129, "hairline_middle": 139,
}  # fmt: skip
# The other two sets were labelled with schemes of their own; only points that mean the same in all are taken.
LISA_INDEX = {
    "pupil_right": 0, "pupil_left": 1, "outer_canthus_right": 35, "inner_canthus_right": 39,
    "inner_canthus_left": 44, "outer_canthus_left": 48, "subnasale": 80, "mouth_corner_right": 86,
    "mouth_corner_left": 92, "upper_lip_middle": 89, "lower_lip_middle": 103, "upper_lip_right_peak": 88,
    "upper_lip_left_peak": 90, "chin": 18,
}  # fmt: skip
ZOOM_INDEX = {
    "pupil_right": 63, "pupil_left": 81, "outer_canthus_right": 44, "inner_canthus_right": 79,
    "inner_canthus_left": 61, "subnasale": 37, "mouth_corner_right": 29, "mouth_corner_left": 45,
    "upper_lip_middle": 26, "lower_lip_middle": 12, "upper_lip_right_peak": 3, "upper_lip_left_peak": 72, "chin": 6,
}  # fmt: skip
_OUTLINE = (*range(145, 158), 184, 183)
"""Outline of hair, face and neck among the 189, closed below the throat."""
MIRROR: NDArray[np.intp] = np.array([POINT_NAMES.index(mirrored(name)) for name in POINT_NAMES])
"""Order of the landmarks in the mirrored photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One labelled photo, shrunk to UNIT_PX per inter-pupil distance.

    Parameters
    ----------
    person : str
        Subject; the same person is in one fold only.
    picture : ndarray of uint8
        (height, width, 4): sRGB and a mask of the head (255 inside; 255 everywhere where no outline is labelled).
    points : ndarray of float64
        (91, 2) pixels in the order of POINT_NAMES; NaN where not labelled.
    outlined : bool
        Whether the mask is an outline, so that the background may be replaced.
    """

    person: str
    picture: NDArray[np.uint8]
    points: NDArray[np.float64]
    outlined: bool


def london_people(data: Path) -> list[str]:
    """The three-digit numbers of the people of faces_london, sorted; a person's fold is the position modulo FOLDS."""
    return sorted(path.name[:3] for path in (data / "faces_london").glob("*_neutral.tem"))


def held_out(data: Path, fold: int) -> list[str]:
    """The people whom the member of a fold never sees."""
    return london_people(data)[fold::FOLDS]


def read_points(path: Path) -> NDArray[np.float64]:
    """All points of a .tem file, (n, 2) pixels."""
    lines = path.read_text().splitlines()
    return np.array([line.split()[:2] for line in lines[1 : 1 + int(lines[0])]], np.float64)


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """An sRGB photo, (height, width, 3) uint8."""
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def training_photos(data: Path, fold: int) -> list[Labelled]:
    """Every labelled photo that the member of a fold may see, London people first."""
    hidden = set(held_out(data, fold))
    photos = [
        labelled(data / "faces_london" / f"{person}_neutral", f"L{person}", LONDON_INDEX)
        for person in london_people(data)
        if person not in hidden
    ]
    cc0 = data / "faces_cc0"
    photos += [labelled(p.with_suffix(""), "lisa", LISA_INDEX) for p in sorted(cc0.glob("lisa_*.tem"))]
    photos += [labelled(p.with_suffix(""), "lisa", ZOOM_INDEX) for p in sorted(cc0.glob("zoom_*.tem"))]
    return photos


def labelled(stem: Path, person: str, index: dict[str, int]) -> Labelled:
    """A photo with its .tem beside it, shrunk."""
    every = read_points(stem.with_suffix(".tem"))
    points = np.array([every[index[name]] if name in index else (np.nan, np.nan) for name in POINT_NAMES])
    rgb = read_rgb(stem.with_suffix(".jpg"))
    scale = UNIT_PX / float(np.hypot(*(points[0] - points[1])))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=way)
    outlined = index is LONDON_INDEX
    mask = np.full(small.shape[:2], 0 if outlined else 255, np.uint8)
    if outlined:
        cv2.fillPoly(mask, [np.rint(every[list(_OUTLINE)] * scale).astype(np.int32)], 255)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.5)
    shrunk = (points + 0.5) * scale - 0.5
    return Labelled(person, np.dstack([small, mask]), shrunk, outlined)
