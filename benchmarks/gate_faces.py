"""Real photos for the comparability gate: pairs spoiled in memory, one face in other light and from afar, charts."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from gate_scenes import LAMP, evened, made_up

from tracker import phantom
from tracker.errors import NotComparable
from tracker.imaging import calibrate, colour, decode, pipeline, quality, regions
from tracker.imaging.pipeline.analysis import register_on_skin
from tracker.imaging.pipeline.laying import lay, shared_light
from tracker.imaging.types import Alignment, Flag, Mask, Photo, Verdict

SIDE_LIGHT = 1.0  # ln of light from one edge of the photo to the other
CALTECH_PAIRS = 10  # of each of the three people
V = np.linspace(0, 1, 256)
S_CURVE = np.rint(255 * V * V * (3 - 2 * V)).astype(np.uint8)


def london_pair(path: Path, spoil: bool) -> list[dict]:
    """The flags of one person's pair, and of the same pair with its follow-up spoiled."""
    who = path.name[:3]
    photos = decode.open_photo(path), decode.open_photo(path.with_name(f"{who}_smile.jpg"))
    skin = regions.skin_mask(photos[0]), regions.skin_mask(photos[1])
    row = {"set": "london", "who": who}
    try:
        alignment = register_on_skin(*photos, None, skin)
    except NotComparable as refused:
        return [{**row, "kind": "refused", "codes": [], "withheld": [], "why": refused.reason}]
    places = regions.face_regions(photos[0], skin=skin[0])
    folds = [p.name for p in places if quality.region_flags(alignment, p)]
    found = flags_of((photos[0], photos[1]), skin, alignment)
    rows = [{**row, "kind": "unspoiled", **found, "regions": [p.name for p in places], "folds": folds}]
    if spoil:
        for kind, photo, mask, laid in spoiled(photos[1], skin[1], alignment):
            rows.append({**row, "kind": kind, **flags_of((photos[0], photo), (skin[0], mask), laid)})
    return rows


def flags_of(photos: tuple[Photo, Photo], skin: tuple[Mask, Mask], alignment: Alignment) -> dict:
    pair = lay(*photos, alignment, skin)
    return as_row(quality.pair_flags(photos, skin, alignment, shared_light(pair)))


def as_row(flags: tuple[Flag, ...]) -> dict:
    """Codes that withhold anything, each with what it withholds."""
    hard = [flag for flag in flags if flag.withholds]
    return {
        "codes": sorted({str(flag.code) for flag in hard}),
        "withheld": sorted({str(metric) for flag in hard for metric in flag.withholds}),
        "by": {str(f.code): sorted({str(m) for g in hard if g.code is f.code for m in g.withholds}) for f in hard},
    }


def spoiled(photo: Photo, skin: Mask, alignment: Alignment) -> Iterator[tuple[str, Photo, Mask, Alignment]]:
    """The follow-up spoiled in memory, with its skin and how it lies on the baseline."""
    light, side = photo.linear(), max(photo.size)
    slope = np.exp(np.linspace(-SIDE_LIGHT / 2, SIDE_LIGHT / 2, photo.size[0], dtype=np.float32))
    made = {
        "tone curve": S_CURVE[photo.encoded],
        "local tone mapping": colour.linear_to_uint8(evened(light)),
        "blur 1 px": cv2.GaussianBlur(photo.encoded, (0, 0), 1.0 * side / 1000),
        "side light (slope)": colour.linear_to_uint8(light * 0.9 * slope[None, :, None]),
        "make-up": colour.linear_to_uint8(made_up(light, skin)),
        "other lamp": colour.linear_to_uint8(light * LAMP),
    }
    for kind, pixels in made.items():
        yield kind, replace(photo, encoded=np.ascontiguousarray(pixels)), skin, alignment
    yield "JPEG 30", decode.open_photo(phantom.jpeg(photo.encoded, 30)), skin, alignment
    yield "resized 0.7", *shrunk(photo, skin, alignment, 0.7)


def shrunk(photo: Photo, skin: Mask, alignment: Alignment, factor: float) -> tuple[Photo, Mask, Alignment]:
    """The follow-up as from farther away, in a frame of the same size."""
    matrix = np.array([[factor, 0, 0.15 * photo.size[0]], [0, factor, 0.15 * photo.size[1]], [0, 0, 1.0]])
    small = cv2.warpAffine(photo.encoded, matrix[:2], photo.size, flags=cv2.INTER_AREA)
    scale = np.diag([skin.shape[1] / photo.size[0], skin.shape[0] / photo.size[1], 1.0])
    moved = (scale @ matrix @ np.linalg.inv(scale))[:2]
    inside = cv2.warpAffine(skin.astype(np.uint8), moved, skin.shape[::-1], flags=cv2.INTER_NEAREST) > 0
    laid = replace(
        alignment,
        homography=matrix @ alignment.homography,
        displacement=np.asarray(alignment.displacement * np.float32(factor), np.float32),
    )
    return replace(photo, encoded=small), inside, laid


def other_light(folder: Path) -> list[dict]:
    """Pairs of one face under office light, flash and sun (faces_caltech), through the whole analysis."""
    rng = np.random.default_rng(23)  # the rules for light were chosen after the draws 0, 5 and 17 were seen
    rows = []
    for who in ("c01", "c05", "c13"):
        paths = sorted((folder / "faces_caltech").glob(f"{who}_*.jpg"))
        chosen = list(itertools.combinations(paths, 2))
        rng.shuffle(chosen)
        rows += [{"set": "caltech", "who": who, **verdicts(*map(Path, pair))} for pair in chosen[:CALTECH_PAIRS]]
    return rows


def distances(folder: Path) -> list[dict]:
    """One face from 60, 45, 30 and 15 cm (faces_cc0), every pair, through the whole analysis."""
    paths = [folder / "faces_cc0" / f"zoom_{cm}cm.jpg" for cm in (60, 45, 30, 15)]
    return [
        {"set": "zoom", "kind": f"{a.stem[5:]} and {b.stem[5:]}", **verdicts(a, b)}
        for a, b in itertools.combinations(paths, 2)
    ]


def verdicts(first: Path, second: Path) -> dict:
    """The verdicts and doubts of one pair."""
    found = pipeline.analyse(decode.open_photo(first), decode.open_photo(second), site="face")
    redness = [c for c in found.changes if c.metric == "redness"]
    return {
        "refused": found.refusal.reason if found.refusal else "",
        **as_row(found.flags),
        "redness": [[c.region, str(c.verdict), number(c.change), number(c.sdc)] for c in redness],
        "changed": [f"{c.region} {c.metric}" for c in found.changes if c.verdict is Verdict.CHANGED],
        "asked": len(found.changes),
    }


def number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)


def charts(folder: Path) -> list[dict]:
    """The colour charts that others photographed (charts_plantcv)."""
    rows = []
    for path in sorted((folder / "charts_plantcv").iterdir()):
        if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
            continue
        found = calibrate.fit(decode.open_photo(path))
        rows.append(
            {"set": "charts", "kind": path.name, "target": found.target if found else "",
             "residual": number(found.residual_de00) if found else None,
             "skin": number(found.skin_residual_de00) if found else None,
             "codes": sorted({str(f.code) for f in found.flags}) if found else []}
        )  # fmt: skip
    return rows
