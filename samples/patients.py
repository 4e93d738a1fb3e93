"""The three demo patients as values: skin, lesions, dates, and how far each session has come."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tracker.phantom import SITES, Kind, Lesion, Pose, SceneSpec

FRAME_MM, PX_PER_MM = (160.0, 120.0), 10.0  # 1600 x 1200 px: pores and fine lines are just resolved


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
    """One demo patient and the series of photos.

    ``drawn_margin_mm``: how far outside the lesions the clinician draws; below 1 the outline of the scar itself.
    """

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
    drawn_margin_mm: float
    sessions: tuple[Healing, ...]


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


def acne() -> tuple[Lesion, ...]:
    """Scars of all three types and a few inflamed papules on a cheek."""
    rng = np.random.default_rng(11)
    found: list[Lesion] = []
    kinds = [Kind.ROLLING] * 7 + [Kind.BOXCAR] * 11 + [Kind.PAPULE] * 5 + [Kind.ICE_PICK] * 14
    for index, kind in enumerate(kinds):
        size, depth = {
            Kind.BOXCAR: (rng.uniform(2.2, 4.4), rng.uniform(0.18, 0.40)),
            Kind.ROLLING: (rng.uniform(4.0, 6.5), rng.uniform(0.40, 0.70)),
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
    # The diffuse redness in which such scars lie; it fades with them.
    found.append(Lesion(Kind.STAIN, (2.0, -27.0), 46.0, 92.0, 0.0, blood=1.8, seed=40))
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
        marks.append(Lesion(Kind.STAIN, (float(at[0]), float(at[1])), 1.3, 9.5, 0.03, lean, 1.6, 1.06, 50 + index))
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
CHEEK = replace(SITES["cheek"], unevenness=0.75)  # a calmer cheek than most, so that the scars stand out
PATIENTS = (
    Patient(
        "DEMO-1", "acne_scars", "acne scars", "face", "left cheek", "close-up, left", 1.5, "hyaluronic acid", 1,
        SceneSpec(CHEEK, 45.0, FRAME_MM, PX_PER_MM, acne(), 0.009), (-18.0, 28.0), Pose(2.0), 4.0,
        (_ACNE_DAYS[0], _HEALING_DAY, *_ACNE_DAYS[1:]),
    ),
    Patient(
        "DEMO-2", "surgical_scar", "surgical or traumatic scar", "forearm", "left, inner side", "close-up", 2.0, "", 2,
        SceneSpec(
            SITES["forearm"], 10.0, FRAME_MM, PX_PER_MM,
            stitched(),
        ),
        (2.0, 56.0), Pose(-2.0, (0.0, -25.0)), 0.3,
        steps(("2026-02-03", "2026-03-10", "2026-04-14", "2026-05-19", "2026-08-18"), 0.70, 0.6, 0.55),
    ),
    Patient(
        "DEMO-3", "stretch_marks", "stretch marks", "abdomen", "left of the navel", "close-up", 2.0, "", 3,
        SceneSpec(SITES["abdomen"], -25.0, FRAME_MM, PX_PER_MM, striae(), 0.008), (14.0, 28.0), Pose(1.0), 4.0,
        steps(("2026-01-20", "2026-02-24", "2026-03-31", "2026-05-05", "2026-08-04"), 0.78, 0.6, 0.5),
    ),
)  # fmt: skip
