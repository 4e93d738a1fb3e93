"""Alignment accuracy on real faces, beside plain SIFT + RANSAC: known warps, impostors, smiles.

    python benchmarks/alignment.py [--faces N] [--parts easy hard impostor smile identity] [--json]

Reads ../shared/data/faces_london (72 people, 1350 x 1350 pixels, hand-placed landmarks) beside the project root.
Known warps follow one recipe per difficulty; the error is taken at 18 hand-placed landmarks, in follow-up pixels.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable
from tracker.imaging import align, regions
from tracker.imaging.types import Mask, Photo

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "faces_london"
LANDMARKS = [0, 1, 22, 23, 55, 64, 69, 71, 76, 77, 82, 87, 93, 129, 158, 163, 164, 168]
HAEMOGLOBIN_RGB = np.array([0.266, 0.746, 0.611])  # log-attenuation of a red blotch
PARTS = ("easy", "hard", "impostor", "smile", "identity")
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Warp:
    """A follow-up with its truth."""

    pixels: Pixels
    truth: NDArray[np.float64]


def read(path: Path) -> Pixels:
    return np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])


def landmarks(path: Path) -> NDArray[np.float64]:
    lines = path.read_text().split("\n")
    return np.array([[float(v) for v in line.split()] for line in lines[1 : int(lines[0]) + 1]])


def photo(pixels: Pixels, name: str) -> Photo:
    return Photo(name, hashlib.sha256(pixels.tobytes()).hexdigest(), pixels)


def recompress(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])


def encode(linear: NDArray[np.float32]) -> Pixels:
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.clip(linear, 1e-9, None) ** (1 / 2.4) - 0.055)
    return np.clip(np.rint(curve * 255), 0, 255).astype(np.uint8)


def known_warp(pixels: Pixels, points: NDArray[np.float64], hard: bool, rng: np.random.Generator) -> Warp:
    """Similarity plus a smooth field; ``hard`` adds blotches, blur, side light, noise and JPEG 70."""
    height, width = pixels.shape[:2]
    angle, scale = (
        (rng.uniform(-20, 20), rng.uniform(0.6, 0.75)) if hard else (rng.uniform(-8, 8), rng.uniform(0.85, 1.15))
    )
    plane = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    plane[:, 2] += rng.uniform(-60, 60, 2)
    amplitude, phase = rng.uniform(2, 6) * (1 + hard), rng.uniform(0, 6.28, 2)

    def field(x: NDArray[np.floating], y: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        return amplitude * np.sin(2 * np.pi * y / 700 + phase[0]), amplitude * np.sin(2 * np.pi * x / 600 + phase[1])

    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = field(xx, yy)
    inverse = cv2.invertAffineTransform(plane)
    bx, by = (
        (inverse[i, 0] * (xx - dx) + inverse[i, 1] * (yy - dy) + inverse[i, 2]).astype(np.float32) for i in (0, 1)
    )
    v = np.arange(256) / 255.0
    table = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)
    moved = cv2.remap(table[pixels], bx, by, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    if hard:
        moved = _spoil(moved, rng)
    shade = 1 + 0.25 * (xx / width - 0.5) * rng.choice([-1, 1]) + 0.1 * (yy / height - 0.5)
    moved = np.clip(moved * shade[..., None] * rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3), 0, 1)
    moved = np.clip(moved + rng.normal(0, 0.012 if hard else 0.004, moved.shape), 0, 1).astype(np.float32)
    flat = points @ plane[:, :2].T + plane[:, 2]
    truth = flat.copy()
    for _ in range(30):  # solves q - d(q) = plane(p)
        truth = flat + np.stack(field(truth[:, 0], truth[:, 1]), 1)
    return Warp(recompress(encode(moved), 70 if hard else 92), truth)


def _spoil(light: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = light.shape[:2]
    attenuation = np.zeros((height, width), np.float32)
    for _ in range(25):
        x, y, radius = rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height, rng.uniform(10, 60)
        yy, xx = np.mgrid[0:height, 0:width][:, max(0, int(y - 4 * radius)) : int(y + 4 * radius)]
        rows, columns = slice(max(0, int(y - 4 * radius)), int(y + 4 * radius)), slice(None)
        attenuation[rows, columns] += np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / radius**2).astype(np.float32)
    light = light * np.exp(-0.35 * attenuation[..., None] * HAEMOGLOBIN_RGB.astype(np.float32))
    side = np.clip(0.35 + 1.1 * np.arange(width, dtype=np.float32) / width, 0.3, 1.2)
    return np.asarray(cv2.GaussianBlur(light, (0, 0), 1.5) * side[None, :, None], np.float32)


def naive_plane(baseline: Photo, followup: Photo) -> NDArray[np.float64] | None:
    """Plain SIFT, ratio 0.75, RANSAC homography, refused below 15 inliers: what a first version would do."""
    sift = cv2.SIFT_create(4000)
    k1, d1 = sift.detectAndCompute(cv2.cvtColor(baseline.encoded, cv2.COLOR_RGB2GRAY), None)
    k2, d2 = sift.detectAndCompute(cv2.cvtColor(followup.encoded, cv2.COLOR_RGB2GRAY), None)
    if d1 is None or d2 is None or min(len(d1), len(d2)) < 4:
        return None
    good = [a for a, b in cv2.BFMatcher().knnMatch(d1, d2, k=2) if a.distance < 0.75 * b.distance]
    if len(good) < 15:
        return None
    p, q = np.float32([k1[m.queryIdx].pt for m in good]), np.float32([k2[m.trainIdx].pt for m in good])
    matrix, inlier = cv2.findHomography(p, q, cv2.RANSAC, 3.0)
    return matrix if matrix is not None and inlier.sum() >= 15 else None


def naive(baseline: Photo, followup: Photo, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    matrix = naive_plane(baseline, followup)
    return None if matrix is None else cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0]


@lru_cache(maxsize=4)
def skin_of(image: Photo) -> Mask:
    """The product's own skin mask, small: what the pipeline hands to the alignment."""
    width, height = image.size
    mask = regions.skin_mask(image).astype(np.uint8)
    return cv2.resize(mask, (round(width / 4), round(height / 4)), interpolation=cv2.INTER_AREA) > 0


def ours(baseline: Photo, followup: Photo, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    try:
        found = align.fit(baseline, followup, skin=(skin_of(baseline), skin_of(followup)))
    except NotComparable:
        return None
    return align.carry_points(found, points)


Method = Callable[[Photo, Photo, NDArray[np.float64]], NDArray[np.float64] | None]
METHODS: dict[str, Method] = {"ours": ours, "SIFT + RANSAC": naive}


def pairs(
    part: str, files: list[Path]
) -> Iterator[tuple[str, Pixels, Pixels, NDArray[np.float64], NDArray[np.float64] | None]]:
    """Name, baseline, follow-up, points and their truth (None where there is none)."""
    for k, path in enumerate(files):
        pixels, points = read(path), landmarks(path.with_suffix(".tem"))[LANDMARKS]
        rng = np.random.default_rng([7, k, PARTS.index(part)])
        if part in ("easy", "hard"):
            warp = known_warp(pixels, points, part == "hard", rng)
            yield path.name, pixels, warp.pixels, points, warp.truth
        elif part == "smile":
            yield path.name, pixels, read(path.with_name(path.name.replace("neutral", "smile"))), points, None
        elif part == "identity":
            yield path.name, pixels, pixels, points, points
        else:
            for step in (5, 11, 23):
                other = files[(k + step) % len(files)]
                if other != path:
                    yield f"{path.name} / {other.name}", pixels, read(other), points, None
            yield f"{path.name} mirrored", pixels, recompress(np.ascontiguousarray(pixels[:, ::-1]), 95), points, None


def run(part: str, files: list[Path]) -> list[dict[str, object]]:
    errors: dict[str, list[float]] = {name: [] for name in METHODS}
    aligned, seconds, total = dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0.0), 0
    for label, baseline, followup, points, truth in pairs(part, files):
        total += 1
        photos = photo(baseline, "baseline"), photo(followup, "follow-up")
        for image in photos:
            skin_of(image)  # not part of the alignment's time
        for name, method in METHODS.items():
            start = time.perf_counter()
            found = method(*photos, points)
            seconds[name] += time.perf_counter() - start
            if found is None:
                print(f"{part} {label}: {name} refused", file=sys.stderr)
                continue
            aligned[name] += 1
            if truth is not None:
                errors[name] += list(np.linalg.norm(found - truth, axis=1))
    rows = []
    for name in METHODS:
        e = np.array(errors[name])
        rows.append(
            {
                "part": part,
                "method": name,
                "n": total,
                "aligned": aligned[name],
                "median_px": round(float(np.median(e)), 3) if e.size else None,
                "p95_px": round(float(np.percentile(e, 95)), 3) if e.size else None,
                "ms": round(1000 * seconds[name] / max(total, 1)),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=72)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    if not DATA.is_dir():
        sys.exit("The photos are not here: expected ../shared/data/faces_london beside the project.")
    files = sorted(DATA.glob("*_neutral.jpg"))
    files = files[:: max(1, len(files) // chosen.faces)][: chosen.faces]
    if not chosen.json:
        print(f"{'part':<10}{'method':<16}{'n':>5}{'aligned':>9}{'median px':>11}{'p95 px':>9}{'ms':>7}")
    for part in chosen.parts:
        for row in run(part, files):
            if chosen.json:
                print(json.dumps(row))
            else:
                shown = ["-" if row[k] is None else f"{row[k]:.3f}" for k in ("median_px", "p95_px")]
                print(
                    f"{row['part']:<10}{row['method']:<16}{row['n']:>5}{row['aligned']:>9}{shown[0]:>11}{shown[1]:>9}{row['ms']:>7}"
                )


if __name__ == "__main__":
    main()
