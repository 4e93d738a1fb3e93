"""Skin masks, proposed outlines and followed outlines on real photos, beside the usual classical way.

    python benchmarks/outlines.py [--parts skin proposals wounds] [--every N] [--json]

Reads skin_hgr1, lesions_fuseg and lesions_fuseg_repeat in ../shared/data beside the project root. Peers: fixed YCrCb
limits for skin, GrabCut for outlines, SIFT + RANSAC on the whole picture + GrabCut for wounds. Every wound counts once.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotComparable, TrackerError
from tracker.imaging import outline, pipeline, regions
from tracker.imaging.types import Box, Mask, Photo, Region

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
PARTS = ("skin", "proposals", "wounds")
WRONG = 0.3
MARGIN = 0.1
Row = dict[str, Any]


def photo(path: Path) -> Photo:
    return Photo(path.name, path.name, cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))


def mask(path: Path) -> Mask:
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) > 127


def dice(a: Mask, b: Mask) -> float:
    return float(2 * (a & b).sum() / max(1, a.sum() + b.sum()))


def fixed_limits(seen: Photo) -> Mask:
    """Chai and Ngan 1999, doi:10.1109/76.767122."""
    values = cv2.cvtColor(seen.encoded, cv2.COLOR_RGB2YCrCb)
    return cv2.inRange(values, (0, 133, 77), (255, 173, 127)) > 0


def grabcut(pixels: NDArray[np.uint8], box: Box, inside: Mask | None = None) -> Mask:
    labels = np.zeros(pixels.shape[:2], np.uint8)
    cv2.setRNGSeed(0)
    rectangle = (box.left, box.top, box.width, box.height)
    try:
        labels = cv2.grabCut(pixels, labels, rectangle, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)[
            0
        ]
    except cv2.error:  # too few pixels for its mixtures
        return np.zeros(labels.shape, bool) if inside is None else inside
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def skin_rows(every: int) -> list[Row]:
    rows = []
    for name, find in (("ours", regions.skin_mask), ("fixed YCrCb limits", fixed_limits)):
        scores, seconds = [], 0.0
        for path in sorted((DATA / "skin_hgr1").glob("*.jpg"))[::every]:
            seen, true = photo(path), mask(path.with_name(path.stem + "_skin.png"))
            start = time.perf_counter()
            found = find(seen)
            seconds += time.perf_counter() - start
            scores.append(float((found & true).sum() / max(1, (found | true).sum())))
        rows.append({
            "part": "skin", "method": name, "n": len(scores), "iou_median": np.median(scores),
            "iou_p10": np.percentile(scores, 10), "ms": 1e3 * seconds / len(scores),
        })  # fmt: skip
    return rows


def proposal_rows(every: int) -> list[Row]:
    def ours(seen: Photo, box: Box) -> Mask:
        try:
            prompt = Region("drawn", box, np.ones((box.height, box.width), bool))
            return outline.propose(seen, prompt).region().full(seen.size)
        except NotComparable:  # counted as Dice 0
            return np.zeros(seen.encoded.shape[:2], bool)

    rows = []
    peers: tuple[tuple[str, Callable[[Photo, Box], Mask]], ...]
    peers = (("ours", ours), ("GrabCut", lambda seen, box: grabcut(seen.encoded, box)))
    for name, find in peers:
        scores, areas = [], []
        for path in sorted((DATA / "lesions_fuseg").glob("*_mask.png"))[:: 3 * every]:
            true = mask(path)
            _, part, stats, _ = cv2.connectedComponentsWithStats(true.astype(np.uint8))
            if len(stats) < 2:
                continue
            box = Region.from_mask("x", part == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).box
            box = box.grown(max(1, round(MARGIN * max(box.width, box.height))), (true.shape[1], true.shape[0]))
            inside = np.zeros_like(true)
            inside[box.top : box.bottom, box.left : box.right] = True
            found = find(photo(path.with_name(path.name.replace("_mask.png", ".jpg"))), box)
            scores.append(dice(found & inside, true & inside))
            areas.append(abs(np.log(max(1, (found & inside).sum()) / (true & inside).sum())))
        rows.append({
            "part": "proposals", "method": name, "n": len(scores), "dice_median": np.median(scores),
            "dice_p10": np.percentile(scores, 10), "ln_area": np.median(areas),
        })  # fmt: skip
    return rows


def followed(before: Photo, drawn: Mask, after: Photo) -> tuple[Mask, tuple[float, float]]:
    found = pipeline.follow_outline(before, Region.from_mask("drawn", drawn), after).outline
    return found.region().full(after.size), found.interval_px


def naive(before: Photo, drawn: Mask, after: Photo) -> tuple[Mask, tuple[float, float]]:
    sift = cv2.SIFT.create(4000)
    (k1, d1), (k2, d2) = (
        sift.detectAndCompute(cv2.cvtColor(p.encoded, cv2.COLOR_RGB2GRAY), None) for p in (before, after)
    )
    good = [m for m, n in cv2.BFMatcher().knnMatch(d1, d2, k=2) if m.distance < 0.8 * n.distance]
    if len(good) < 8:
        raise NotComparable("Too few matches.", "")
    cv2.setRNGSeed(1)
    matrix, _ = cv2.findHomography(
        np.array([k1[m.queryIdx].pt for m in good]), np.array([k2[m.trainIdx].pt for m in good]), cv2.RANSAC, 4
    )
    if matrix is None:
        raise NotComparable("No motion fits.", "")
    moved = cv2.warpPerspective(drawn.astype(np.uint8), matrix, after.size) > 0
    box = Region.from_mask("x", moved).box
    grown = box.grown(max(2, round(MARGIN * max(box.width, box.height))), after.size)
    return grabcut(after.encoded, grown, moved), (float("nan"), float("nan"))


def wound_rows(every: int) -> list[Row]:
    folder = DATA / "lesions_fuseg_repeat"
    pairs = json.loads((folder / "repeat_pairs.json").read_text())[::every]
    rows = []
    for name, find in (("ours", followed), ("SIFT + RANSAC + GrabCut", naive)):
        wounds: dict[str, list[tuple[float, float, bool] | None]] = {}
        for first, second, _ in pairs:
            true, answers = mask(folder / f"{second}_mask.png"), wounds.setdefault(first[:3], [])
            try:
                found, (low, high) = find(
                    photo(folder / f"{first}.jpg"), mask(folder / f"{first}_mask.png"), photo(folder / f"{second}.jpg")
                )
            except TrackerError:
                answers.append(None)
                continue
            area = max(1, int(true.sum()))
            error = abs(float(np.log(max(1, int(found.sum())) / area)))
            answers.append((dice(found, true), error, low <= area <= high))
        given = [[a for a in answers if a] for answers in wounds.values() if any(answers)]
        rows.append({
            "part": "wounds", "method": name, "wounds": len(wounds), "pairs": len(pairs),
            "refused": np.mean([np.mean([a is None for a in w]) for w in wounds.values()]),
            "wrong": np.mean([np.mean([a is not None and a[0] < WRONG for a in w]) for w in wounds.values()]),
            "dice": np.median([np.median([a[0] for a in w]) for w in given]),
            "ln_area": np.median([np.median([a[1] for a in w]) for w in given]),
            "interval_holds": np.mean([np.mean([a[2] for a in w]) for w in given]),
        })  # fmt: skip
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--every", type=int, default=1, help="take every n-th photo or pair")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if not DATA.is_dir():
        print("skipped: the real photos (../shared/data) are not here", file=sys.stderr)
        return 0
    make = {"skin": skin_rows, "proposals": proposal_rows, "wounds": wound_rows}
    for part in options.parts:
        for row in make[part](options.every):
            rounded = {k: round(float(v), 3) if isinstance(v, float) else v for k, v in row.items()}
            print(
                json.dumps(rounded) if options.json else "  ".join(f"{k} {v}" for k, v in rounded.items()), flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
