"""Comments, grades and releases as they are stored."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tracker.clinic.records import schema
from tracker.clinic.types import AnalysisStatus, Gais, View
from tracker.clinic.types.review import Direction, Grading, Scale
from tracker.clinic.workflow import photos
from tracker.clinic.workflow.pairs import plan_of
from tracker.imaging.types import Change, Metric, Verdict

WITHHELD = Change(
    Metric.REDNESS, "skin", "H", *([math.nan] * 4), (math.nan, math.nan), Verdict.NOT_ASSESSABLE, level=0.0125
)


@pytest.fixture
def taken(clinic, sessions, photo_bytes):
    return [
        photos.add_photo(clinic, session.id, photo_bytes(n), f"{n}.jpg", View.FRONTAL)
        for n, session in enumerate(sessions)
    ]


def compared(records, first, second, **other):
    draft = replace(plan_of(records, first, second).draft, status=AnalysisStatus.REFUSED, **other)
    return records.save_analysis(draft, None)


def test_a_released_number_comes_back_with_its_level_and_without_what_was_withheld(clinic, series, taken):
    with clinic.store.write() as records:
        analysis = compared(records, taken[0], taken[1])
        about = {"analysis_id": analysis.id, "metric": Metric.REDNESS, "region": "skin"}
        made = records.add_release(series.patient_id, "u", about, WITHHELD)
        photo = records.add_release(series.patient_id, "u", {"photo_id": taken[0].id}, None)
    assert (made.change.level, made.change.verdict) == (0.0125, Verdict.NOT_ASSESSABLE)
    assert math.isnan(made.change.sdc)
    assert (photo.photo_id, photo.change, photo.metric) == (taken[0].id, None, None)
    with clinic.store.write() as records:
        assert [one.id for one in records.releases_of(series.patient_id)] == [made.id, photo.id]
        records.withdraw_releases([made.id], "v")
        records.withdraw_releases([made.id], "w")
        assert [one.id for one in records.releases_of(series.patient_id)] == [photo.id]
        assert records.one(schema.releases, made.id, "Release").withdrawn_by == "v"


def test_a_grading_comes_back_as_it_was_given(clinic, series, taken):
    draft = Grading(
        "", series.id, taken[0].id, taken[1].id, Scale.GAIS, True, Gais.WORSE, None, None, Direction.SAME, "a", "u",
        "Dr A", datetime.now(UTC),
    )  # fmt: skip
    with clinic.store.write() as records:
        made = records.add_grading(draft)
        assert replace(made, id="", created=draft.created) == draft
        assert records.gradings_by("u") == records.gradings_by("u", "first") == [made]
        assert records.gradings_by("u", "other") == records.gradings_by("v") == []


def test_pairs_to_grade_are_those_of_two_sessions_not_graded_by_this_rater(clinic, series, taken, photo_bytes):
    again = photos.add_photo(clinic, taken[0].session_id, photo_bytes(90), "again.jpg", View.FRONTAL)
    with clinic.store.write() as records:
        compared(records, taken[0], taken[1])
        compared(records, taken[0], taken[1], version="older")
        compared(records, taken[0], again)
        assert list(records.pairs_to_grade("first", "u")) == [(series.id, taken[0].id, taken[1].id)]
        assert list(records.pairs_to_grade("other", "u")) == []
        assert records.newest_analysis_id(taken[0].id, taken[3].id) == ""
        newest = records.newest_analysis_id(taken[0].id, taken[1].id)
        assert records.analysis(newest).version == "older"  # made last
        both = records.comparisons_between([taken[0].id, taken[1].id])
        assert both == {(taken[0].id, taken[1].id): (newest, AnalysisStatus.REFUSED)}


def test_comments_keep_their_order_and_their_withdrawal(clinic, series, taken):
    with clinic.store.write() as records:
        first = records.add_comment(series.id, "one", ("u", "Dr A"), taken[0].id)
        second = records.add_comment(series.id, "two", ("u", "Dr A"))
        records.withdraw_comment(first.id)
        found = records.comments_of(series.id)
    assert [one.id for one in found] == [first.id, second.id]
    assert [one.withdrawn is None for one in found] == [False, True]
    assert [one.photo_id for one in found] == [taken[0].id, ""]
