"""What an outline is started from, and what is kept of where it came from."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from tracker.clinic.types import (
    FREEHAND,
    AnalysisStatus,
    Basis,
    RegionOrigin,
    RegionRecord,
    Seen,
    SightingKind,
    SightingRecord,
)
from tracker.dashboard.starts import basis_of, proposer_words, starts, step, weighed
from tracker.imaging.types import Box, Change, Metric, Outline, Region, Verdict

NOON = datetime(2026, 4, 4, 12, 0, tzinfo=UTC)
WEIGHTS = "3f2a91c0" + "0" * 56
AREA = Region("drawn", Box(10, 10, 50, 40), np.ones((30, 40), bool))
GONE = Region("drawn", Box(0, 0, 0, 0), np.zeros((0, 0), bool))


def record(number, region=AREA, basis=FREEHAND, author="Dr A"):
    plain = RegionRecord(f"r{number}", "p", region, None, author, NOON, str(number))
    return replace(plain, **basis._asdict())


def sighting(outline=True):
    soft = np.zeros((60, 80), np.float32)
    soft[10:50, 10:70] = 0.9
    found = Outline(Box(0, 0, 80, 60), soft, 2400.0, (2000.0, 2800.0)) if outline else None
    seen = Seen(outline=found, prompt=AREA, proposer="outline-v1", reason="" if outline else "Nothing.")
    return SightingRecord("s1", "p", SightingKind.OUTLINE, "d", "3", WEIGHTS, "r0", AnalysisStatus.DONE, seen, NOON)


def names(found):
    return [one.name for one in found]


def test_an_empty_photo_is_always_on_offer():
    assert names(starts([], None, None, None)) == ["anew"]


def test_what_counts_comes_first_then_the_proposal_then_the_session_before_then_history():
    history = [record(1), record(2), record(3, GONE), record(4)]
    found = starts(history, sighting(), AREA, None)
    assert names(found) == ["now r4", "proposal s1", "carried s1", "earlier r2", "earlier r1", "anew"]


def test_a_proposal_comes_first_where_nothing_counts_and_where_it_was_asked_for():
    assert names(starts([], sighting(), AREA, None))[0] == "proposal s1"
    assert names(starts([record(1), record(2, GONE)], sighting(), None, None)) == ["proposal s1", "anew", "earlier r1"]
    rough = np.array([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0]])
    assert names(starts([record(1)], sighting(), None, rough))[:3] == ["proposal s1", "anew rough", "now r1"]
    waiting = starts([record(1)], None, None, rough)
    assert names(waiting)[0] == "anew rough"
    assert (waiting[0].corners == rough).all()


def test_what_was_taken_back_does_not_come_up_by_itself():
    assert names(starts([record(1), record(2, GONE)], None, None, None)) == ["anew", "earlier r1"]


def test_a_refused_proposal_is_not_on_offer_but_where_it_looked_is():
    assert names(starts([], sighting(outline=False), AREA, None)) == ["carried s1", "anew"]


def test_accepted_corrected_and_drawn_are_told_apart():
    proposal = starts([], sighting(), None, None)[0]
    assert basis_of(proposal, proposal.corners) == (RegionOrigin.ACCEPTED, f"outline-v1 {WEIGHTS}", "s1")
    moved = proposal.corners + np.array([5.0, 0.0])
    assert basis_of(proposal, moved) == (RegionOrigin.CORRECTED, f"outline-v1 {WEIGHTS}", "s1")
    assert basis_of(proposal, moved[:-1]).origin is RegionOrigin.CORRECTED
    carried = starts([], None, AREA, None)[0]
    assert basis_of(carried, carried.corners + 3).proposer.startswith("carried ")
    nothing = starts([], None, None, None)[0]
    assert basis_of(nothing, moved) == FREEHAND
    assert basis_of(None, moved) == FREEHAND  # the page no longer knows what it was started from


@pytest.mark.parametrize(
    ("before", "after"),
    [(RegionOrigin.ACCEPTED, RegionOrigin.CORRECTED), (RegionOrigin.CORRECTED, RegionOrigin.CORRECTED)],
)
def test_correcting_again_keeps_whose_proposal_it_was(before, after):
    now = starts([record(1, basis=Basis(before, "outline-v1 w", "s0"))], None, None, None)[0]
    assert basis_of(now, now.corners + 4) == (after, "outline-v1 w", "s0")
    assert basis_of(now, now.corners).origin is before


def test_moving_the_corners_of_a_drawing_leaves_it_drawn():
    now = starts([record(1)], None, None, None)[0]
    assert basis_of(now, now.corners + 4) == FREEHAND


def test_the_accepted_region_is_the_proposal_to_the_pixel():
    proposal = starts([], sighting(), None, None)[0]
    assert (proposal.proposal.mask == sighting().seen.outline.region().mask).all()
    assert starts([record(1)], None, AREA, None)[0].proposal is None


def test_history_says_who_when_and_from_what():
    assert step(record(1)) == "drawn by Dr A on 4 Apr 2026, 12:00 UTC"
    assert step(record(1, GONE, author="")) == "taken back on 4 Apr 2026, 12:00 UTC, no name given"
    accepted = record(1, basis=Basis(RegionOrigin.ACCEPTED, f"outline-v1 {WEIGHTS}", "s"))
    assert step(accepted) == (
        "proposed by the outline network outline-v1 (weights 3f2a91c0), accepted by Dr A on 4 Apr 2026, 12:00 UTC"
    )
    assert "corrected by Dr A" in step(record(1, basis=Basis(RegionOrigin.CORRECTED, "colours 3", "s")))
    assert proposer_words("colours 3") == "the program by colour (version 3)"
    assert "carried over" in proposer_words("carried 3")


def test_a_proposal_is_weighed_against_what_was_measured():
    half = Region("drawn", Box(10, 10, 50, 25), np.ones((15, 40), bool))

    def area(left, verdict=Verdict.CHANGED):
        return Change(Metric.SCAR_AREA, "drawn", "%", 100.0, left, left - 100, 9.0, (-60.0, -20.0), verdict)

    assert "about 50 % of the outline of the earlier photo is left; the program measured 52 %." in (
        weighed(half, AREA, area(52.0))
    )
    assert "differ" not in weighed(half, AREA, area(52.0))
    assert "They differ: a faded scar stands out less than it covers." in weighed(half, AREA, area(80.0))
    assert "could not measure" in weighed(half, AREA, None)
    assert "could not measure" in weighed(half, AREA, area(80.0, Verdict.NOT_ASSESSABLE))
