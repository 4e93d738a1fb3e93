"""What a stored comparison may say within its series."""

from datetime import UTC, datetime

import pytest

from tracker.clinic.types import BodySite, Indication, Series, SeriesPlan
from tracker.clinic.workflow.telling import deciding, told
from tracker.imaging import change
from tracker.imaging.types import Measurement, Metric, Verdict

NOISE = change.Noise(1.0, 1000, "simulated")


def series(indication, primary=None):
    plan = SeriesPlan(indication, BodySite.FACE, primary_metric=primary)
    return Series("r", "p", plan, datetime(2026, 1, 1, tzinfo=UTC))


def judged(metric, moved, region="drawn"):
    return change.judge((Measurement(metric, region, 50.0, "u"), Measurement(metric, region, 50.0 + moved, "u")), NOISE)


def test_area_is_told_only_where_a_scar_is_followed():
    changes = [judged(Metric.SCAR_AREA, 9.0), judged(Metric.REDNESS, 9.0)]
    assert [one.metric for one in told(changes, series(Indication.ACNE_SCARS))] == [Metric.REDNESS]
    assert len(told(changes, series(Indication.SCAR))) == 2
    assert deciding(series(Indication.SCAR)) is Metric.SCAR_AREA
    assert len(told(changes, series(Indication.ACNE_SCARS, Metric.SCAR_AREA))) == 2


@pytest.mark.parametrize(
    ("indication", "expected"),
    [
        (Indication.REDNESS, set()),
        (Indication.FINE_LINES, set()),
        (Indication.ACNE_SCARS, {Metric.SCAR_COUNT, Metric.SCAR_CONTRAST}),
        (Indication.SCAR, {metric for metric in Metric if metric.name.startswith("SCAR_")}),
    ],
)
def test_scars_are_told_only_where_scars_are_treated(indication, expected):
    changes = [judged(metric, 0.1) for metric in Metric]
    found = {one.metric for one in told(changes, series(indication))}
    assert {metric for metric in found if metric.name.startswith("SCAR_")} == expected
    assert Metric.REDNESS in found


@pytest.mark.parametrize(
    ("indication", "metric"),
    [
        (Indication.FINE_LINES, Metric.WRINKLES),
        (Indication.PORES_AND_TEXTURE, Metric.ROUGHNESS),
        (Indication.ACNE_SCARS, Metric.ROUGHNESS),
        (Indication.STRETCH_MARKS, Metric.EVENNESS),
        (Indication.REDNESS, Metric.REDNESS),
    ],
)
def test_each_indication_declares_its_measure(indication, metric):
    assert deciding(series(indication)) is metric


def test_the_declared_measure_keeps_its_verdict_and_the_others_must_do_better():
    just = 1.1 * 1.96 * 2**0.5  # a little above the smallest detectable change
    changes = [judged(metric, just) for metric in (Metric.REDNESS, Metric.PIGMENT, Metric.SPOTS, Metric.PORES)]
    assert all(one.verdict is Verdict.CHANGED for one in changes)
    found = {one.metric: one for one in told([*changes, judged(Metric.WRINKLES, 0)], series(Indication.REDNESS))}
    assert found[Metric.REDNESS] is changes[0]
    assert found[Metric.PIGMENT].verdict is Verdict.NO_DETECTABLE_CHANGE
    assert found[Metric.PIGMENT].sdc > just
    other = {one.metric: one for one in told(changes, series(Indication.PIGMENT))}
    assert other[Metric.PIGMENT].verdict is Verdict.CHANGED
