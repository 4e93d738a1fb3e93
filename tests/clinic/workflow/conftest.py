"""A stand-in for the measuring engine, and one photo per session for it to look at."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from tracker.clinic.jobs import Executor, Outcome
from tracker.clinic.types import View
from tracker.clinic.workflow import photos, review
from tracker.imaging import pipeline
from tracker.imaging.change import NoiseModel
from tracker.imaging.types import Alignment, Analysis, Change, Drawn, Flag, FlagCode, Metric, Region, Verdict

NAN = math.nan
NOTHING = Drawn()
SHIPPED = pipeline.Setting()


@dataclass(frozen=True)
class Call:
    """What the engine was asked."""

    baseline: str
    followup: str
    region: Region | None
    site: str
    drawn: Drawn
    noise: NoiseModel | None


class Engine:
    """Stands in for the measuring engine: counts its calls; ``answers`` names a redness per photo, None refuses it."""

    def __init__(self):
        self.calls = []
        self.refuse = False
        self.error = None
        self.answers = {}

    def __call__(self, baseline, followup, *, region=None, drawn=NOTHING, site="", setting=SHIPPED):
        self.calls.append(Call(baseline.sha256, followup.sha256, region, site, drawn, setting.noise))
        if self.error is not None:
            raise self.error
        refusal = Flag(FlagCode.NOT_ALIGNED, "Too few matches.", "Hold still.") if self.refuse else None
        where = region or Region.from_mask("skin", np.ones(baseline.size[::-1], bool))
        value = self.answers.get(followup.sha256, float(int(followup.sha256[:4], 16)))
        refusal = Flag(FlagCode.NOT_ALIGNED, "Another place.", "Same place.") if value is None else refusal
        if refusal is not None:
            return self.refused(baseline, followup, site, refusal)
        rows = [
            Change(Metric.REDNESS, where.name, "H", 10.0, value, value - 10, 2.0, (0.0, 1.0), Verdict.CHANGED),
            Change(Metric.ROUGHNESS, where.name, "%", 5.0, 4.0, -1.0, 2.0, (-3.0, 1.0), Verdict.NO_DETECTABLE_CHANGE),
            Change(Metric.PIGMENT, where.name, "MI", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE),
            Change(Metric.SCAR_AREA, where.name, "%", 100.0, value, value - 100, 9.0, (0.0, 1.0), Verdict.CHANGED),
        ]
        grid = np.zeros((3, 4, 2), np.float32)
        alignment = Alignment(np.eye(3), grid, 100.0, np.ones((3, 4), np.float32), 0.1, baseline.size, followup.size)
        return Analysis(
            baseline.sha256,
            followup.sha256,
            site,
            pipeline.PIPELINE_VERSION,
            None,
            alignment,
            (where,),
            (where,),
            tuple(rows),
            (),
            drawn.reference,
        )

    def refused(self, baseline, followup, site, why):
        version = pipeline.PIPELINE_VERSION
        return Analysis(baseline.sha256, followup.sha256, site, version, why, None, (), (), ())


class Inline(Executor):
    """The jobs in this process, so that the stand-in is used."""

    def map(self, function, items, progress=None):
        for number, item in enumerate(items, 1):
            yield Outcome(function(item))
            if progress is not None:
                progress(number, len(items))


@pytest.fixture
def engine(monkeypatch):
    standing_in = Engine()
    monkeypatch.setattr(pipeline, "analyse", standing_in)
    monkeypatch.setattr(review, "WORKERS", Inline())
    return standing_in


@pytest.fixture
def taken(clinic, sessions, photo_bytes):
    """One frontal photo per session."""
    return [
        photos.add_photo(clinic, session.id, photo_bytes(n), f"{n}.jpg", View.FRONTAL)
        for n, session in enumerate(sessions)
    ]
