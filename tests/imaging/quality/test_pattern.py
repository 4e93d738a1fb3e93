"""What changed in the light of the same skin is told apart: nothing, side light, tone curve, gloss, make-up."""

from dataclasses import replace

import numpy as np
import pytest

from tracker.imaging.quality import pattern_of


def s_curve(light):
    encoded = np.clip(light, 0, 1) ** (1 / 2.2)
    return (encoded * encoded * (3 - 2 * encoded)) ** 2.2


def side_light(light):
    return light * np.exp(np.repeat(np.linspace(-0.6, 0.6, 30), 30))[:, None] ** 2


def gloss(light):
    bright = light.mean(1, keepdims=True)
    return light + 0.35 * (bright / bright.max()) ** 4 * bright.mean()


def covered(light):
    bright = np.log(light).mean(1, keepdims=True)
    hue = np.log(light) - bright
    return np.exp(bright + np.median(hue, 0) + 0.3 * (hue - np.median(hue, 0)))


def test_the_same_light_shows_no_change(shared, view):
    found = pattern_of(shared(lambda light: 1.3 * light), view())
    assert found.alike == pytest.approx(1.0)
    assert found.contrast == pytest.approx(1.0)
    assert found.colour_contrast == pytest.approx(1.0)
    assert found.shading < 1e-6
    assert found.tint < 1e-6
    assert not found.mapped
    assert not found.glossy


def test_a_white_balance_changes_nothing_but_the_lamp(shared, view):
    found = pattern_of(shared(lambda light: light * [1.2, 1.0, 0.8]), view())
    assert found.colour_contrast == pytest.approx(1.0)
    assert found.tint < 1e-6


def test_a_tone_curve_stretches_colour_and_keeps_the_pattern(shared, view):
    found = pattern_of(shared(s_curve), view())
    assert found.curved
    assert found.alike > 0.95
    assert not found.glossy


def test_swapping_the_photos_of_a_tone_curve_is_seen_too(shared, skin, view):
    pair = shared(s_curve)
    assert pattern_of(replace(pair, baseline=pair.followup, followup=pair.baseline), view()).curved


def test_side_light_changes_shading_and_not_colour(shared, view):
    found = pattern_of(shared(side_light), view())
    assert found.shading > 0.2
    assert found.colour_contrast == pytest.approx(1.0)
    assert not found.mapped


def test_gloss_makes_bright_spots_paler(shared, view):
    found = pattern_of(shared(gloss), view())
    assert found.paler > 0
    assert found.contrast > 1.1
    assert not found.curved


def test_make_up_covers_colour_and_keeps_shade(shared, view):
    found = pattern_of(shared(covered), view())
    assert found.colour_contrast == pytest.approx(0.3, abs=0.05)
    assert found.contrast == pytest.approx(1.0, abs=0.05)


def test_mixed_light_is_seen_as_tint_and_blood_is_not(shared, skin, view):
    across = (skin[0][:, :1] / 800 - 0.5) * 0.4
    mixed = pattern_of(shared(lambda light: light * np.exp(across * [0.0, 0.0, 1.0])), view())
    blood = pattern_of(shared(lambda light: light * np.exp(-across * [0.266, 0.746, 0.611])), view())
    assert mixed.tint > 5
    assert blood.tint < 0.1 * mixed.tint


def test_too_few_patches_say_nothing(shared, view):
    pair = shared()
    few = replace(pair, position=pair.position[:50], baseline=pair.baseline[:50], followup=pair.followup[:50])
    assert pattern_of(few, view()) is None
