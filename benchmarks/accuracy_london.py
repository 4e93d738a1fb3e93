"""Pairs of one visit (faces_london, neutral and smile): noise, agreement, false verdicts, painted changes, peers.

    python benchmarks/accuracy_london.py [--quick]

What is measured stands here, the tables in ``london_report.py``. 72 people take 9 core-minutes. The landmarks of each
person are read by the one member of the network that did not see the person in training.
"""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import london_report
import numpy as np
import peers
from london_changes import (
    BLOOD_DOSES,
    BLOOD_SIZES,
    MOLE_REGION_MM,
    SCAR_MM,
    Painted,
    blood,
    ellipse,
    mole_removed,
    scar,
)
from moles import Mole, accepted

from tracker.errors import NotComparable
from tracker.imaging import align, colour, decode, networks, regions
from tracker.imaging.change import ANY, LOG_METRICS, Noise, NoiseModel
from tracker.imaging.pipeline.analysis import register_on_skin
from tracker.imaging.pipeline.faces import FaceReading, read_face
from tracker.imaging.pipeline.laying import LaidPair, lay, reference_of, shared_light
from tracker.imaging.pipeline.rows import UNITS, colour_rows
from tracker.imaging.quality import pair_flags, region_flags
from tracker.imaging.types import Flag, LandmarkNetwork, Mask, Photo, Region
from tracker.phantom.optics import add_blood

INJECTED_H = 8.0
OPEN = NoiseModel("open", {(m, ANY, c): Noise(1e-3, 1000, "-") for m in UNITS for c in ("calibrated", "uncalibrated")})
"""Every measure gets through, so that its spread can be seen before its noise is known."""

report, noise = london_report.report, london_report.noise
PEER_REGIONS = london_report.PEER_REGIONS


@dataclass(frozen=True)
class Person:
    """One person's two shots, hand-placed points, and the moles seen in both."""

    who: str
    number: int
    before: Photo = field(repr=False)
    after: Photo = field(repr=False)
    marks: np.ndarray = field(repr=False)
    skin: tuple[Mask, Mask] = field(repr=False)
    moles: tuple[Mole, ...]
    reading: FaceReading = field(repr=False)

    @property
    def pupils_px(self) -> float:
        return float(np.hypot(*(self.marks[0] - self.marks[1])))


def measured(data: Path, workers: int = 2, *, people: int | None = None) -> list[dict]:
    """One row per person, region, measure and kind of follow-up."""
    files = sorted((data / "faces_london").glob("*_neutral.jpg"))
    jobs = list(enumerate(files))  # the number is the person's place among all: it decides the fold
    jobs = jobs if people is None else jobs[:: max(1, len(jobs) // people)][:people]
    if not jobs:
        return []
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        rows = [row for rows in pool.map(one_person, jobs) for row in rows]
    return rows + london_report.group_rows(data / "MANIFEST.csv")


def one_person(job: tuple[int, Path]) -> list[dict]:
    """All rows of one person; a refusal is a row too."""
    person = seen(*job)
    try:
        pair = laid(person, person.after)
    except NotComparable as refused:
        return [{"who": person.who, "kind": "refused", "region": "", "metric": "", "flags": [refused.reason]}]
    flags = doubts(pair)
    standard = regions.face_regions(person.before, person.reading.landmarks, person.skin[0], regions.EVERY_PART)
    spots = spots_of(person)
    rows = compare(pair, standard, flags, person.who, "null") + by_proportions(pair, flags, person)
    for number, spot in enumerate(spots):
        rows += compare(pair, (spot,), flags, f"{person.who}/{number}", "drawn null")
    rows += (
        peer_rows(pair, [part for part in standard if part.name in PEER_REGIONS], person)
        + responses(pair, standard, person.who)
        + [tone(person, spots)]
    )
    for painted in changes(person, pair):
        rows += painted_rows(pair, flags, person, painted)
    return rows


def seen(number: int, path: Path) -> Person:
    who = path.name[:3]
    before, after = (decode.open_photo(p) for p in (path, path.with_name(f"{who}_smile.jpg")))
    moles = tuple(mole for mole in accepted() if mole.person == who)
    marks = landmarks(path.with_suffix(".tem"))
    skin = regions.skin_mask(before), regions.skin_mask(after)
    return Person(who, number, before, after, marks, skin, moles, read_face(before, unseen_member(number)))


def unseen_member(number: int) -> LandmarkNetwork:
    """The member of the network that did not see a person: fold = place among the sorted people % members."""
    loaded = networks.load(networks.FACE_LANDMARKS)
    return loaded.member(number % loaded.members)


def by_proportions(pair: LaidPair, flags: tuple[Flag, ...], person: Person) -> list[dict]:
    """The regions as they are placed where the network is not installed."""
    plain = replace(pair, reading=read_face(person.before, None))
    placed = regions.face_regions(person.before, skin=person.skin[0])
    return compare(plain, placed, flags, person.who, "proportions null")


def laid(person: Person, after: Photo, region: Region | None = None) -> LaidPair:
    skin = person.skin if after is person.after else (person.skin[0], regions.skin_mask(after))
    alignment = register_on_skin(person.before, after, region, skin)
    return lay(person.before, after, alignment, skin, reading=person.reading)


def doubts(pair: LaidPair) -> tuple[Flag, ...]:
    return pair_flags((pair.baseline, pair.followup), pair.skin, pair.alignment, shared_light(pair))


def landmarks(path: Path) -> np.ndarray:
    """(189, 2) hand-placed points."""
    lines = path.read_text().splitlines()
    return np.array([[float(v) for v in line.split()] for line in lines[1 : int(lines[0]) + 1]])


def spots_of(person: Person) -> list[Region]:
    """Drawn ellipses of 0.32 by 0.26 inter-pupil distances on either cheek and the forehead."""
    marks, ipd = person.marks, person.pupils_px
    centres = (marks[0] + [0, 0.62 * ipd], marks[1] + [0, 0.62 * ipd], (marks[0] + marks[1]) / 2 - [0, 0.6 * ipd])
    return [ellipse(centre, np.array([0.16, 0.13]) * ipd, person.before.size) for centre in centres]


def changes(person: Person, pair: LaidPair) -> Iterator[Painted]:
    """Follow-ups with a known change.

    Blood goes where our alignment puts the middle of the cheek: its edge is soft and half an ellipse away, so a few
    pixels do not matter. Scar and mole go where a mole was found in both shots without our alignment.
    """
    ipd, size = person.pupils_px, person.before.size
    for number, (name, axes) in enumerate(BLOOD_SIZES.items()):
        centre = person.marks[(person.number + number) % 2] + [0, 0.62 * ipd]
        there = align.carry_points(pair.alignment, centre[None])[0]
        dose = BLOOD_DOSES[(person.number + number) % len(BLOOD_DOSES)]
        half = np.array(axes) * ipd
        yield blood(person.after, ellipse(centre, half, size), there, half, f"blood {name}", dose)
    if not person.moles:
        return
    px_per_mm, mole = ipd / peers.FACE_MM, person.moles[person.number % len(person.moles)]
    here, there = np.array(mole.neutral), np.array(mole.smile)
    half, turn = np.array(SCAR_MM) * px_per_mm, 37.0 * person.number % 180
    yield scar(person.after, ellipse(here, half, size, turn), there, half, turn)
    radius = np.full(2, MOLE_REGION_MM * px_per_mm)
    yield mole_removed(person.after, ellipse(here, radius, size), there, px_per_mm)


def painted_rows(pair: LaidPair, flags: tuple[Flag, ...], person: Person, painted: Painted) -> list[dict]:
    """The region of a painted change, in the plain pair and in the painted one, registered anew as a user would."""
    rows = compare(pair, (painted.region,), flags, person.who, f"{painted.name} null")
    try:
        changed = laid(person, painted.photo, painted.region)
    except NotComparable as refused:
        return [*rows, {"who": person.who, "kind": f"{painted.name} refused", "region": "drawn", "metric": "",
                        "flags": [refused.reason]}]  # fmt: skip
    found = compare(changed, (painted.region,), doubts(changed), person.who, painted.name)
    truth = painted.truth if painted.name.startswith("blood") else unaligned(person, painted, pair) | painted.truth
    for row in found:
        row |= {"dose": painted.dose, "truth": truth.get(row["metric"])}
    rows += found
    if painted.name == "blood middle":
        rows += peers_at(pair, painted.region, person, "peer null") + peers_at(changed, painted.region, person, "peer")
    return rows


def unaligned(person: Person, painted: Painted, pair: LaidPair) -> dict[str, float]:
    """What every measure says between the plain and the painted shot, of which no alignment is needed."""
    still = np.zeros_like(pair.alignment.displacement)
    same = replace(pair.alignment, homography=np.eye(3), displacement=still, baseline_size=person.after.size)
    found = lay(person.after, painted.photo, same, (person.skin[1], person.skin[1]))
    rows = compare(found, (painted.place,), (), person.who, "unaligned")
    logs = {row["metric"]: row["metric"] in LOG_METRICS for row in rows}
    return {
        row["metric"]: float(np.log(row["followup"] / row["baseline"])) if logs[row["metric"]]
        else row["followup"] - row["baseline"]
        for row in rows
    }  # fmt: skip


def compare(pair: LaidPair, found: Sequence[Region], flags: tuple[Flag, ...], who: str, kind: str) -> list[dict]:
    found_rows = [
        row for part in found for row in colour_rows(pair, part, (*flags, *region_flags(pair.alignment, part)), OPEN)
    ]
    return [
        {"who": who, "kind": kind, "region": c.region, "metric": str(c.metric), "baseline": c.baseline,
         "followup": c.followup, "flags": [str(f.code) for f in c.flags]}
        for c in found_rows
    ]  # fmt: skip


def peer_rows(pair: LaidPair, standard: Sequence[Region], person: Person) -> list[dict]:
    return [row for part in standard for row in peers_at(pair, part, person, "peer null")]


def peers_at(pair: LaidPair, part: Region, person: Person, kind: str) -> list[dict]:
    """What others measure in a region, and our band contrast, which the program withholds at this scale."""
    by_hand = align.carry_region(peers.plane_only(pair.alignment), part)
    first, second = peers.measured(pair.baseline, part), peers.measured(pair.followup, by_hand)
    ours = align.carry_region(pair.alignment, part)
    band = peers.band_contrasts((pair.baseline, pair.followup), (part, ours), person.pupils_px)
    both = {name: (first[name], second[name]) for name in first} | {"band contrast": tuple(band.tolist())}
    return [
        {"who": person.who, "kind": kind, "region": part.name, "metric": name, "baseline": a, "followup": b,
         "flags": []}
        for name, (a, b) in both.items()
    ]  # fmt: skip


def responses(pair: LaidPair, standard: Sequence[Region], who: str) -> list[dict]:
    """What is left of 8 H of blood in whole regions after the reference, of which they are part, is subtracted."""
    found = {part.name: part for part in standard}
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


def tone(person: Person, spots: Sequence[Region]) -> dict:
    """ITA of the neutral shot as the studio's white balance shows it, in degrees: a group, no measurement."""
    light = np.concatenate([person.before.linear(spot.box)[spot.mask] for spot in spots]).astype(np.float64)
    ita = float(colour.individual_typology_angle(colour.linear_to_lab(np.median(light, axis=0))))
    return {"who": person.who, "kind": "tone", "region": "", "metric": "ita", "baseline": ita, "followup": ita,
            "flags": []}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="eight people")
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    print("\n".join(report(measured(data, people=8 if parser.parse_args().quick else None))))


if __name__ == "__main__":
    main()
