"""What a patient is told of every measure, verdict and direction; and what no line may ever say."""

import itertools
import math
import re
from datetime import date

import pytest

from tracker.clinic.types import UNDIRECTED_METRICS
from tracker.exports.plain_words import _BECAUSE, _FELL, _ROSE, PATIENCE_DAYS, Telling, plain_words
from tracker.imaging.types import Change, Flag, FlagCode, Metric, Verdict
from tracker.wording import spoken

FORBIDDEN = re.compile(
    r"skin age|years? (older|younger)|younger|older|average|other (people|patients|women|men)|your age|peers|"
    r"compared (to|with) others|better than|worse than|improv|best|perfect|beautiful|amazing|excellent|great|offer|"
    r"discount|book now|buy|package|recommend|product|should|diagnos|disease|cancer|success|guarantee|"
    r"\d+ ?% of (people|patients)",
    re.IGNORECASE,
)
DAYS = (None, 0, PATIENCE_DAYS, PATIENCE_DAYS + 1, 400)
NAN = math.nan


def change_of(metric, verdict, by, flags=()):
    if verdict is Verdict.NOT_ASSESSABLE:
        return Change(metric, "cheek_left", "H", NAN, NAN, NAN, NAN, (NAN, NAN), verdict, flags)
    return Change(metric, "cheek_left", "H", 20.0, 20.0 + by, by, 3.0, (by - 2, by + 2), verdict, flags)


def told(metric, verdict, by=-6.1, **how):
    how.setdefault("directed", metric not in UNDIRECTED_METRICS)
    return plain_words(change_of(metric, verdict, by), Telling(**how))


def lines(words):
    return " ".join((words.title, words.sentence, words.aside, words.numbers))


@pytest.mark.parametrize("metric", Metric)
def test_every_measure_verdict_direction_and_day_is_told_in_allowed_words(metric):
    for verdict, by, days, hide in itertools.product(Verdict, (-6.1, 6.1), DAYS, (True, False)):
        words = told(metric, verdict, by, days_since_treatment=days, hide_numbers=hide)
        text = lines(words)
        assert not FORBIDDEN.search(text), text
        assert "{" not in text
        assert words.sentence.endswith(".")
        assert words.title.endswith("left cheek")
        if hide or verdict is Verdict.NOT_ASSESSABLE:
            assert not words.numbers
            assert not re.search(r"\d", words.sentence.replace("4 to 6 weeks", "")), text
        else:
            assert re.search(r"\d", words.numbers)
        assert bool(words.aside) == (verdict is Verdict.CHANGED and metric not in UNDIRECTED_METRICS)
        soon = days is not None and days <= PATIENCE_DAYS
        assert ("weeks" in text) == (verdict is Verdict.NO_DETECTABLE_CHANGE and soon)


@pytest.mark.parametrize("metric", Metric)
def test_up_and_down_are_told_apart_and_within_the_noise_nothing_is(metric):
    fell, rose = told(metric, Verdict.CHANGED, -6.1), told(metric, Verdict.CHANGED, 6.1)
    assert fell.sentence != rose.sentence
    assert fell.sentence == _FELL[metric].format(start="at the start")
    assert rose.sentence == _ROSE[metric].format(start="at the start")
    assert "noise" in fell.sentence
    assert "noise" in rose.sentence
    within = [told(metric, Verdict.NO_DETECTABLE_CHANGE, by) for by in (-1.0, 1.0)]
    assert within[0] == within[1]
    assert not within[0].aside


def test_the_three_sentences_of_the_journey():
    assert told(Metric.REDNESS, Verdict.CHANGED).sentence == (
        "Redness is lower than at the start by more than our measurement noise."
    )
    assert told(Metric.REDNESS, Verdict.NO_DETECTABLE_CHANGE, -1, days_since_treatment=20).sentence == (
        "No change that we could have seen yet: results usually show after 4 to 6 weeks."
    )
    blurred = Flag(FlagCode.BLURRED, "cheek_left: 3.2 px blur, expected 1.1.", "Hold still.", (Metric.REDNESS,))
    change = change_of(Metric.REDNESS, Verdict.NOT_ASSESSABLE, 0, (blurred,))
    words = plain_words(change, Telling(directed=True))
    assert words.sentence == "We could not measure this from the photos: a photo is not sharp."


def test_numbers_stand_beside_the_words_unless_they_are_hidden():
    words = told(Metric.REDNESS, Verdict.CHANGED)
    assert words.numbers == "In numbers: lower by 6.1\u00a0H; our noise reaches 3.0\u00a0H."
    assert told(Metric.REDNESS, Verdict.CHANGED, 6.1).numbers.startswith("In numbers: higher by 6.1")
    least = told(Metric.REDNESS, Verdict.NO_DETECTABLE_CHANGE).numbers
    assert least == "In numbers: we would have seen a change of at least 3.0\u00a0H."


def test_a_later_start_is_named_by_its_day():
    words = told(Metric.REDNESS, Verdict.CHANGED, since=date(2026, 4, 4))
    assert "than on 4 Apr 2026 by more" in words.sentence


def test_while_the_skin_heals_no_direction_is_hoped_for():
    words = told(Metric.REDNESS, Verdict.CHANGED, 6.1, settled=False)
    assert words.aside == "The skin was still healing that day: this says nothing about the result."
    assert told(Metric.REDNESS, Verdict.NO_DETECTABLE_CHANGE, settled=False).aside == words.aside
    assert not FORBIDDEN.search(lines(words))


def test_the_reason_is_the_one_that_withholds_this_measure():
    remark = Flag(FlagCode.TILTED, "Tilted.")
    reason = Flag(FlagCode.TOO_DARK, "Dark.", "", (Metric.REDNESS,))
    words = plain_words(change_of(Metric.REDNESS, Verdict.NOT_ASSESSABLE, 0, (remark, reason)), Telling(directed=True))
    assert "too dark" in words.sentence
    bare = plain_words(change_of(Metric.REDNESS, Verdict.NOT_ASSESSABLE, 0), Telling(directed=True))
    assert "the photos do not allow it" in bare.sentence


@pytest.mark.parametrize("code", FlagCode)
def test_every_reason_has_plain_words_without_figures(code):
    flag = Flag(code, "A sentence of the machine with 12.3 px.", "Do this.", (Metric.REDNESS,))
    words = plain_words(change_of(Metric.REDNESS, Verdict.NOT_ASSESSABLE, 0, (flag,)), Telling(directed=True))
    assert not re.search(r"\d|px|machine", words.sentence)
    assert not FORBIDDEN.search(words.sentence)
    remarks = {FlagCode.PROPORTIONS, FlagCode.MARK_KIND, FlagCode.MANY_MEASURES}
    assert code in _BECAUSE or code in remarks


def test_another_language_is_spoken_where_it_is_known():
    with spoken("de"):
        assert told(Metric.REDNESS, Verdict.CHANGED).sentence
