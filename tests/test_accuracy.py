"""The accuracy report: its intervals, its noise file, what it says of sections that are missing, and its truth list."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from tracker.imaging import change

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_intervals_are_the_published_ones(benchmark) -> None:
    tables = benchmark("tables")
    assert tables.share_limits(1, 10) == pytest.approx((0.011, 0.381), abs=1e-3)  # Brown, Cai, DasGupta 2001, table 5
    assert tables.share_limits(0, 50)[0] == 0.0
    assert tables.sd_limits(1.0, 10) == pytest.approx((0.699, 1.755), abs=1e-3)  # methods: df 10, 0.70 to 1.75
    assert np.isnan(tables.quantile_limits([1.0, 2.0], 0.5, ["one", "one"])[0])


def test_a_median_of_people_is_less_sure_than_of_as_many_values(benchmark) -> None:
    tables = benchmark("tables")
    rng = np.random.default_rng(1)
    values = (rng.normal(size=(20, 1)) + 0.1 * rng.normal(size=(20, 10))).ravel()
    alone = np.diff(tables.quantile_limits(values, 0.5))
    people = np.diff(tables.quantile_limits(values, 0.5, [k // 10 for k in range(200)]))
    assert people > 1.5 * alone


def test_a_bar_is_met_or_missed(benchmark) -> None:
    tables = benchmark("tables")
    assert tables.bar_cell(2.2, 2.2, digits=1) == "<= 2.2: met"
    assert tables.bar_cell(0.94, 0.95, least=True, percent=True) == ">= 95%: **missed**"
    assert tables.bar_cell(float("nan"), 1.0).endswith("not measured")
    assert tables.between_cell(0.08, 0.03, 0.07, percent=True) == "3% to 7%: **missed**"


def test_the_larger_noise_holds_in_every_tone_band(benchmark, tmp_path: Path) -> None:
    noise_file = benchmark("noise_file")
    card = [("redness", "any", "calibrated", 0.3, 40, "card"), ("redness", "any dark", "calibrated", 1.3, 40, "card")]
    living = [("redness", "forehead", "calibrated", 0.6, 68, "people"), ("redness", "any", "calibrated", 0.6, 68, "p")]
    path = tmp_path / "noise.toml"
    noise_file.write_noise([(card, "a"), (living, "b")], "today", path)
    model = change.load_noise(path)
    asked = [(region, tone) for region in ("forehead", "chin") for tone in (50.0, -40.0, float("nan"))]
    found = [model.look_up("redness", region, calibrated=True, tone=tone).sem for region, tone in asked]
    assert found == [0.6, 1.3, 0.6, 0.6, 1.3, 0.6]


def test_a_measure_that_no_section_answers_for_keeps_its_noise(benchmark, tmp_path: Path) -> None:
    noise_file = benchmark("noise_file")
    path = tmp_path / "noise.toml"
    noise_file.write_noise([([("scar_area", "any", "calibrated", 0.05, 25, "labels")], "a")], "once", path)
    noise_file.write_noise([([("redness", "any", "calibrated", 0.3, 40, "card")], "b")], "later", path)
    kept = change.load_noise(path).look_up("scar_area", "drawn", calibrated=True)
    assert (kept.sem, kept.df, kept.source) == (0.05, 25, "labels (once, commit a)")


def test_a_section_that_was_not_measured_is_named(benchmark) -> None:
    accuracy = benchmark("accuracy")
    text = "\n".join(accuracy.document({}, {}))
    for title in accuracy.SECTIONS.values():
        assert f"## {title}" in text
    assert text.count("Not measured:") == len(accuracy.SECTIONS)


def test_equal_groups_differ_no_more_than_chance_and_unequal_ones_do(benchmark) -> None:
    statistics = benchmark("london_statistics")
    rng = np.random.default_rng(5)
    names = ["a"] * 40 + ["b"] * 40
    equal, unequal = rng.normal(size=80), rng.normal(size=80) * np.repeat([1.0, 3.0], 40)
    assert statistics.group_ratio(equal, names).p > 0.05
    found = statistics.group_ratio(unequal, names)
    assert found.p < 0.01
    assert (found.largest, found.smallest) == ("b", "a")
    assert statistics.group_ratio(equal[:44], names[:44]) is None  # four people speak for no group


def test_the_moles_are_enough_and_spread_over_faces(benchmark) -> None:
    moles = benchmark("moles").accepted()
    assert len(moles) >= 40
    assert len({mole.person for mole in moles}) >= 12
    assert {"forehead", "cheek", "chin"} <= {mole.zone for mole in moles}
    assert all(0 <= v < 1350 for mole in moles for v in (*mole.neutral, *mole.smile))
    assert len({(mole.person, mole.neutral) for mole in moles}) == len(moles)
