"""The look of drawn cheeks against the figures of real ones."""

import cv2
import numpy as np
import pytest

from tracker.imaging.colour import (
    HAEMOGLOBIN_WEIGHTS,
    LUMINANCE,
    encoded_to_linear,
    linear_to_encoded,
)
from tracker.phantom import SITES, Light, SceneSpec, Visit, make_scene, photograph
from tracker.phantom.unevenness import unevenness

# Real cheeks: Face Research Lab London Set (CC-BY-4.0), 71 people, neutral, medians per group; the table at the end of
# ../shared/data/README.md. ITA: the median of each group's cheeks measured here on the same photos (n = 6 per group).
# SD of ln Y and SD of H in the bands 0.35-0.7, 0.7-1.4, 1.4-2.8, 2.8-5.6 mm; principal axis of (ln R, ln G, ln B).
REAL = {
    "white": (56, (0.017, 0.016, 0.021, 0.030), (0.37, 0.55, 0.74, 0.91), (0.41, 0.60, 0.68)),
    "east Asian": (46, (0.017, 0.018, 0.026, 0.040), (0.40, 0.62, 0.82, 1.00), (0.40, 0.59, 0.70)),
    "west Asian": (30, (0.019, 0.019, 0.030, 0.035), (0.43, 0.62, 0.85, 0.94), (0.45, 0.58, 0.69)),
    "black": (-32, (0.036, 0.037, 0.043, 0.058), (0.63, 0.85, 1.10, 1.07), (0.45, 0.57, 0.69)),
}
BANDS_MM = ((0.35, 0.7), (0.7, 1.4), (1.4, 2.8), (2.8, 5.6))
LONDON_PX_PER_MM = 3.1  # 1350 px, 63 mm between the pupils


def band(values, low, high, px_per_mm):
    blurred = (cv2.GaussianBlur(values, (0, 0), sigma * px_per_mm) for sigma in (low, high))
    return next(blurred) - next(blurred)


def figures(linear, mask, px_per_mm):
    """SD of ln Y and of H per band, and the principal axis of the log colours between 0.7 and 4 mm."""
    logs = np.log(np.maximum(linear, 1e-4)).astype(np.float32)
    brightness = np.log(np.maximum(linear @ LUMINANCE, 1e-4)).astype(np.float32)
    redness = (100 * logs @ HAEMOGLOBIN_WEIGHTS).astype(np.float32)
    sd = [[band(v, *b, px_per_mm)[mask].std() for b in BANDS_MM] for v in (brightness, redness)]
    middle = np.stack([band(np.ascontiguousarray(logs[..., c]), 0.7, 4.0, px_per_mm)[mask] for c in range(3)])
    axis = np.linalg.eigh(np.cov(middle))[1][:, -1]
    return np.array(sd), axis * np.sign(axis.sum())


def drawn_cheek(ita, seed):
    """A frontal studio photo of a drawn cheek at the scale of the London photos, and two ellipses of cheek size."""
    scene = make_scene(SceneSpec(SITES["cheek"], ita, (100.0, 75.0), 10.0), seed)
    shot = photograph(scene, Visit(light=Light(size_deg=25, ambient=0.4)), seed + 9)
    light = encoded_to_linear(shot.encoded / 255).astype(np.float32)
    scale = LONDON_PX_PER_MM / 10
    small = cv2.resize(light, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    masks = []
    for centre in (30.0, 70.0):
        mask = np.zeros(small.shape[:2], np.uint8)
        axes = 24 * LONDON_PX_PER_MM, 31 * LONDON_PX_PER_MM
        cv2.ellipse(mask, ((centre * LONDON_PX_PER_MM, 37.5 * LONDON_PX_PER_MM), axes, 0.0), 1, -1)
        masks.append(mask.astype(bool))
    return encoded_to_linear(np.rint(linear_to_encoded(small) * 255) / 255), masks


@pytest.mark.slow
@pytest.mark.parametrize("group", REAL)
def test_contrast_and_colour_axis_agree_with_real_cheeks_within_a_quarter(group):
    ita, brightness, redness, axis = REAL[group]
    found = []
    for seed in range(5):
        linear, masks = drawn_cheek(ita, 300 + seed)
        found += [figures(linear, mask, LONDON_PX_PER_MM) for mask in masks]
    sd = np.median([f[0] for f in found], axis=0)
    np.testing.assert_allclose(sd[0], brightness, rtol=0.25, err_msg="SD of ln Y")
    np.testing.assert_allclose(sd[1], redness, rtol=0.25, err_msg="SD of H")
    np.testing.assert_allclose(np.median([f[1] for f in found], axis=0), axis, rtol=0.25, err_msg="principal axis")


def test_amplitudes_are_interpolated_between_the_tones_and_scaled():
    light, dark, between = (unevenness(ita) for ita in (70, -60, 0))
    assert light == unevenness(56)
    assert dark == unevenness(-32)
    finest = [u.log_melanin[2][1] for u in (light, between, dark)]
    assert min(finest) <= finest[1] <= max(finest)
    assert unevenness(40, 0.5).log_blood[0][1] == pytest.approx(0.5 * unevenness(40).log_blood[0][1])
