import numpy as np
import pytest

from tracker.imaging.colour import haemoglobin_index, individual_typology_angle, linear_to_lab
from tracker.phantom import SITES, Kind, Lesion, SceneSpec, flat_patch, make_scene
from tracker.phantom.optics import skin_colour

SCAR = Lesion(Kind.BOXCAR, (0.0, 0.0), 8.0, 9.0, 0.4, 0, 1.8, 1.0, 2)
SPEC = SceneSpec(SITES["cheek"], 30.0, (40.0, 30.0), 10.0, (SCAR,))


@pytest.fixture(scope="module")
def scene():
    return make_scene(SPEC, 3)


def test_the_same_seed_gives_the_same_skin_and_another_seed_another(scene):
    again, other = make_scene(SPEC, 3), make_scene(SPEC, 4)
    np.testing.assert_array_equal(scene.maps().log_blood, again.maps().log_blood)
    assert np.corrcoef(scene.log_melanin.ravel(), other.log_melanin.ravel())[0, 1] < 0.5


def test_a_second_visit_differs_only_in_what_was_changed(scene):
    later = scene.changed(blood=1.3).with_lesions([SCAR.changed(area=0.8)])
    before, after = scene.maps(), later.maps()
    away = np.s_[:80, :80]
    np.testing.assert_allclose(after.log_blood[away] - before.log_blood[away], np.log(1.3), atol=1e-5)
    np.testing.assert_array_equal(after.log_melanin[away], before.log_melanin[away])
    np.testing.assert_array_equal(after.height[away], before.height[away])
    assert later.masked_area_mm2("boxcar") / scene.masked_area_mm2("boxcar") == pytest.approx(0.8, rel=0.01)


def test_a_kind_that_is_not_there_is_refused(scene):
    with pytest.raises(KeyError, match="no lesion of kind"):
        scene.masked_area_mm2("keloid")


@pytest.mark.parametrize("ita", [50.0, 10.0, -25.0])
def test_the_tone_is_the_one_asked_for(ita):
    plain = make_scene(SceneSpec(SITES["patch"], ita, (30.0, 30.0), 10.0), 1)
    colour = skin_colour(np.exp(plain.log_melanin), np.exp(plain.log_blood)).reshape(-1, 3).mean(0)
    assert float(individual_typology_angle(linear_to_lab(colour))) == pytest.approx(ita, abs=6)


def test_the_truth_cannot_be_written_over(scene):
    with pytest.raises(ValueError, match="read-only"):
        scene.maps().log_blood[0, 0] = 1


@pytest.mark.parametrize("ita", [50.0, 10.0, -26.0])
def test_a_flat_patch_reddens_by_the_published_step(ita):
    # Blood 0.7 -> 2 % is 12.8 to 13.9 H from ITA +49 to -26 (methods.md 1.1).
    normal, inflamed = (flat_patch(ita, blood=blood, seed=3) for blood in (0.007, 0.02))
    step = haemoglobin_index(inflamed.mean((0, 1))) - haemoglobin_index(normal.mean((0, 1)))
    assert 12.3 < step < 14.4


def test_flat_patches_of_one_seed_are_the_same_skin():
    one, tanned = flat_patch(30.0, seed=2), flat_patch(30.0, melanin_factor=1.2, seed=2)
    assert tanned.mean() < one.mean()
    assert np.corrcoef(one[..., 1].ravel(), tanned[..., 1].ravel())[0, 1] > 0.99
