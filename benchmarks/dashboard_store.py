"""A clinic of any size for ``benchmarks/dashboard.py``: real tables, real photos, real analyses, written in bulk.

The skin is the phantom's. One place at 12 megapixels, also mirrored, and four at 0.2 are drawn once, photographed at
several visits and analysed for real; what the patients get are these photos with another comment in each file, so that
every row has a file of its own with its own SHA-256. The first patients by code have the 12-megapixel photos: the
benchmark opens these. Numbers of an analysis are those of its template, shifted by a fifth of their SDC.
"""

import copy
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import sqlalchemy as sa

from tracker import phantom
from tracker.clinic.records import schema, serial
from tracker.clinic.records.store import Records
from tracker.clinic.types import (
    FIRST_PRACTICE,
    AnalysisStatus,
    BodySite,
    BookingState,
    Booster,
    Fitzpatrick,
    Indication,
    Moment,
    Purpose,
    Question,
    RegionOrigin,
    RegionRole,
    Reply,
    Sector,
    SeriesPlan,
    SessionKind,
    View,
)
from tracker.clinic.workflow import previews, progress, review, upkeep
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_weights
from tracker.imaging import decode, pipeline, quality, regions
from tracker.imaging.types import Analysis, Photo, Region

LARGE = 12
"""Patients whose 20 photos have 12 megapixels each: 240 files."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn: the frame in mm, its scale, how many places, how often later; mirrored once more where asked."""

    frame: tuple[float, float]
    scale: float
    places: int
    later: int
    mirrored: bool
    quality: int


LARGE_SCENES = Drawing((133.4, 100.0), 30.0, 1, 2, mirrored=True, quality=92)  # 20 s a photo: few are drawn
SMALL_SCENES = Drawing((80.0, 60.0), 6.0, 4, 5, mirrored=False, quality=85)
VIEWS = (View.FRONTAL, View.CLOSE_UP)
SHORT = ((0, "B"), (7, "T"), (10, "F"), (42, "T"), (45, "F"), (77, "T"), (80, "F"), (105, "F"), (167, "F"), (257, "F"))
LONG = (
    (0, "B"),
    (7, "T"),
    (42, "T"),
    (77, "T"),
    (112, "T"),
    (147, "T"),
    (182, "T"),
    (185, "F"),
    (272, "F"),
    (362, "F"),
)
KINDS = {"B": SessionKind.BASELINE, "T": SessionKind.TREATMENT, "F": SessionKind.FOLLOW_UP}
SITES = (BodySite.FACE, BodySite.NECK, BodySite.DECOLLETE, BodySite.ABDOMEN, BodySite.ARMS)
BATCH = 50  # patients in one transaction
AREA_MM = np.array([[-20, -12], [8, -14], [10, 6], [-14, 10]], float)


@dataclass(frozen=True)
class Template:
    """One drawn photo: its file, what the store says of it, its preview, and its analysis against the first visit."""

    data: bytes
    photo: Photo
    flags: list[Any]
    preview: Path
    region: Region | None = None
    polygon: Any = None
    changes: Any = None
    analysis_flags: Any = None
    artefact: bytes = b""
    status: AnalysisStatus = AnalysisStatus.DONE
    reason: str = ""


@dataclass
class Tables:
    """Rows that wait to be written, by table."""

    rows: dict[str, list[dict[str, Any]]]

    def add(self, table: sa.Table, **values: Any) -> str:
        row = {"id": uuid4().hex, "created": datetime.now(UTC), **values}
        self.rows.setdefault(table.name, []).append(row)
        return str(row["id"])

    def write(self, records: Records) -> None:
        for name in ("patients", "series", "sessions", "photos", "regions", "analyses", "artefacts"):
            self._write(records, name)
        for name in list(self.rows):
            self._write(records, name)

    def _write(self, records: Records, name: str) -> None:
        rows = self.rows.pop(name, [])
        if rows:
            records.connection.execute(sa.insert(schema.metadata.tables[name]), rows)


def make(folder: Path, patients: int, photos: int, say: Callable[[str], None]) -> None:
    """A store with that many patients and photos in a folder that is empty or not there yet."""
    started = time.monotonic()
    with Clinic.open(folder) as clinic:
        drawn = folder / "cache" / "templates"
        drawn.mkdir()
        large = templates(LARGE_SCENES, drawn)
        say(f"drew and analysed {sum(map(len, large))} photos of 12 megapixels, {time.monotonic() - started:.0f} s")
        small = templates(SMALL_SCENES, drawn)
        say(f"drew and analysed {sum(map(len, small))} photos of 0.2 megapixels, {time.monotonic() - started:.0f} s")
        for number in range(256):
            (folder / "photos" / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
        visits = max(1, min(len(SHORT), round(photos / patients / len(VIEWS))))
        maker = Maker(clinic, visits)
        for first in range(0, patients, BATCH):
            rows = Tables({})
            for number in range(first, min(first + BATCH, patients)):
                maker.patient(rows, number, large if number < LARGE else small)
            with clinic.store.write() as records:
                rows.write(records)
        say(f"wrote {patients} patients and {maker.count} photos, {time.monotonic() - started:.0f} s")
        give_to_the_first(clinic)
        check(clinic, maker.count, say)
        with clinic.store.write() as records:
            records.connection.exec_driver_sql("ANALYZE")
    say(f"done in {time.monotonic() - started:.0f} s")


def templates(what: Drawing, folder: Path) -> list[list[Template]]:
    """For each place the photo of the first visit and those of later ones, analysed against it."""
    found = []
    for place in range(what.places):
        shots = [_shot(what, place, visit) for visit in range(what.later + 1)]
        for mirrored in (False, True) if what.mirrored else (False,):
            found.append(_place(shots, what, mirrored, folder))
    return found


def _shot(what: Drawing, place: int, visit: int) -> phantom.Shot:
    where = ((-12, -6), (0, 0))
    papule = phantom.Kind.PAPULE
    patches = [phantom.Lesion(papule, (x, y), 5, 5, 0.05, blood=2.2 - 0.25 * visit, seed=7 + place) for x, y in where]
    site = phantom.SITES["cheek" if place % 2 == 0 else "forearm"]
    spec = phantom.SceneSpec(site, 45 - 12 * place, what.frame, what.scale, tuple(patches))
    card = (phantom.Placement(phantom.tracker_card(), (0.0, 0.17 * what.frame[1])),) if what.scale > 10 else ()
    pose = phantom.Pose(rotation_deg=1.0 * visit, shift_mm=(0.5 * visit, 0.0))
    return phantom.photograph(phantom.make_scene(spec, 5 + place), phantom.Visit(pose=pose, targets=card), visit)


def _place(shots: list[phantom.Shot], what: Drawing, mirrored: bool, folder: Path) -> list[Template]:
    found: list[Template] = []
    for shot in shots:
        encoded = np.ascontiguousarray(shot.encoded[:, ::-1]) if mirrored else shot.encoded
        photo = decode.open_photo(data := phantom.jpeg(encoded, what.quality), name="template")
        path = folder / f"{uuid4().hex}.jpg"
        path.write_bytes(previews.jpeg(photo, previews.WIDTH))
        made = Template(data, photo, [serial.flag_to_json(flag) for flag in quality.photo_flags(photo)], path)
        if found:
            found.append(_analysed(found[0], made))
            continue
        polygon = shot.geometry.to_photo(AREA_MM)
        if mirrored:
            polygon = np.stack([photo.size[0] - 1 - polygon[:, 0], polygon[:, 1]], axis=1)
        region = regions.region_from_polygon(regions.DRAWN, polygon, photo.size)
        found.append(replace(made, region=region, polygon=polygon.tolist()))
    return found


def _analysed(first: Template, made: Template) -> Template:
    analysis: Analysis = pipeline.analyse(first.photo, made.photo, region=first.region, site="other")
    refused = analysis.refusal
    return replace(
        made,
        changes=[serial.change_to_json(change) for change in analysis.changes],
        analysis_flags=[serial.flag_to_json(flag) for flag in analysis.flags],
        artefact=serial.artefact_to_bytes(analysis),
        status=AnalysisStatus.DONE if refused is None else AnalysisStatus.REFUSED,
        reason="" if refused is None else refused.reason,
    )


class Maker:
    """Writes one patient after another."""

    def __init__(self, clinic: Clinic, visits: int) -> None:
        self.clinic, self.visits, self.count = clinic, visits, 0
        self.random = np.random.default_rng(7)
        self.today = date.today()

    def patient(self, rows: Tables, number: int, places: list[list[Template]]) -> None:
        """A patient with a series of all visits, consents, a checklist and, every third, a second series under way."""
        patient_id, sealer = uuid4().hex, self.clinic.store.sealer
        rows.add(
            schema.patients,
            id=patient_id,
            code=f"P-{number + 1:04d}",
            practice_id=FIRST_PRACTICE,
            name_sealed=sealer.seal(_name(number), f"patients.name {patient_id}"),
            birth_sealed=sealer.seal(f"{1950 + number % 50}-05-17", f"patients.birth {patient_id}"),
            fitzpatrick=list(Fitzpatrick)[number % 6],
        )
        indication = list(Indication)[number % len(Indication)]
        plan = SeriesPlan(indication, SITES[number % len(SITES)])
        schedule = (LONG if plan.planned_sessions > 3 else SHORT)[: self.visits]
        start = self.today - timedelta(schedule[-1][0] + int(self.random.integers(0, 60)))
        series_id = self._series(rows, patient_id, plan, 1)
        firsts: dict[View, tuple[str, str]] = {}
        for turn, (days, kind) in enumerate(schedule):
            session_id = _session(rows, series_id, turn + 1, start + timedelta(days), KINDS[kind])
            for order, view in enumerate(VIEWS):
                place = places[(2 * number + order) % len(places)]
                self._photo(rows, (session_id, order + 1, view), place, turn, firsts, plan)
        self._around(rows, patient_id, number)
        if number % 3 == 0:
            self._second(rows, patient_id, plan, number)

    def _series(self, rows: Tables, patient_id: str, plan: SeriesPlan, sequence: int) -> str:
        return rows.add(
            schema.series,
            patient_id=patient_id,
            sequence=sequence,
            indication=plan.indication,
            site=plan.site,
            detail="",
            planned_sessions=plan.planned_sessions,
            interval_days=plan.interval_days,
            primary_metric=plan.primary_metric,
            maintenance_days=plan.maintenance_days,
            end_reason="",
        )

    def _photo(
        self,
        rows: Tables,
        where: tuple[str, int, View],
        place: list[Template],
        turn: int,
        firsts: dict[View, tuple[str, str]],
        plan: SeriesPlan,
    ) -> None:
        session_id, sequence, view = where
        template = place[0] if turn == 0 else place[1 + (turn - 1) % (len(place) - 1)]
        sha256 = self._file(template)
        width, height = template.photo.size
        photo_id = rows.add(
            schema.photos,
            session_id=session_id,
            sequence=sequence,
            view=view,
            moment=Moment.BEFORE,
            sha256=sha256,
            name=f"IMG_{self.count:05d}.jpg",
            width=width,
            height=height,
            camera=template.photo.camera,
            flags=template.flags,
        )
        if turn == 0:
            assert template.region is not None
            firsts[view] = (photo_id, sha256)
            _draw(rows, photo_id, template)
        else:
            self._analysis(rows, firsts[view], (photo_id, sha256), (place[0], template), plan)

    def _file(self, template: Template) -> str:
        """Write the template with a comment of its own, and its preview, as an upload does."""
        self.count += 1
        comment = f"photo {self.count}".encode()
        data = template.data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + template.data[2:]
        sha256 = hashlib.sha256(data).hexdigest()
        Path(self.clinic.files.path(sha256)).write_bytes(data)
        os.link(template.preview, self.clinic.cache / f"{sha256}-{previews.WIDTH}.jpg")
        return sha256

    def _analysis(
        self,
        rows: Tables,
        first: tuple[str, str],
        second: tuple[str, str],
        pair: tuple[Template, Template],
        plan: SeriesPlan,
    ) -> None:
        baseline, made = pair
        analysis_id = rows.add(
            schema.analyses,
            baseline_photo_id=first[0],
            followup_photo_id=second[0],
            sequence=1 + len(rows.rows.get("analyses", ())),
            baseline_sha256=first[1],
            followup_sha256=second[1],
            region_digest=serial.region_digest(baseline.region),
            version=pipeline.PIPELINE_VERSION,
            weights_hash=landmark_weights(str(plan.site), drawn=True),
            status=made.status,
            reason=made.reason,
            retake="",
            changes=self._varied(made.changes),
            flags=made.analysis_flags,
            kit_digest="",
        )
        rows.rows.setdefault("artefacts", []).append({"analysis_id": analysis_id, "data": made.artefact})

    def _varied(self, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = copy.deepcopy(changes)
        for one in found:
            if isinstance(one["sdc"], float) and isinstance(one["change"], float):
                shift = float(self.random.normal()) * 0.2 * one["sdc"]
                one["change"] += shift
                one["interval"] = [bound + shift for bound in one["interval"]]
        return found

    def _around(self, rows: Tables, patient_id: str, number: int) -> None:
        """Consents to treatment of all, to exports of some; the checklist."""
        purposes = [Purpose.TREATMENT, *([Purpose.MARKETING, Purpose.OWN_COPY] if number % 10 == 0 else [])]
        for sequence, purpose in enumerate(purposes, 1):
            rows.add(
                schema.consents,
                patient_id=patient_id,
                sequence=sequence,
                purpose=purpose,
                given=True,
                how="signed form",
                author_id="",
            )
        replies = {one.name: {"reply": Reply.NO.name, "note": ""} for one in Question}
        answers = {"months": 6, "replies": replies}
        rows.add(schema.candidacies, patient_id=patient_id, sequence=1, answers=answers, note="", author_id="")

    def _second(self, rows: Tables, patient_id: str, plan: SeriesPlan, number: int) -> None:
        """A further series whose next treatment is due within some weeks, or overdue; every second is booked."""
        series_id = self._series(rows, patient_id, plan, 2)
        ago = 21 + number % 60
        for sequence, (days, kind) in enumerate(((ago + 7, "B"), (ago, "T")), 1):
            _session(rows, series_id, sequence, self.today - timedelta(days), KINDS[kind])
        if number % 2 == 0:
            rows.add(
                schema.bookings,
                series_id=series_id,
                sequence=1,
                day=self.today + timedelta(number % 30),
                time="10:30",
                kind=SessionKind.TREATMENT,
                state=BookingState.BOOKED,
                author_id="",
            )


def _name(number: int) -> str:
    first = ("Anna", "Ben", "Carla", "David", "Ewa", "Faisal", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Luca", "Mei")
    last = ("Adler", "Berg", "Costa", "Diaz", "Egger", "Fuchs", "Gomez", "Huber", "Ivanov", "Jansen", "Keller")
    return f"{first[number % len(first)]} {last[number % len(last)]}-{number}"


def _session(rows: Tables, series_id: str, sequence: int, day: date, kind: SessionKind) -> str:
    return rows.add(
        schema.sessions,
        series_id=series_id,
        sequence=sequence,
        date=day,
        kind=kind,
        device="pen" if kind is SessionKind.TREATMENT else "",
        needle_depth_mm=1.5 if kind is SessionKind.TREATMENT else None,
        serum="",
        notes="",
        sector=Sector.COSMETIC,
        zones=[],
        booster=Booster.NONE,
        anaesthetic="",
        reaction="",
    )


def _draw(rows: Tables, photo_id: str, template: Template) -> None:
    assert template.region is not None
    rows.add(
        schema.regions,
        photo_id=photo_id,
        sequence=1,
        mask=serial.region_to_bytes(template.region),
        polygon=template.polygon,
        author="benchmark",
        digest=serial.region_digest(template.region),
        role=RegionRole.TREATED,
        origin=RegionOrigin.DRAWN,
        proposer="",
        source_id="",
    )


def give_to_the_first(clinic: Clinic) -> None:
    """Release the photos and the deciding number of the last visit to the first patient, whose page is measured."""
    with clinic.store.write() as records:
        patient = records.patient_by_code("P-0001")
        assert patient is not None
        series = records.series_of(patient.id)[0]
        for visit in records.sessions_of(series.id):
            for photo in records.photos_of(visit.id):
                records.add_release(patient.id, "", {"photo_id": photo.id}, None)
        last = records.analyses_of(series.id)[-1]
        for change in last.changes:
            if change.metric is series.plan.primary_metric:
                about = {"analysis_id": last.id, "metric": change.metric, "region": change.region}
                records.add_release(patient.id, "", about, change)


def check(clinic: Clinic, photos: int, say: Callable[[str], None]) -> None:
    """The store is sound, and every pair of the first patient is known to the program: nothing is measured anew."""
    with clinic.store.read() as records:
        distinct = len(records.all_sha256())
        patient = records.patient_by_code("P-0001")
        assert patient is not None
        series = records.series_of(patient.id)[0]
        answers = review.stored_answers(records, series.id)
    pairs = review.suggested_pairs(clinic, series.id)
    assert len(answers) == len(pairs) > 0, (len(answers), len(pairs))
    assert not progress.progress(clinic, series.id).empty
    report = upkeep.verify(clinic)
    assert report.sound, report
    assert not report.strangers, report
    say(f"{photos} photos in {distinct} distinct files ({len(templates_of(clinic))} drawn); the integrity check passes")


def templates_of(clinic: Clinic) -> list[Path]:
    """The previews of what was drawn."""
    return sorted((clinic.cache / "templates").iterdir())


def size_of(folder: Path) -> Iterator[int]:
    """Bytes of every file."""
    return (path.stat().st_size for path in folder.rglob("*") if path.is_file())
