"""The words: never a number that cannot be trusted, always what could have been seen."""

import re
from dataclasses import replace

import pytest

from tracker.exports.table import (
    COLUMNS,
    amount,
    as_table,
    headline,
    region_words,
    remarks,
    sentence,
    unchanged_sentences,
    withheld_sentences,
)
from tracker.imaging.types import Change, Flag, FlagCode, Metric, Verdict

NAN = float("nan")
BLUR = Flag(FlagCode.BLURRED, "The photo is blurred.", "Hold still and take it again.", (Metric.ROUGHNESS,))
NOTE = Flag(FlagCode.UNCALIBRATED, "No card in the photo.", "Lay the card beside the skin.")

FELL = Change(Metric.REDNESS, "cheek_left", "H", 20.1, 14.0, -6.1, 2.2, (-7.7, -4.5), Verdict.CHANGED, (NOTE,))
SAME = Change(Metric.REDNESS, "chin", "H", 12.0, 12.6, 0.6, 2.2, (-1.0, 2.2), Verdict.NO_DETECTABLE_CHANGE)
NONE = Change(
    Metric.ROUGHNESS, "drawn", "%", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE, (NOTE, BLUR, BLUR)
)


def spaced(text):
    """With plain spaces; the real ones between figure and unit do not break."""
    return text.replace("\u00a0", " ")


def said(change):
    return spaced(sentence(change))


def test_changed():
    assert said(FELL) == (
        "Redness (left cheek) fell by 6.1 H (95 % interval 4.5 to 7.7 H); a fall below 2.2 H could have been missed."
    )


def test_no_detectable_change():
    assert said(SAME) == (
        "Redness (chin): no detectable change. Only a change of at least 2.2 H could have been seen "
        "(found 0.60 H, 95 % interval −1.0 to 2.2 H)."
    )


def test_not_assessable_gives_the_spoiling_reason_once_and_no_number():
    text = said(NONE)
    assert text == ("Roughness (marked area): not assessable. The photo is blurred. Hold still and take it again.")
    assert not re.search(r"\d|nan", text)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (NAN, "H", "–"),
        (-6.123, "H", "−6.1 H"),
        (0.234, "", "0.23"),
        (1234.5, "mm²", "1234 mm²"),
        (99.96, "%", "100.0 %"),
    ],
)
def test_amount(value, unit, text):
    assert spaced(amount(value, unit)) == text


def test_sides_are_read_naturally():
    assert region_words("cheek_left") == "left cheek"
    assert region_words("forehead") == "forehead"


def test_table_withholds_numbers():
    table = as_table([NONE, SAME, FELL])
    assert tuple(table.columns) == COLUMNS
    assert list(table["Measure"]) == ["Redness", "Redness", "Roughness"]
    withheld = table.iloc[2]
    assert (withheld[["Change", "95 % interval", "Could be seen from", "Before", "After"]] == "–").all()
    assert as_table([]).shape == (0, len(COLUMNS))


def test_headline_puts_every_measure_under_one_verdict():
    text = headline([NONE, SAME, FELL])
    assert text.startswith("Changed: redness (left cheek).")
    assert "No detectable change: redness (chin)." in text
    assert "Not assessable: roughness (marked area)." in text
    assert headline([]) == "Nothing was measured."


def test_remarks_leave_out_what_is_already_told_as_a_reason():
    assert remarks([FELL, NONE]) == ("No card in the photo. Lay the card beside the skin.",)


def test_withheld_measures_share_their_reason():
    other = Change(Metric.PORES, "drawn", "", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE, (BLUR,))
    same = Flag(FlagCode.BLURRED, BLUR.reason, BLUR.retake, (Metric.PORES,))
    pores = Change(Metric.PORES, "drawn", "", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE, (same,))
    assert withheld_sentences([pores, NONE, SAME]) == [
        "Roughness (marked area), pores (marked area): not assessable. "
        "The photo is blurred. Hold still and take it again."
    ]
    assert withheld_sentences([other])[0].endswith(BLUR.retake)


def test_ratio_measures_are_told_in_percent_with_the_limit_of_their_direction():
    fell = Change(Metric.SCAR_AREA, "drawn", "mm²", 50, 40, -20.0, 25.0, (-36, 0), Verdict.NO_DETECTABLE_CHANGE)
    assert "Only a change of at least 25.0 % could have been seen (found −20.0 %" in said(fell)
    more = Change(Metric.SCAR_AREA, "drawn", "mm²", 50, 35, -30.0, 25.0, (-44, -12.5), Verdict.CHANGED)
    assert said(more) == (
        "Scar area (marked area) fell by 30.0 % (95 % interval 12.5 to 44.0 %); "
        "a fall below 20.0 % could have been missed."
    )
    row = as_table([more]).iloc[0]
    assert (row["Before"], row["After"], row["Change"]) == ("50.0\u00a0mm²", "35.0\u00a0mm²", "−30.0\u00a0%")


def test_reason_does_not_name_the_region_by_its_stored_name():
    flag = Flag(FlagCode.NO_SCALE, "drawn: no card was found.", "", (Metric.ROUGHNESS,))
    change = Change(Metric.ROUGHNESS, "drawn", "", NAN, NAN, NAN, NAN, (NAN, NAN), Verdict.NOT_ASSESSABLE, (flag,))
    assert said(change) == "Roughness (marked area): not assessable. No card was found."


def test_an_interval_that_is_not_of_95_percent_says_so():
    (row, unadjusted) = as_table([replace(SAME, level=0.002), SAME])["95 % interval"]
    assert row == "−1.0 to +2.2\u00a0H (99.8\u00a0%)"
    assert unadjusted == "−1.0 to +2.2\u00a0H"
    assert "99.8\u00a0% interval" in sentence(replace(SAME, level=0.002))
    assert "95\u00a0% interval" in sentence(SAME)


def test_places_without_a_change_share_one_sentence_per_measure():
    parts = [replace(SAME, region=part, sdc=sdc) for part, sdc in (("chin", 2.2), ("nose", 1.9))]
    alone = replace(SAME, metric=Metric.PIGMENT, unit="MI")
    said = [spaced(line) for line in unchanged_sentences([*parts, alone, FELL, NONE])]
    assert said[0] == "Redness: no detectable change. Could have been seen, at least: chin 2.2 H, nose 1.9 H."
    assert said[1].startswith("Pigment (chin): no detectable change. Only a change of at least 2.2 MI")
    assert len(said) == 2
