"""Pairs of one visit (faces_london, neutral and smile): noise, agreement, false verdicts, injected change, peers."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from tracker.errors import NotComparable
from tracker.imaging import align, change, colour, decode, regions
from tracker.imaging.change import ANY, Noise, NoiseModel
from tracker.imaging.pipeline.analysis import register_on_skin
from tracker.imaging.pipeline.laying import LaidPair, lay, reference_of, shared_light
from tracker.imaging.pipeline.rows import UNITS, colour_rows
from tracker.imaging.quality import pair_flags
from tracker.imaging.types import Mask, Photo, Region
from tracker.phantom.optics import add_blood

BLUSH = ("013", "031", "120", "172")  # seen by eye in the second shot: real changes, so no nulls
INJECTED_H = 8.0
OPEN = NoiseModel("open", {(m, ANY, c): Noise(1.0, 1000, "-") for m in UNITS for c in ("calibrated", "uncalibrated")})
"""Every measure gets through, so that its spread can be seen before its noise is known."""


def measured(folder: Path, workers: int = 2, limit: int | None = None) -> list[dict]:
    """One row per person, region, measure and kind of follow-up."""
    people = sorted((folder / "faces_london").glob("*_neutral.jpg"))[:limit]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one_person, people) for row in rows]


def one_person(path: Path) -> list[dict]:
    """The rows of one person: standard regions, three drawn ellipses, the first of them with blood added, and peers."""
    cv2.setNumThreads(1)
    who = path.name[:3]
    before, after = (decode.open_photo(p) for p in (path, path.with_name(f"{who}_smile.jpg")))
    marks = landmarks(path.with_suffix(".tem"))
    skin = regions.skin_mask(before), regions.skin_mask(after)
    spots = drawn(marks, before.size)
    try:
        pair = laid(before, after, skin)
        rows = compare(pair, regions.face_regions(before, skin=skin[0]), who, "null")
        for number, spot in enumerate(spots):
            rows += compare(pair, (spot,), f"{who}/{number}", "drawn null")
        rows += naive(pair, who) + responses(pair, who)
        centre = align.carry_points(pair.alignment, np.array([middle(spots[0])]))[0]
        redder = inject(after, centre, float(np.hypot(*(marks[0] - marks[1]))))
        pair = laid(before, redder, (skin[0], regions.skin_mask(redder)), spots[0])
        return rows + compare(pair, (spots[0],), f"{who}/0", "drawn injected")
    except NotComparable as refused:
        return [{"who": who, "kind": "refused", "region": "", "metric": "", "flags": [refused.reason]}]


def laid(before: Photo, after: Photo, skin: tuple[Mask, Mask], region: Region | None = None) -> LaidPair:
    return lay(before, after, register_on_skin(before, after, region, skin), skin)


def landmarks(path: Path) -> np.ndarray:
    """(189, 2) hand-placed points."""
    lines = path.read_text().splitlines()
    return np.array([[float(v) for v in line.split()] for line in lines[1 : int(lines[0]) + 1]])


def drawn(marks: np.ndarray, size: tuple[int, int]) -> list[Region]:
    """Ellipses of 0.32 by 0.26 inter-pupil distances on either cheek and the forehead."""
    ipd = float(np.hypot(*(marks[0] - marks[1])))
    centres = (marks[0] + [0, 0.62 * ipd], marks[1] + [0, 0.62 * ipd], (marks[0] + marks[1]) / 2 - [0, 0.6 * ipd])
    out = []
    for centre in centres:
        mask = np.zeros(size[::-1], np.uint8)
        axes = (int(0.16 * ipd), int(0.13 * ipd))
        cv2.ellipse(mask, tuple(int(v) for v in centre), axes, 0, 0, 360, 1, -1)
        out.append(Region.from_mask(regions.DRAWN, mask > 0))
    return out


def inject(photo: Photo, centre: np.ndarray, ipd: float) -> Photo:
    """The photo with 8 H of blood added by optics in a soft ellipse of 0.9 by 0.8 inter-pupil distances."""
    yy, xx = np.mgrid[0 : photo.size[1], 0 : photo.size[0]]
    r = np.hypot((xx - centre[0]) / (0.45 * ipd), (yy - centre[1]) / (0.40 * ipd))
    light = add_blood(photo.linear(), np.clip((1.25 - r) / 0.25, 0, 1).astype(np.float32), INJECTED_H)
    return replace(photo, encoded=colour.linear_to_uint8(light), sha256=photo.sha256 + "+blood")


def middle(region: Region) -> tuple[float, float]:
    row, column = np.nonzero(region.mask)
    return float(column.mean() + region.box.left), float(row.mean() + region.box.top)


def compare(pair: LaidPair, found: Sequence[Region], who: str, kind: str) -> list[dict]:
    flags = pair_flags((pair.baseline, pair.followup), pair.skin, pair.alignment, shared_light(pair))
    changes = [row for part in found for row in colour_rows(pair, part, flags, OPEN)]
    return [
        {"who": who, "kind": kind, "region": c.region, "metric": str(c.metric), "baseline": c.baseline,
         "followup": c.followup, "flags": [f.reason for f in c.flags]}
        for c in changes
    ]  # fmt: skip


def naive(pair: LaidPair, who: str) -> list[dict]:
    """As by hand: the mean over an ellipse carried by one homography, no colour correction."""
    plane = replace(pair.alignment, displacement=np.zeros_like(pair.alignment.displacement))
    rows = []
    for part in regions.face_regions(pair.baseline, skin=pair.skin[0]):
        values = []
        for photo, place in ((pair.baseline, part), (pair.followup, align.carry_region(plane, part))):
            values.append(peers(photo.linear(place.box)[place.mask].astype(np.float64)))
        for name in values[0]:
            rows.append({"who": who, "kind": "naive", "region": part.name, "metric": name, "baseline": values[0][name],
                         "followup": values[1][name], "flags": []})  # fmt: skip
    return rows


def responses(pair: LaidPair, who: str) -> list[dict]:
    """What is left of 8 H of blood in whole regions after the reference, of which they are part, is subtracted."""
    found = {part.name: part for part in regions.face_regions(pair.baseline, skin=pair.skin[0])}
    rows = []
    for names in (("cheek_left",), ("cheek_left", "cheek_right"), ("forehead",), ("nose",)):
        if any(name not in found for name in names):
            continue
        column, row = np.rint(pair.cells.position).astype(int).T
        inside = np.any([found[name].full(pair.baseline.size)[row, column] for name in names], axis=0)
        light = add_blood(pair.cells.followup[None].astype(np.float32), inside[None].astype(np.float32), INJECTED_H)
        redder = replace(pair, cells=pair.cells.with_followup(light[0].astype(np.float64)))
        plain, moved = (reference_of(p, found[names[0]])[1] for p in (pair, redder))
        if plain is None or moved is None:
            continue
        taken = 100 * float((moved.log_gain - plain.log_gain) @ colour.HAEMOGLOBIN_WEIGHTS)
        rows.append({"who": who, "kind": "response", "region": " and ".join(names), "metric": "redness",
                     "baseline": 0.0, "followup": INJECTED_H - taken, "flags": []})  # fmt: skip
    return rows


def peers(rgb: np.ndarray) -> dict[str, float]:
    """What is done by hand today, on the pixels (n, 3) of a region."""
    encoded = colour.linear_to_encoded(rgb)
    hsv = cv2.cvtColor(encoded[None].astype(np.float32), cv2.COLOR_RGB2HSV)[0]
    return {
        "mean a*": float(colour.linear_to_lab(rgb)[:, 1].mean()),
        "mean H": float(colour.haemoglobin_index(rgb.mean(0))),
        "R - G (8 bit)": float(255 * (encoded[:, 0] - encoded[:, 1]).mean()),
        "HSV red pixels (%)": float(100 * (((hsv[:, 0] < 15) | (hsv[:, 0] > 345)) & (hsv[:, 1] > 0.35)).mean()),
    }


def false_changes(values: np.ndarray) -> float:
    """Share of subjects called changed when the SDC comes from all others, values (n, 2)."""
    d = values[:, 1] - values[:, 0]
    called = [abs(d[i]) > change.repeatability(np.delete(values, i, axis=0)).sdc for i in range(len(d))]
    return float(np.mean(called))
