"""What the numbers of a comparison rest on."""

import numpy as np

from tracker.exports.basis import behind, left_out_words, photos_words
from tracker.imaging.change import BurstChange
from tracker.imaging.types import Box, Change, Flag, FlagCode, Metric, Region, Verdict


def averaged(used, photos, used_before=1, photos_before=1):
    nan = float("nan")
    change = Change(Metric.REDNESS, "chin", "H", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE)
    return BurstChange(change, used, photos, used_before, photos_before)


def test_the_line_behind_the_numbers_names_photos_reference_and_noise():
    region = Region("reference", Box(0, 0, 2, 2), np.ones((2, 2), bool))
    assert behind((), None, "default noise") == (
        "Colour measured against untreated skin that the program found; verdicts use the default noise."
    )
    text = behind((averaged(2, 3), averaged(3, 3)), region, "noise of kit Room 1")
    assert text.startswith("Mean of 3 photos; colour measured against untreated skin that a person drew;")
    assert photos_words((averaged(3, 3, 2, 2),)) == "mean of 3 photos (2 of the earlier visit)"
    assert photos_words((averaged(1, 3),)) == "one photo"
    assert photos_words((averaged(0, 3),)) == "none of 3 photos could be used"


def test_photos_that_were_left_out_are_named_with_their_measures_and_the_reason():
    blurred = Flag(FlagCode.BLURRED, "Blurred.", "Hold still.", (Metric.REDNESS, Metric.REDNESS_A_STAR))
    nan = float("nan")
    lost, cross = (
        Change(metric, "chin", "H", nan, nan, nan, nan, (nan, nan), Verdict.NOT_ASSESSABLE, (blurred,))
        for metric in (Metric.REDNESS, Metric.REDNESS_A_STAR)
    )
    good = Change(Metric.REDNESS, "chin", "H", 1, 2, 1, 2, (-1, 3), Verdict.NO_DETECTABLE_CHANGE)
    assert left_out_words((averaged(1, 2),), [[good], [lost, cross]]) == [
        "Photo 2: Redness (chin): not assessable. Blurred. Hold still."
    ]
    assert left_out_words((averaged(0, 2),), [[lost], [lost]]) == []  # said with the verdict itself
