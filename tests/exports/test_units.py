"""Units with words in them can be translated, signs cannot."""

import pytest

from tracker import wording
from tracker.exports.table import amount
from tracker.exports.units import SPOKEN, unit_words
from tracker.imaging.measure import pores, scar_contrast, scar_marks, scars, texture, wrinkles
from tracker.imaging.pipeline import rows, surroundings


@pytest.mark.parametrize("unit", ["H", "%", "mm²", "", *SPOKEN])
def test_units_are_the_same_in_english(unit):
    assert unit_words(unit) == unit


def test_every_unit_with_a_word_can_be_translated():
    tables = (pores.UNITS, texture.UNITS, wrinkles.UNITS, rows.UNITS, surroundings.UNITS)
    units = {unit for table in tables for unit in table.values()}
    units |= {scars.UNIT, scar_contrast.UNIT, scar_marks.COUNT_UNIT, scar_marks.LENGTH_UNIT}
    words = {unit for unit in units if any(len(part) > 2 and part.isalpha() for part in unit.replace("/", " ").split())}
    assert words <= set(SPOKEN)


def test_figures_and_units_follow_the_language(monkeypatch):
    monkeypatch.setattr(wording, "_texts", lambda code: {"% of region": "% der Fläche"} if code == "de" else {})
    with wording.spoken("de"):
        assert amount(-1.25, "% of region") == "−1,2\u00a0% der Fläche"
        assert amount(120.4, "H") == "120\u00a0H"
    assert amount(-1.25, "% of region") == "−1.2\u00a0% of region"
