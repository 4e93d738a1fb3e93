"""Registration of rendered skin with known displacement, per tone: easy and hard pairs, strangers, and change kept.

python benchmarks/accuracy_registration.py [--quick]
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from tables import bar_cell, median_cell, share_cell, table

from tracker import phantom
from tracker.errors import NotComparable
from tracker.imaging import align
from tracker.imaging.geometry import box_pixels
from tracker.imaging.types import Box, Photo, Region

SCENES = 10  # per tone band
FIRST_SEED = 7000  # other skin than that of any other section
BANDS = {"> 41": (43.0, 60.0), "10..41": (12.0, 40.0), "-30..10": (-28.0, 8.0), "< -30": (-55.0, -32.0)}
FRAME_MM, PX_PER_MM = (80.0, 64.0), 9.0
BARS = {"easy": (0.1, 0.99), "hard": (0.3, 0.95)}  # median px, share answered


def measured(data: Path, workers: int = 2, count: int = SCENES) -> list[dict]:
    """One row per pair; ``data`` is not needed, everything is rendered."""
    del data
    jobs = [(band, FIRST_SEED + seed) for seed in range(count) for band in BANDS]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return [row for rows in pool.map(one_scene, jobs) for row in rows]


def one_scene(job: tuple[str, int]) -> list[dict]:
    cv2.setNumThreads(1)
    band, seed = job
    rng = np.random.default_rng([seed, *band.encode()])
    width = float(rng.uniform(4, 14))
    scar = phantom.Lesion(phantom.Kind.HYPERTROPHIC, (1.0, -2.0), width, width, -0.6, blood=2.2, seed=seed)
    site, ita = phantom.SITES["cheek"], float(rng.uniform(*BANDS[band]))
    spec = phantom.SceneSpec(site=site, ita=ita, frame_mm=FRAME_MM, px_per_mm=PX_PER_MM, lesions=(scar,))
    scene, stranger = phantom.make_scene(spec, seed), phantom.make_scene(spec, seed + 500)
    before = phantom.photograph(scene, phantom.Visit(), seed)
    smaller = scene.with_lesions([scar.changed(area=0.8)])
    rows = []
    for kind, skin, asked in (
        ("easy", smaller, easy(rng)),
        ("hard", smaller, hard(rng)),
        ("stranger", stranger, easy(rng)),
    ):
        after = phantom.photograph(skin, asked, seed + 1)
        encoded = cv2.imdecode(cv2.imencode(".jpg", after.encoded, [1, 70])[1], 1) if kind == "hard" else after.encoded
        rows.append({"band": band, "scene": seed, "kind": kind, **compared(before, after, encoded)})
    return rows


def easy(rng: np.random.Generator) -> phantom.Visit:
    """The person sits down again."""
    r = lambda sd: float(sd * rng.standard_normal())  # noqa: E731
    pose = phantom.Pose(
        rotation_deg=r(3), shift_mm=(r(2), r(2)), zoom=1 + r(0.03), stretch_mm=0.3, seed=int(rng.integers(999))
    )
    return phantom.Visit(pose=pose, camera=phantom.Camera(exposure=1 + r(0.06)))


def hard(rng: np.random.Generator) -> phantom.Visit:
    """Turned and stretched, under another lamp, a little blurred and noisy; the file is a JPEG of quality 70."""
    r = lambda sd: float(sd * rng.standard_normal())  # noqa: E731
    asked = easy(rng)
    pose = replace(asked.pose, rotation_deg=r(8), tilt_deg=(r(4), r(4)), stretch_mm=0.8)
    light = phantom.Light(azimuth_deg=225 + r(20), elevation_deg=50)
    return replace(asked, pose=pose, light=light, camera=replace(asked.camera, blur_px=1.0))


def compared(before: phantom.Shot, after: phantom.Shot, encoded: np.ndarray) -> dict:
    """Error of the alignment on skin, px, and the share of the scar's shrinkage that it keeps."""
    region = Region.from_mask("drawn", before.mask())
    try:
        found = align.fit(Photo("a", "a", before.encoded), Photo("b", "b", encoded), region=region)
    except NotComparable as refused:
        return {"refused": refused.reason}
    height, width = before.encoded.shape[:2]
    x, y = np.meshgrid(np.linspace(0.15, 0.85, 8) * width, np.linspace(0.15, 0.85, 8) * height)
    points = np.stack([x.ravel(), y.ravel()], 1)
    error = np.linalg.norm(align.carry_points(found, points) - phantom.carry(before, after, points), axis=1)
    size = after.encoded.shape[1], after.encoded.shape[0]
    source = phantom.carry(after, before, box_pixels(Box(0, 0, *size))).reshape(size[1], size[0], 2)
    mask = before.mask().astype(np.float32)
    unchanged = float((cv2.remap(mask, source.astype(np.float32), None, cv2.INTER_LINEAR) >= 0.5).sum())
    left = float(after.mask().sum())
    kept = (1 - left / align.carry_region(found, region).area_px) / (1 - left / unchanged)
    return {"refused": "", "error": float(np.median(error)), "kept": float(kept)}


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    if not rows:
        return []
    body = [cells(rows, band, kind) for kind in BARS for band in BANDS]
    strangers = [[r for r in rows if r["kind"] == "stranger" and r["band"] == band] for band in BANDS]
    refused = float(np.mean([bool(r["refused"]) for mine in strangers for r in mine]))
    return [
        "## Registration of rendered skin (phantom)", "",
        "A cheek of 80 by 64 mm at 9 px/mm with a scar of 4 to 14 mm that has lost 20 % of its area. Easy: turned by 3 "
        "degrees (SD), moved, stretched by 0.3 mm. Hard: turned by 8, tilted by 4, stretched by 0.8 mm, lamp moved by "
        "20 degrees, blurred by 1 px, JPEG 70. Median over 64 places of a pair, in px; change kept is the shrinkage "
        "seen in the carried outline over the true one. Strangers are other people's cheeks of the same tone.", "",
        *table(("pairs", "ITA", "answered", "bar", "median error, px", "bar", "change kept, median", "bar"), body),
        *table(("", *(f"ITA {band}" for band in BANDS), "all, bar"), [[
            "strangers refused",
            *(share_cell(sum(bool(r["refused"]) for r in mine), len(mine)) for mine in strangers),
            bar_cell(refused, 0.995, least=True, digits=3, percent=True),
        ]]),
    ]  # fmt: skip


def cells(rows: list[dict], band: str, kind: str) -> list[str]:
    mine = [r for r in rows if (r["band"], r["kind"]) == (band, kind)]
    answered = [r for r in mine if not r["refused"]]
    error, kept = ([r[name] for r in answered] for name in ("error", "kept"))
    most, least = BARS[kind]
    return [
        kind,
        band,
        share_cell(len(answered), len(mine)),
        bar_cell(len(answered) / max(1, len(mine)), least, least=True, percent=True),
        median_cell(error),
        bar_cell(float(np.median(error)) if error else np.nan, most),
        median_cell(kept),
        bar_cell(1 - abs(1 - float(np.median(kept))) if kept else np.nan, 0.97, least=True, percent=True),
    ]


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """None: an alignment has no repeat noise of its own."""
    del rows
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    print("\n".join(report(measured(Path(), count=1 if parser.parse_args().quick else SCENES))))
