"""Patients written straight into the store: sessions, photo rows without files, changes as the engine judges."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from tracker.clinic.types import (
    AnalysisStatus,
    BodySite,
    Indication,
    Moment,
    PhotoRecord,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import intake
from tracker.clinic.workflow.pairs import plan_of
from tracker.imaging import change
from tracker.imaging.types import Alignment, Analysis, Flag, FlagCode, Measurement, Metric

START = date(2025, 1, 6)
SEM = 0.9
NOISE = change.Noise(SEM, 1000, "simulated")
SCHEDULE = (
    (0, SessionKind.TREATMENT),
    (35, SessionKind.TREATMENT),
    (70, SessionKind.TREATMENT),
    (160, SessionKind.FOLLOW_UP),
    (250, SessionKind.FOLLOW_UP),
)
BLURRED = Flag(FlagCode.BLURRED, "Blurred.", "Hold still.", (Metric.REDNESS,))


@dataclass(frozen=True)
class Person:
    """One simulated patient: change per month, how many sessions came, which comparison is withheld."""

    code: str
    monthly: float
    sessions: int = len(SCHEDULE)
    withheld: int | None = None
    device: str = "Pen"
    start: date = START
    regions: tuple[str, ...] = ("cheek_left",)


def add_person(clinic, person, rng):
    """The series of a simulated patient."""
    patient = intake.add_patient(clinic, person.code)
    series = intake.add_series(clinic, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    levels = {region: 20 + rng.normal(0, 3) for region in person.regions}
    first = {region: levels[region] + rng.normal(0, SEM) for region in person.regions}
    baseline = None
    for number, (day, kind) in enumerate(SCHEDULE[: person.sessions]):
        visit = Visit(person.start + timedelta(day), kind, person.device, 1.5)
        session = intake.add_session(clinic, series.id, visit)
        with clinic.store.write() as records:
            photo = records.add_photo(_photo(session, f"{person.code}-{number}"))
            if baseline is None:
                baseline = photo
                continue
            truth = person.monthly * day / 30.44
            rows = [
                change.judge(
                    (
                        Measurement(Metric.REDNESS, region, first[region], "H"),
                        Measurement(Metric.REDNESS, region, levels[region] + truth + rng.normal(0, SEM), "H"),
                    ),
                    NOISE,
                    (BLURRED,) if number == person.withheld else (),
                )
                for region in person.regions
            ]
            draft = replace(plan_of(records, baseline, photo).draft, status=AnalysisStatus.DONE, changes=tuple(rows))
            records.save_analysis(draft, _analysis(draft))
    return series


def _analysis(draft):
    """An answer whose photos lay on each other as they were taken."""
    grid = np.zeros((3, 4, 2), np.float32)
    flat = Alignment(np.eye(3), grid, 200.0, np.ones((3, 4), np.float32), 0.1, (800, 600), (800, 600))
    shas = draft.baseline_sha256, draft.followup_sha256
    return Analysis(*shas, "face", draft.version, None, flat, (), (), draft.changes)


def _photo(session, name):
    return PhotoRecord(
        "", session.id, View.FRONTAL, Moment.BEFORE, name.encode().hex().zfill(64)[-64:], f"{name}.jpg", (800, 600),
        None, "Kamera", (), datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def add_cohort(clinic, n=30, monthly=-0.6, seed=1):
    """Patients of whom every sixth stops after two sessions and every seventh has one comparison withheld."""
    rng = np.random.default_rng(seed)
    for number in range(n):
        person = Person(
            f"T-{number:02d}",
            monthly + rng.normal(0, 0.25),
            sessions=2 if number % 6 == 5 else len(SCHEDULE),
            withheld=3 if number % 7 == 6 else None,
        )
        add_person(clinic, person, rng)
