"""Small skin with known faults: a photo of fine grain, and the same patches of skin in two photos."""

import cv2
import numpy as np
import pytest

from tracker.imaging import colour
from tracker.imaging.quality import SharedLight, View
from tracker.imaging.types import Alignment, Photo

SIZE = 800


@pytest.fixture(scope="session")
def grain():
    rng = np.random.default_rng(0)
    return sum(s * cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)), (0, 0), s) for s in (0.7, 1.4, 2.8, 5.6))


@pytest.fixture
def photo(grain):
    """Makes a photo of skin with an exposure and a blur in pixels."""

    def make(exposure: float = 1.0, blur: float = 0.0, **facts) -> Photo:
        light = 0.35 * exposure * np.exp(0.02 * grain)[..., None] * np.array([1.2, 0.9, 0.7])
        encoded = colour.linear_to_uint8(light)
        return Photo("test.jpg", "0", cv2.GaussianBlur(encoded, (0, 0), blur) if blur else encoded, **facts)

    return make


@pytest.fixture
def view(photo):
    """Makes the view of such a photo, all of it skin."""
    return lambda **how: View.of(photo(**how), np.ones((SIZE, SIZE), bool))


@pytest.fixture
def alignment():
    """Makes an alignment from a plane motion and a displacement on a grid."""

    def make(matrix: np.ndarray | None = None, displacement: np.ndarray | None = None) -> Alignment:
        return Alignment(
            homography=np.eye(3) if matrix is None else matrix,
            displacement=np.zeros((9, 9, 2), np.float32) if displacement is None else displacement,
            spacing=100.0,
            support=np.ones((9, 9), np.float32),
            residual_px=0.1,
            baseline_size=(SIZE, SIZE),
            followup_size=(SIZE, SIZE),
        )

    return make


@pytest.fixture
def skin():
    """(900, 3) linear light of patches of skin with shade, and a pattern of blood and pigment; and where they lie."""
    rng = np.random.default_rng(1)
    yy, xx = np.mgrid[0:30, 0:30] / 29.0
    bumps = sum(cv2.GaussianBlur(rng.standard_normal((30, 30)), (0, 0), 1.0) for _ in range(3))
    blood, pigment = (cv2.GaussianBlur(rng.standard_normal((30, 30)), (0, 0), 1.0) for _ in range(2))
    shade = np.exp(0.3 * (xx - 0.5) + 0.1 * bumps).ravel()[:, None]
    density = 0.1 * blood.ravel()[:, None] * [0.27, 0.75, 0.61] + 0.1 * pigment.ravel()[:, None] * [0.32, 0.5, 0.8]
    light = 0.3 * shade * np.array([1.2, 0.75, 0.55]) * np.exp(-density)
    return np.stack([xx.ravel(), yy.ravel()], 1) * (SIZE - 1), light


@pytest.fixture
def shared(skin):
    """Makes the shared light of a pair whose follow-up shows ``changed`` of the same skin."""

    def make(changed=lambda light: light, **facts) -> SharedLight:
        position, light = skin
        known = {"lamp_h": 0.5, "lamp_yellow": 0.5, "calibrated": False} | facts
        return SharedLight(position, light, np.asarray(changed(light), float), **known)

    return make
