"""Write the three demo patients: synthetic photos, the truth beside them, and registry.toml with every SHA-256.

Run ``python samples/make_samples.py`` from the project's root; the same library versions give the same bytes.
No pixel of a real person is in them.
"""

import argparse
import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tracker.imaging.colour import haemoglobin_index
from tracker.phantom import (
    SITES,
    Camera,
    Kind,
    Lesion,
    Light,
    Placement,
    Pose,
    Scene,
    SceneSpec,
    Shot,
    Visit,
    carry,
    jpeg,
    make_scene,
    photograph,
    tracker_card,
)
from tracker.phantom.optics import skin_colour

FOLDER = Path(__file__).resolve().parent
FRAME_MM, PX_PER_MM = (160.0, 120.0), 10.0  # 1600 x 1200 px: pores and fine lines are just resolved
QUALITY = 92


@dataclass(frozen=True)
class Healing:
    """How far one session has come: factors against the first photo (blood and melanin act on the log excess)."""

    day: date
    kind: str
    area: float
    depth: float
    blood: float
    flush: float = 1.0
    needled_days_ago: int | None = None
    notes: str = ""


@dataclass(frozen=True)
class Patient:
    """One demo patient and the series of photos."""

    code: str
    folder: str
    indication: str
    site: str
    detail: str
    view: str
    needle_depth_mm: float
    serum: str
    seed: int
    spec: SceneSpec
    card_mm: tuple[float, float]
    base: Pose
    sessions: tuple[Healing, ...]


def main() -> None:
    """Write everything below the folder given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="folder name of one patient, for a quick look")
    options = parser.parse_args()
    rows: list[str] = ["# Written by make_samples.py; every picture is synthetic.\n"]
    for patient in (p for p in PATIENTS if options.only in ("", p.folder)):
        rows += write_patient(patient, options.into)
    if not options.only:
        text = "\n".join(rows)
        tomllib.loads(text)  # a mistake shows here, not in the demo
        (options.into / "registry.toml").write_text(text, "utf-8")


def write_patient(patient: Patient, into: Path) -> list[str]:
    """Photos, masks and truth of one patient; the lines of the registry."""
    folder = into / patient.folder
    folder.mkdir(parents=True, exist_ok=True)
    person = make_scene(patient.spec, patient.seed)
    rows = [
        "[[patients]]",
        f'code = "{patient.code}"',
        "[[patients.series]]",
        f'indication = "{patient.indication}"',
        f'site = "{patient.site}"',
        f'detail = "{patient.detail}"',
        f"planned_sessions = {sum(s.kind == 'treatment' for s in patient.sessions)}",
        "interval_days = 35",
    ]
    first: Shot | None = None
    for number, healing in enumerate(patient.sessions):
        shot = photograph(healed(person, healing, patient), visit(patient, number), 1000 * patient.seed + number)
        first = first or shot
        name = f"session_{number + 1}"
        taken = datetime.combine(healing.day, time(9, 10 + 7 * number, 12))
        (folder / f"{name}.jpg").write_bytes(jpeg(shot.encoded, QUALITY, taken))
        truth = truth_of(shot, first)
        (folder / f"{name}_truth.json").write_text(json.dumps(truth, indent=1) + "\n", "utf-8")
        if number == 0:
            write_mask(folder / "region.png", treated(shot))
            write_mask(folder / "lesions.png", shot.mask(*scar_kinds(shot)))
        rows += session_rows(patient, healing, folder, name, number == 0)
        print(f"{patient.code} {healing.day} {shot.px_per_mm:.2f} px/mm {truth['scar_area_mm2']:.1f} mm2")
    return rows


def session_rows(patient: Patient, healing: Healing, folder: Path, name: str, with_region: bool) -> list[str]:
    """Registry lines of one session and its photo."""
    treats = healing.kind == "treatment"
    rows = ["[[patients.series.sessions]]", f"date = {healing.day.isoformat()}", f'kind = "{healing.kind}"']
    if treats:
        rows += ['device = "pen, 12 needles"', f"needle_depth_mm = {patient.needle_depth_mm}"]
        rows.append(f'serum = "{patient.serum}"')
    if healing.needled_days_ago is not None:
        rows.append(f"days_since_needling = {healing.needled_days_ago}")
    if healing.notes:
        rows.append(f'notes = "{healing.notes}"')
    rows += ["[[patients.series.sessions.photos]]", *file_rows("", folder / f"{name}.jpg")]
    rows += [f'view = "{patient.view}"', 'moment = "before needling"']
    rows += file_rows("truth", folder / f"{name}_truth.json")
    if with_region:
        rows += file_rows("region", folder / "region.png") + file_rows("lesions", folder / "lesions.png")
    return rows


def file_rows(role: str, path: Path) -> list[str]:
    """Name and SHA-256 of one file; the photo itself has no role."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"{path.parent.name}/{path.name}"
    return [f'{role or "file"} = "{name}"', f'{role + "_" if role else ""}sha256 = "{digest}"']


def healed(person: Scene, healing: Healing, patient: Patient) -> Scene:
    """The person at a session: lesions as far healed, the skin as flushed as on that day."""
    lesions = [
        lesion.changed(area=healing.area, depth=healing.depth, blood=healing.blood, melanin=0.4 + 0.6 * healing.blood)
        for lesion in person.spec.lesions
    ]
    if healing.needled_days_ago is not None and healing.needled_days_ago <= 4:
        lesions += needled(patient)
    return person.with_lesions(lesions).changed(blood=healing.flush)


def needled(patient: Patient) -> list[Lesion]:
    """Sunburn-like redness of the treated skin with the last needle marks, two days on."""
    rng = np.random.default_rng([patient.seed, 7])
    centre, size = extent(patient.spec.lesions)
    flush = Lesion(Kind.STAIN, centre, size[1] * 1.25, size[0] * 1.2, 0.0, 0.0, 3.2, 1.0, 77)
    marks = []
    for index in range(420):
        radius, angle = np.sqrt(rng.uniform(0, 1)), rng.uniform(0, 2 * np.pi)
        at = (
            centre[0] + 0.52 * size[0] * radius * float(np.cos(angle)),
            centre[1] + 0.52 * size[1] * radius * float(np.sin(angle)),
        )
        width = float(rng.uniform(0.35, 0.7))
        marks.append(Lesion(Kind.STAIN, at, width, width, 0.0, 0.0, float(rng.uniform(1.2, 1.9)), 1.1, index))
    return [flush, *marks]


def extent(lesions: Iterable[Lesion]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Centre and size (mm) of the box around lesions."""
    boxes = []
    for lesion in lesions:
        along = (
            lesion.length_mm / 2 * np.abs([np.cos(np.radians(lesion.angle_deg)), np.sin(np.radians(lesion.angle_deg))])
        )
        reach = np.maximum(along, lesion.width_mm / 2)
        boxes.append((np.array(lesion.centre_mm) - reach, np.array(lesion.centre_mm) + reach))
    low, high = np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
    middle, size = (low + high) / 2, high - low
    return (float(middle[0]), float(middle[1])), (float(size[0]), float(size[1]))


def visit(patient: Patient, number: int) -> Visit:
    """Pose, lamp and camera of one session: near the first one, never the same."""
    rng = np.random.default_rng([patient.seed, 3, number])
    far = 0.0 if number == 0 else 1.0
    base = patient.base
    pose = replace(
        base,
        rotation_deg=base.rotation_deg + far * float(rng.uniform(-5, 5)),
        shift_mm=(
            base.shift_mm[0] + far * float(rng.uniform(-4, 4)),
            base.shift_mm[1] + far * float(rng.uniform(-2, 2)),
        ),
        tilt_deg=(float(rng.uniform(-4, 4)), float(rng.uniform(-4, 4))),
        zoom=1.0 + far * float(rng.uniform(-0.05, 0.01)),
        stretch_mm=0.8 * far,
        seed=number,
    )
    light = Light(azimuth_deg=230 + float(rng.uniform(-7, 7)), elevation_deg=54 + float(rng.uniform(-3, 3)), shine=0.08)
    warm = float(rng.uniform(-0.07, 0.07))
    mix = np.eye(3) + rng.normal(0, 0.012, (3, 3))
    mix /= mix.sum(1, keepdims=True)
    camera = Camera(
        exposure=float(rng.uniform(0.9, 1.02)),
        white_balance=(1 + warm, 1.0, 1 - 1.2 * warm),
        mix=tuple(tuple(map(float, row)) for row in mix),
        blur_px=float(rng.uniform(0.55, 0.7)),
    )
    spot = (patient.card_mm[0] + far * float(rng.uniform(-3, 3)), patient.card_mm[1] + far * float(rng.uniform(-1, 1)))
    card = Placement(tracker_card(), spot, float(rng.uniform(-3, 3)))
    return Visit(pose, light, camera, (card,))


def scar_kinds(shot: Shot) -> list[str]:
    """Kinds of lesion that count as scar."""
    return [kind for kind in sorted(shot.maps.masks) if kind not in (Kind.PAPULE, Kind.STAIN)]


def treated(shot: Shot) -> np.ndarray:
    """The treated skin as a clinician would draw it: one smooth outline around all lesions, off the card."""
    mask = shot.mask(*scar_kinds(shot)).astype(np.uint8)
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    cv2.fillConvexPoly(mask, cv2.convexHull(points), 1)
    radius = round(4 * shot.px_per_mm)
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    return np.asarray(grown.astype(bool) & shot.skin())


def write_mask(path: Path, mask: np.ndarray) -> None:
    """255 inside."""
    Image.fromarray(mask.astype(np.uint8) * 255).save(path, optimize=True)


def truth_of(shot: Shot, first: Shot) -> dict[str, object]:
    """What is true on the skin, in numbers; colours are those of the skin itself, before light and camera."""
    maps, per_mm2 = shot.maps, shot.scene.spec.px_per_mm**2
    kinds = scar_kinds(shot)
    scar = np.maximum.reduce([maps.masks[kind] for kind in kinds])
    blood, melanin = np.exp(maps.log_blood), np.exp(maps.log_melanin)
    ring = cv2.dilate((scar > 0.5).astype(np.uint8), np.ones((101, 101), np.uint8)).astype(bool) & (scar < 0.01)
    inside = scar > 0.5
    redness = {
        name: float(haemoglobin_index(skin_colour(melanin, blood)[where].mean(0)))
        for name, where in (("scar", inside), ("ring", ring))
    }
    x, y = np.meshgrid(np.linspace(200, 1400, 7), np.linspace(100, 1100, 6))
    points = np.stack([x.ravel(), y.ravel()], 1)
    moved = carry(first, shot, points)
    seen = np.isfinite(moved).all(1)
    return {
        "areas_mm2": {
            kind: round(float(maps.masks[kind].sum(dtype=float)) / per_mm2, 3) for kind in sorted(maps.masks)
        },
        "scar_area_mm2": round(float(scar.sum(dtype=float)) / per_mm2, 3),
        "blood": {"scar": round(float(blood[inside].mean()), 5), "ring": round(float(blood[ring].mean()), 5)},
        "melanin": {"scar": round(float(melanin[inside].mean()), 5), "ring": round(float(melanin[ring].mean()), 5)},
        "redness_h": {name: round(value, 2) for name, value in redness.items()},
        "px_per_mm": round(shot.px_per_mm, 4),
        "baseline_px": np.round(points[seen], 2).tolist(),
        "photo_px": np.round(moved[seen], 2).tolist(),
    }


def acne() -> tuple[Lesion, ...]:
    """Scars of all three types and a few inflamed papules on a cheek."""
    rng = np.random.default_rng(11)
    found: list[Lesion] = []
    kinds = [Kind.ROLLING] * 7 + [Kind.BOXCAR] * 11 + [Kind.PAPULE] * 5 + [Kind.ICE_PICK] * 14
    for index, kind in enumerate(kinds):
        size, depth = {
            Kind.BOXCAR: (rng.uniform(2.2, 4.4), rng.uniform(0.14, 0.30)),
            Kind.ROLLING: (rng.uniform(4.0, 6.5), rng.uniform(0.35, 0.60)),
            Kind.ICE_PICK: (rng.uniform(0.9, 1.8), rng.uniform(0.3, 0.6)),
            Kind.PAPULE: (rng.uniform(2.4, 3.6), -rng.uniform(0.15, 0.30)),
        }[kind]
        at = free_place(found, float(size), rng)
        blood = 3.2 if kind is Kind.PAPULE else float(rng.uniform(1.25, 2.0))
        stretch = float(rng.uniform(1.0, 1.3))
        found.append(
            Lesion(kind, at, float(size), float(size) * stretch, float(depth), float(rng.uniform(0, 180)), blood,
                   float(rng.uniform(1.0, 1.2)), index)
        )  # fmt: skip
    return tuple(found)


def free_place(found: list[Lesion], size: float, rng: np.random.Generator) -> tuple[float, float]:
    """A place in the treated ellipse where no other lesion lies."""
    for _ in range(400):
        radius, angle = np.sqrt(rng.uniform(0, 1)), rng.uniform(0, 2 * np.pi)
        at = (2 + 38 * radius * float(np.cos(angle)), -27 + 19 * radius * float(np.sin(angle)))
        if all(np.hypot(at[0] - o.centre_mm[0], at[1] - o.centre_mm[1]) > 0.5 * (size + o.width_mm) for o in found):
            return at
    raise ValueError(f"no free place for a lesion of {size:.1f} mm: fewer lesions or a larger ellipse")


def striae() -> tuple[Lesion, ...]:
    """Stretch marks that fan out, run side by side and break off, paler and a little redder than the skin."""
    rng = np.random.default_rng(23)
    marks = []
    for index in range(15):
        x = -56 + 8.0 * index + float(rng.uniform(-2.5, 2.5))
        at = (x, -27 + float(rng.uniform(-11, 11)))
        width, length = float(rng.uniform(1.6, 3.4)), float(rng.uniform(14, 40))
        lean = 92 - 0.42 * x + float(rng.uniform(-6, 6))
        colour = float(rng.uniform(1.15, 1.5)), float(rng.uniform(0.70, 0.82))
        marks.append(Lesion(Kind.STRETCH_MARK, at, width, length, 0.05, lean, *colour, index))
    return tuple(marks)


def stitched() -> tuple[Lesion, ...]:
    """A sutured scar: a raised red band with the faint marks of the stitches across it."""
    rng = np.random.default_rng(5)
    band = Lesion(Kind.SURGICAL, (4.0, -5.0), 4.6, 66.0, -0.28, 6.0, 3.0, 1.06, 8)
    along = np.array([np.cos(np.radians(6.0)), np.sin(np.radians(6.0))])
    marks = []
    for index, step in enumerate(np.linspace(-28, 28, 8)):
        at = np.array(band.centre_mm) + along * (step + rng.uniform(-0.8, 0.8))
        lean = 96 + float(rng.uniform(-8, 8))
        marks.append(Lesion(Kind.SURGICAL, (float(at[0]), float(at[1])), 1.3, 9.5, 0.03, lean, 1.6, 1.06, 50 + index))
    return (band, *marks)


def steps(days: tuple[str, ...], area: float, depth: float, blood: float) -> tuple[Healing, ...]:
    """Treatments on all days but the last, a follow-up then; healing runs evenly to the factors given."""
    share = np.linspace(0, 1, len(days))
    flush = np.random.default_rng(len(days)).uniform(0.95, 1.05, len(days))
    return tuple(
        Healing(date.fromisoformat(day), "follow-up" if i == len(days) - 1 else "treatment",
                1 + (area - 1) * float(s), 1 + (depth - 1) * float(s), 1 + (blood - 1) * float(s), float(flush[i]))
        for i, (day, s) in enumerate(zip(days, share, strict=True))
    )  # fmt: skip


_ACNE_DAYS = steps(("2026-01-12", "2026-02-16", "2026-03-23", "2026-04-27", "2026-07-27"), 0.74, 0.6, 0.35)
_HEALING_DAY = replace(
    _ACNE_DAYS[0], day=date(2026, 1, 14), kind="follow-up", needled_days_ago=2, notes="Check two days after needling."
)
PATIENTS = (
    Patient(
        "DEMO-1", "acne_scars", "acne scars", "face", "left cheek", "close-up, left", 1.5, "hyaluronic acid", 1,
        SceneSpec(SITES["cheek"], 45.0, FRAME_MM, PX_PER_MM, acne(), 0.009), (-18.0, 28.0), Pose(2.0),
        (_ACNE_DAYS[0], _HEALING_DAY, *_ACNE_DAYS[1:]),
    ),
    Patient(
        "DEMO-2", "surgical_scar", "surgical or traumatic scar", "forearm", "left, inner side", "close-up", 2.0, "", 2,
        SceneSpec(
            SITES["forearm"], 10.0, FRAME_MM, PX_PER_MM,
            stitched(),
        ),
        (2.0, 56.0), Pose(-2.0, (0.0, -25.0)),
        steps(("2026-02-03", "2026-03-10", "2026-04-14", "2026-05-19", "2026-08-18"), 0.70, 0.5, 0.40),
    ),
    Patient(
        "DEMO-3", "stretch_marks", "stretch marks", "abdomen", "left of the navel", "close-up", 2.0, "", 3,
        SceneSpec(SITES["abdomen"], -25.0, FRAME_MM, PX_PER_MM, striae(), 0.008), (14.0, 28.0), Pose(1.0),
        steps(("2026-01-20", "2026-02-24", "2026-03-31", "2026-05-05", "2026-08-04"), 0.78, 0.6, 0.5),
    ),
)  # fmt: skip

if __name__ == "__main__":
    main()
