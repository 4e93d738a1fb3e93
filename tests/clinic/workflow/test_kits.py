"""Which kit judges which photos."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from PIL import Image

from tracker.clinic.types import BodySite, Indication, KitLabels, SeriesPlan, View
from tracker.clinic.workflow import intake, kits, photos
from tracker.clinic.workflow.kits import AUTOMATIC, DEFAULTS, choose_kit, in_use, kit_doubts, kit_for
from tracker.errors import NotFound
from tracker.imaging.change import Component, Repeats, two_level
from tracker.imaging.pipeline import PIPELINE_VERSION
from tracker.imaging.types import Metric

TODAY = date(2026, 11, 20)


def stored(clinic, name, camera, measured=TODAY, version=PIPELINE_VERSION):
    values = np.random.default_rng(1).normal(0, 1, (5, 4))
    levels = two_level([[Repeats.of_values(("1", "1", "2", "2"), row)] for row in values])
    one = Component(Metric.REDNESS, "cheek", "calibrated", "H", levels, 20, 0)
    with clinic.store.write() as records:
        return records.add_kit(KitLabels(name, camera=camera), (one,), measured=measured, version=version, apart=0)


@pytest.fixture
def chosen(clinic, series):
    """The name of the kit that judges photos of these cameras."""

    def ask(*cameras, of=series):
        with clinic.store.read() as records:
            kit = kit_for(records, of.id, cameras)
        return None if kit is None else kit.name

    return ask


def test_without_a_kit_the_defaults_judge(chosen):
    assert chosen("ACME X") is None


def test_the_newest_kit_of_the_camera_judges_by_itself(clinic, chosen):
    stored(clinic, "new", "ACME X", date(2026, 5, 1))
    stored(clinic, "old", "ACME X", date(2025, 5, 1))
    stored(clinic, "other", "ACME Y", date(2026, 9, 1))
    stored(clinic, "unnamed", "", date(2026, 9, 2))
    assert chosen("ACME X", "acme x ") == "new"
    assert chosen("ACME Y") == "other"
    assert chosen("ACME X", "ACME Y") is None
    assert chosen("ACME X", "") is None
    assert chosen("") is None
    assert chosen() is None


def test_the_clinics_choice_holds_unless_the_photos_name_another_camera(clinic, chosen):
    old = stored(clinic, "old", "ACME X", date(2025, 5, 1))
    stored(clinic, "new", "ACME X")
    unnamed = stored(clinic, "unnamed", "")
    choose_kit(clinic, old.id)
    assert [chosen("ACME X"), chosen(""), chosen("ACME Y")] == ["old", "old", None]
    choose_kit(clinic, unnamed.id)
    assert [chosen("ACME X"), chosen("")] == ["unnamed", "unnamed"]
    choose_kit(clinic, DEFAULTS)
    assert chosen("ACME X") is None
    choose_kit(clinic, AUTOMATIC)
    assert chosen("ACME X") == "new"
    with pytest.raises(NotFound):
        choose_kit(clinic, "nothing")
    assert kits.clinic_choice(clinic) == AUTOMATIC


def test_the_choice_for_a_series_comes_first_and_stays_with_it(clinic, series, chosen):
    mine = stored(clinic, "mine", "ACME Y")
    stored(clinic, "theirs", "ACME X")
    kits.choose_kit_of_series(clinic, series.id, mine.id)
    other = intake.add_series(clinic, series.patient_id, SeriesPlan(Indication.SCAR, BodySite.ARMS))
    assert chosen("ACME X") == "mine"
    assert chosen("ACME X", of=other) == "theirs"
    kits.choose_kit_of_series(clinic, series.id, None)
    assert chosen("ACME X") == "theirs"


def test_a_kit_of_another_pipeline_is_never_used(clinic, series, chosen):
    kit = stored(clinic, "past", "ACME X", version="0")
    choose_kit(clinic, kit.id)
    kits.choose_kit_of_series(clinic, series.id, kit.id)
    assert chosen("ACME X") is None
    assert any("another version" in doubt for doubt in kit_doubts(kit, TODAY))
    assert in_use([kit], kit.id) == set()


def test_doubts_are_said(clinic):
    kit = stored(clinic, "kit", "ACME X")
    assert len(kit_doubts(kit, TODAY, ["ACME X"])) == 1  # within-visit
    assert kit_doubts(replace(kit, apart=10), date(2027, 11, 20), ["", "acme x"]) == []
    old, other = kit_doubts(replace(kit, apart=10), date(2027, 11, 21), ["ACME Y", "ACME X"])
    assert "366 days ago" in old
    assert "photos of ACME Y" in other


def test_which_kits_are_in_use(clinic):
    first, second = stored(clinic, "a", "ACME X"), stored(clinic, "b", "ACME Y")
    late = stored(clinic, "c", "ACME X", date(2026, 12, 1))
    every = kits.list_kits(clinic)
    assert in_use(every, AUTOMATIC) == {late.id, second.id}
    assert in_use(every, first.id) == {first.id, second.id}
    assert in_use(every, DEFAULTS) == set()
    unnamed = stored(clinic, "d", "")
    assert in_use(kits.list_kits(clinic), unnamed.id) == {unnamed.id}


def test_cameras_that_no_kit_covers_are_named(clinic, sessions, as_jpeg, skin_like):
    stored(clinic, "a", "ACME X")
    assert kits.cameras_without_kit(clinic) == []
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = "ACME", "Y"
    photos.add_photo(clinic, sessions[0].id, as_jpeg(skin_like(1), exif=tags), "a.jpg", View.CLOSE_UP)
    (other,) = kits.cameras_without_kit(clinic)
    assert other == "ACME Y"
    choose_kit(clinic, DEFAULTS)
    assert kits.cameras_without_kit(clinic) == []
    choose_kit(clinic, stored(clinic, "any", "").id)
    assert kits.cameras_without_kit(clinic) == []
    stored(clinic, "b", "acme y")
    choose_kit(clinic, AUTOMATIC)
    assert kits.cameras_without_kit(clinic) == []


def test_a_kit_is_found_by_its_name(clinic):
    with pytest.raises(NotFound, match="no kit at all"):
        kits.find_kit(clinic, "a")
    kit = stored(clinic, "Room A", "")
    assert kits.find_kit(clinic, "room a") == kit
    with pytest.raises(NotFound, match="Room A"):
        kits.find_kit(clinic, "b")
