"""Write the three demo patients: synthetic photos, the truth beside them, and registry.toml with every SHA-256.

Run ``python samples/make_samples.py`` from the project's root; the same library versions give the same bytes.
No pixel of a real person is in them.
"""

import argparse
import hashlib
import json
import tomllib
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import cv2
import numpy as np
from patients import PATIENTS, Healing, Patient, needled
from PIL import Image

from tracker.imaging.colour import haemoglobin_index
from tracker.phantom import (
    Camera,
    Kind,
    Light,
    Placement,
    Scene,
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
QUALITY = 92


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
            write_mask(folder / "region.png", treated(shot, patient.drawn_margin_mm))
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
    light = Light(
        azimuth_deg=230 + float(rng.uniform(-7, 7)),
        elevation_deg=60 + float(rng.uniform(-3, 3)),
        ambient=0.42,
        shine=0.08,
    )
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


def treated(shot: Shot, margin_mm: float) -> np.ndarray:
    """What a clinician would draw: the scar itself, or one smooth outline around all lesions, off the card."""
    mask = shot.mask(*scar_kinds(shot)).astype(np.uint8)
    if margin_mm >= 1:
        points = np.argwhere(mask)[:, ::-1].astype(np.int32)
        cv2.fillConvexPoly(mask, cv2.convexHull(points), 1)
    radius = round(margin_mm * shot.px_per_mm)
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    return np.asarray(grown.astype(bool) & shot.skin())


def write_mask(path: Path, mask: np.ndarray) -> None:
    """255 inside."""
    Image.fromarray(mask.astype(np.uint8) * 255).save(path, optimize=True)


def bare(shot: Shot, points: np.ndarray) -> np.ndarray:
    """Whether each point falls on skin that the photo shows, not on the card, the cloth or outside."""
    inside = np.isfinite(points).all(1) & (points >= 0).all(1) & (points <= np.array([1599, 1199])).all(1)
    x, y = np.rint(np.where(inside[:, None], points, 0)).astype(int).T
    return np.asarray(inside & shot.skin()[y, x])


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
    x, y = np.meshgrid(np.linspace(100, 1500, 9), np.linspace(60, 1140, 9))
    points = np.stack([x.ravel(), y.ravel()], 1)
    moved = carry(first, shot, points)
    seen = bare(first, points) & bare(shot, moved)
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


if __name__ == "__main__":
    main()
