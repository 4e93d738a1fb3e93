"""Truth for the alignment under expression: moles and blemishes seen in both shots of faces_london.

    python benchmarks/moles.py FOLDER    # pairs of crops to accept by eye; FOLDER lies outside the project

Candidates come from patch correlation alone: a small dark spot of the neutral shot, away from eyes, brows, nostrils and
lips, is searched in a wide window around where one homography (SIFT, RANSAC) puts it; the peak of the normalised
correlation is refined to a fraction of a pixel, and the search back from the smile must return to the start. No part of
the program's registration is used. The accepted ones stand in moles.csv as coordinates; accuracy_alignment.py
measures at them.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from alignment import landmarks, naive_plane, photo, read
from numpy.typing import NDArray
from scipy import ndimage

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "faces_london"
LIST = Path(__file__).with_name("moles.csv")
Floats = NDArray[np.float64]

PATCH = 14  # half width in px: a mole and the skin around it, 3 mm of a face
WINDOW = 45  # px searched on every side: a smile lifts a cheek by up to 30
LEAST_CORRELATION = 0.75
LEAST_CONTRAST = 0.08  # of ln green light, against the skin 6 px away
ROUNDEST = 0.4  # least ratio of the two curvatures: hairs and creases are long
RETURNS_WITHIN = 0.35  # px
PER_ZONE = 2


@dataclass(frozen=True)
class Mole:
    """A point of the skin in both shots, in pixels."""

    person: str
    zone: str
    neutral: tuple[float, float]
    smile: tuple[float, float]
    score: float = 1.0


def accepted(path: Path = LIST) -> list[Mole]:
    """The points that were accepted by eye."""
    with path.open() as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [
            Mole(r["person"], r["zone"], (float(r["x_neutral"]), float(r["y_neutral"])),
                 (float(r["x_smile"]), float(r["y_smile"])))
            for r in rows
        ]  # fmt: skip


def candidates(person: str) -> list[Mole]:
    """Spots of one person that the patch correlation finds again, the clearest of each zone."""
    paths = [DATA / f"{person}_{shot}.jpg" for shot in ("neutral", "smile")]
    shots = [read(path) for path in paths]
    plane = naive_plane(*(photo(shot, name) for shot, name in zip(shots, ("neutral", "smile"), strict=True)))
    if plane is None:
        return []
    marks = landmarks(paths[0].with_suffix(".tem"))
    flat = [flattened(shot) for shot in shots]
    found: dict[str, list[Mole]] = {}
    for contrast, point in spots(flat[0]):
        zone = zone_of(point, marks)
        if not zone or len(found.get(zone, ())) >= PER_ZONE:
            continue
        guess = cv2.perspectiveTransform(point[None, None], plane)[0, 0]
        there, score = search(flat[0], flat[1], point, guess)
        if there is None or score < LEAST_CORRELATION:
            continue
        back, _ = search(flat[1], flat[0], there, point)
        if back is None or np.hypot(*(back - point)) > RETURNS_WITHIN:
            continue
        found.setdefault(zone, []).append(Mole(person, zone, tuple(point), tuple(there), score * contrast))
    return [mole for moles in found.values() for mole in moles]


def flattened(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """ln of the green light without its slow part: moles are dark in green, whatever the light."""
    light = np.log(np.maximum(pixels[:, :, 1], 8).astype(np.float32) / 255) * 2.2
    return cv2.GaussianBlur(light, (0, 0), 0.7) - cv2.GaussianBlur(light, (0, 0), 8)


def spots(flat: NDArray[np.float32]) -> Iterator[tuple[float, Floats]]:
    """Contrast and place of small round dark spots, the strongest first."""
    smooth = cv2.GaussianBlur(flat, (0, 0), 2.0)
    xx, yy, xy = (cv2.Sobel(smooth, cv2.CV_32F, i, j, ksize=3) / 4 for i, j in ((2, 0), (0, 2), (1, 1)))
    mean, half = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    low, high = mean - half, mean + half
    top = (high == ndimage.maximum_filter(high, 13)) & (low > ROUNDEST * high)
    ring = ndimage.percentile_filter(smooth[::2, ::2], 60, 9)
    rows, columns = np.nonzero(top)
    depth = ring[np.minimum(rows // 2, ring.shape[0] - 1), np.minimum(columns // 2, ring.shape[1] - 1)]
    depth = depth - smooth[rows, columns]
    for k in np.argsort(-depth):
        if depth[k] < LEAST_CONTRAST:
            return
        yield float(depth[k]), np.array([columns[k], rows[k]], float)


def zone_of(point: Floats, marks: Floats) -> str:
    """Forehead, cheek, chin or nose; nothing near eyes, brows, nostrils, lips, hair or the edge of the face."""
    right, left = marks[0], marks[1]
    ipd = float(np.hypot(*(left - right)))
    place = float(point[0]), float(point[1])
    face = cv2.convexHull(marks[125:145].astype(np.float32))
    lips = cv2.convexHull(marks[87:109].astype(np.float32))
    near = min(np.hypot(*(marks[part] - point).T).min() for part in (slice(71, 87), slice(18, 55), slice(87, 109)))
    if cv2.pointPolygonTest(face, place, True) < 0.06 * ipd or near < 0.10 * ipd:
        return ""
    if cv2.pointPolygonTest(lips, place, True) > -0.07 * ipd:
        return ""
    x, y = (point - (right + left) / 2) / ipd
    mouth, chin = ((marks[part, 1] - (right[1] + left[1]) / 2) / ipd for part in (slice(87, 109), slice(129, 130)))
    if y < -0.35:
        return "forehead"
    if abs(x) < 0.33 and 0 < y < mouth.min():
        return "nose"
    if y > mouth.max() and abs(x) < 0.45:
        return "chin" if y < chin[0] - 0.05 else ""
    return "cheek" if y > 0.2 else ""


def search(
    source: NDArray[np.float32], target: NDArray[np.float32], point: Floats, guess: Floats
) -> tuple[Floats | None, float]:
    """The place in ``target`` that looks most like the surroundings of ``point``, and the correlation there."""
    patch = cv2.getRectSubPix(source, (2 * PATCH + 1,) * 2, tuple(map(float, point)))
    corner = np.rint(guess).astype(int) - WINDOW - PATCH
    size = 2 * (WINDOW + PATCH) + 1
    if (corner < 0).any() or (corner + size > np.array(target.shape[::-1])).any():
        return None, 0.0
    part = np.ascontiguousarray(target[corner[1] : corner[1] + size, corner[0] : corner[0] + size])
    score = cv2.matchTemplate(part, patch, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    if not (0 < row < score.shape[0] - 1 and 0 < column < score.shape[1] - 1):
        return None, 0.0
    peak = float(score[row, column])
    others = score.copy()
    others[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7] = -1
    if others.max() > 0.85 * peak:  # something else nearby looks alike
        return None, 0.0
    return corner + PATCH + np.array([column, row]) + _summit(score[row - 1 : row + 2, column - 1 : column + 2]), peak


def _summit(around: NDArray[np.float32]) -> Floats:
    """Offset (x, y) of the top of the quadratic through 3 x 3 values."""
    y, x = np.mgrid[-1:2, -1:2].reshape(2, -1)
    terms = np.stack([x * x, x * y, y * y, x, y, np.ones(9)], 1)
    a, b, c, d, e, _ = np.linalg.lstsq(terms, around.ravel().astype(float), rcond=None)[0]
    return np.clip(np.linalg.solve([[2 * a, b], [b, 2 * c]], [-d, -e]), -1, 1)


def sheets(folder: Path, moles: list[Mole]) -> None:
    """Side by side crops, 24 pairs to a picture, numbered as in ``candidates.csv`` beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "candidates.csv", moles, "Candidates, not yet looked at.")
    for start in range(0, len(moles), 24):
        tiles = [_tile(k, moles[k]) for k in range(start, min(start + 24, len(moles)))]
        tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 4)
        rows = [np.hstack(tiles[k : k + 4]) for k in range(0, len(tiles), 4)]
        cv2.imwrite(str(folder / f"sheet_{start:03d}.png"), np.vstack(rows))


def _tile(number: int, mole: Mole) -> NDArray[np.uint8]:
    halves = []
    for shot, point in (("neutral", mole.neutral), ("smile", mole.smile)):
        pixels = cv2.imread(str(DATA / f"{mole.person}_{shot}.jpg"))
        crop = cv2.getRectSubPix(pixels, (49, 49), point).astype(np.float32)
        low, high = np.percentile(crop, [1, 99])
        crop = cv2.resize(np.clip((crop - low) / (high - low) * 255, 0, 255).astype(np.uint8), None, fx=4, fy=4,
                          interpolation=cv2.INTER_CUBIC)  # fmt: skip
        middle = crop.shape[0] // 2
        for a, b in (((middle, 0), (middle, 30)), ((middle, 165), (middle, 195)), ((0, middle), (30, middle)),
                     ((165, middle), (195, middle))):  # fmt: skip
            cv2.line(crop, a, b, (0, 255, 0), 1)
        halves.append(crop)
    tile = cv2.copyMakeBorder(np.hstack(halves), 22, 4, 4, 8, cv2.BORDER_CONSTANT)
    words = f"{number} p{mole.person} {mole.zone} {mole.score:.3f}"
    cv2.putText(tile, words, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def write(path: Path, moles: list[Mole], header: str) -> None:
    with path.open("w", newline="") as file:
        file.writelines(f"# {line}\n" for line in header.splitlines())
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("person", "zone", "x_neutral", "y_neutral", "x_smile", "y_smile"))
        for m in moles:
            table.writerow((m.person, m.zone, *(f"{v:.2f}" for v in (*m.neutral, *m.smile))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if not DATA.is_dir():
        sys.exit("The photos are not here: expected ../shared/data/faces_london beside the project.")
    if Path(__file__).resolve().parents[1] in options.folder.resolve().parents:
        sys.exit("The crops show real people: expected a folder outside the project.")
    people = sorted(path.name[:3] for path in DATA.glob("*_neutral.jpg"))
    sheets(options.folder, [mole for person in people for mole in candidates(person)])


if __name__ == "__main__":
    main()
