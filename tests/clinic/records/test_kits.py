"""Kits in the store: what goes in comes out, and names and settings are kept apart."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tracker.clinic.records.kits import KIT_SETTING, component_from_json, component_to_json
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.records.store import Store
from tracker.clinic.types import BodySite, Indication, KitLabels, SeriesPlan
from tracker.errors import InvalidInput, NotFound
from tracker.imaging.change import Component, Repeats, two_level
from tracker.imaging.types import Metric

DAY = date(2026, 3, 1)

SEALER = Sealer(bytes(32))


def component(seed=1, metric=Metric.REDNESS):
    values = np.random.default_rng(seed).normal(0, 1, (5, 4))
    levels = two_level([[Repeats.of_values(("1", "1", "2", "2"), row)] for row in values])
    return Component(metric, "cheek", "calibrated", "H", levels, 20, 3)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "records.db", SEALER)
    yield opened
    opened.close()


def add(store, name="Room 1", seed=1, measured=DAY, **labels):
    with store.write() as records:
        return records.add_kit(
            KitLabels(name, **labels), (component(seed),), measured=measured, version="2", apart=seed
        )


def test_a_component_survives_json_to_the_last_digit():
    assert component_from_json(component_to_json(component())) == component()


def test_a_kit_comes_back_as_it_was_stored(store):
    kit = add(store, room="Room", camera="ACME X", lamp="LED", card="v1")
    with store.read() as records:
        assert records.kit(kit.id) == kit
        assert records.kit_named(" rOOM 1 ") == kit
    assert kit.components == (component(),)
    assert (kit.camera, kit.measured, kit.apart) == ("ACME X", DAY, 1)


def test_the_digest_is_that_of_the_numbers(store):
    one, same, other = add(store, "a"), add(store, "b"), add(store, "c", seed=2)
    assert one.digest == same.digest
    assert one.digest != other.digest
    assert len(one.digest) == 64


def test_kits_come_newest_measurement_first(store):
    add(store, "old", measured=date(2025, 1, 1))
    add(store, "new", measured=date(2026, 1, 1))
    add(store, "older", measured=date(2024, 1, 1))
    with store.read() as records:
        assert [kit.name for kit in records.kits()] == ["new", "old", "older"]


@pytest.mark.parametrize("name", ["", "  ", "ROOM 1", "x" * 81, "two\nlines"])
def test_a_bad_name_is_refused(store, name):
    add(store)
    with pytest.raises(InvalidInput, match="expected"):
        add(store, name)


def test_a_kit_without_measures_is_refused(store):
    with pytest.raises(InvalidInput, match="at least one measure"), store.write() as records:
        records.add_kit(KitLabels("empty"), (), measured=DAY, version="2", apart=0)


def test_a_setting_is_empty_until_it_is_set_and_then_the_last_one(store):
    with store.write() as records:
        assert records.setting(KIT_SETTING) == ""
        records.set_setting(KIT_SETTING, "a")
        records.set_setting(KIT_SETTING, "b")
        records.set_setting("other", "c")
    with store.read() as records:
        assert records.setting(KIT_SETTING) == "b"


def test_a_series_may_have_a_kit_of_its_own(store):
    kit = add(store)
    with store.write() as records:
        patient = records.add_patient("A", "")
        series = records.add_series(patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
        assert records.kit_of_series(series.id) is None
        records.choose_kit_of_series(series.id, kit.id)
        assert records.kit_of_series(series.id) == kit
        records.choose_kit_of_series(series.id, None)
        assert records.kit_of_series(series.id) is None
        with pytest.raises(NotFound):
            records.choose_kit_of_series(series.id, "nothing")


def test_what_a_kit_says_of_itself(store):
    kit = add(store)
    assert kit.scope == "within-visit"
    assert kit.source == "kit Room 1, within-visit, measured 2026-03-01"
    assert replace(kit, apart=10).scope == "between-visit"
    assert kit.age_days(date(2026, 3, 11)) == 10
    assert kit.photo_shares() == {Metric.REDNESS: kit.components[0].photo_share}
    noise = kit.noise_model().look_up(Metric.REDNESS, "cheek_left", calibrated=True)
    assert noise.sem == kit.components[0].levels.sem()
    assert noise.source.endswith(kit.source)
