"""Rendered photos of one visit, spoiled one way at a time, for the comparability gate."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tracker import phantom
from tracker.imaging import calibrate, decode, geometry
from tracker.imaging.types import Alignment, Mask, Photo
from tracker.phantom import camera as cameras

BANDS = {"> 41": 52.0, "10..41": 26.0, "-30..10": -8.0, "< -30": -42.0}
SIDE, FRAME_MM = 720, 120.0
CARD = phantom.Placement(phantom.tracker_card(), (0.0, -16.0))
SPACING = 24.0  # px between the nodes of the true displacement: waves of 70 mm and more
CLEAN = phantom.Camera(noise=0.0)
LOCAL_STRENGTH, LOCAL_REACH = 0.4, 0.0625  # of local tone mapping; sigma over the longer side
LAMP = np.array([1.12, 1.0, 0.85], np.float32)
MADE_UP = 0.35  # of the pattern of colour that shows through


@dataclass(frozen=True, eq=False)
class Spoiled:
    """One follow-up photo: what was done to it, and how it lies on the baseline."""

    kind: str
    photo: Photo
    skin: Mask
    alignment: Alignment


EXTRA_EVERY = 3  # of the scenes: spoils beyond the bars


def pairs(band: str, seed: int) -> tuple[Photo, Mask, Iterator[Spoiled]]:
    """The baseline with its skin, and its follow-ups one by one."""
    rng = np.random.default_rng([seed, *band.encode()])
    spec = phantom.SceneSpec(
        site=phantom.SITES["cheek"], ita=BANDS[band] + rng.uniform(-6, 6), frame_mm=(FRAME_MM, FRAME_MM),
        px_per_mm=SIDE / FRAME_MM,
    )  # fmt: skip
    scene = phantom.make_scene(spec, seed)
    baseline = phantom.photograph(scene, visit(rng, 0.0), 10 * seed)
    first = developed(linear(baseline.encoded), settings(rng, 0.0), rng)
    return first, baseline.skin(), followups(scene, baseline, rng, extra=seed % EXTRA_EVERY == 0)


def followups(
    scene: phantom.Scene, baseline: phantom.Shot, rng: np.random.Generator, *, extra: bool
) -> Iterator[Spoiled]:
    """Every spoil of one second visit, and a third visit that nothing spoils."""
    second, third = visit(rng, 1.0), visit(rng, 1.0)
    asked = {
        "unspoiled": second,
        "unspoiled, again": third,
        "side light": relit(second, azimuth_deg=second.light.azimuth_deg + 90, elevation_deg=25.0),
        "wet": relit(second, shine=3 * second.light.shine),
        "nearer (1.3)": nearer(second, 1.3),
        "farther (0.7)": nearer(second, 0.7),
    }
    if extra:
        asked["frontal light"] = relit(second, elevation_deg=88.0)
    plain = None
    for kind, how in asked.items():
        shot = phantom.photograph(scene, how, int(rng.integers(1 << 30)))
        laid, skin = true_alignment(baseline, shot), shot.skin()
        plain = (linear(shot.encoded), skin, laid) if plain is None else plain
        yield Spoiled(kind, developed(linear(shot.encoded), settings(rng, 1.0), rng), skin, laid)
    assert plain is not None
    for kind, photo in by_camera(*plain[:2], rng, extra=extra):
        yield Spoiled(kind, photo, plain[1], plain[2])


def by_camera(light: np.ndarray, skin: Mask, rng: np.random.Generator, *, extra: bool) -> Iterator[tuple[str, Photo]]:
    """What camera, software or lamp colour do to one and the same light."""

    def taken(seen: np.ndarray, quality: int = 92, **more: float) -> Photo:
        return developed(seen, replace(settings(rng, 1.0), **more), rng, quality)

    sigma = rng.uniform(1.0, 2.0) * SIDE / 1000
    yield "tone curve", taken(light, contrast=1.0)
    yield "local tone mapping", taken(evened(light))
    yield "blur 1 to 2 px", taken(light, blur_px=float(np.hypot(0.5, sigma)))
    if not extra:
        return
    yield "motion 7 px", taken(dragged(light, 7 * SIDE / 1000))
    yield "make-up", taken(made_up(light, skin))
    yield "other lamp", taken(light * LAMP)
    yield "other camera", taken(light, mix=other_mix(rng))
    yield "JPEG 30", taken(light, quality=30)


def visit(rng: np.random.Generator, spread: float) -> phantom.Visit:
    """A photo of a standard room, without noise; what differs between two visits of it is scaled by ``spread``."""
    r = lambda sd: float(spread * sd * rng.standard_normal())  # noqa: E731
    return phantom.Visit(
        pose=phantom.Pose(
            rotation_deg=r(2), shift_mm=(r(1.5), r(1.5)), tilt_deg=(r(1.5), r(1.5)), zoom=1 + r(0.02),
            stretch_mm=0.3 * spread, seed=int(rng.integers(1000)),
        ),
        light=phantom.Light(azimuth_deg=225 + r(3), elevation_deg=55 + r(2)),
        camera=CLEAN,
        targets=(CARD,),
    )  # fmt: skip


def settings(rng: np.random.Generator, spread: float) -> phantom.Camera:
    """Exposure within 6 %, white balance within 3 %, focus within a little."""
    r = lambda sd: float(spread * sd * rng.standard_normal())  # noqa: E731
    return phantom.Camera(
        exposure=1 + r(0.06), white_balance=(1 + r(0.03), 1.0, 1 + r(0.03)), blur_px=0.5 + abs(r(0.1))
    )


def relit(asked: phantom.Visit, **light: float) -> phantom.Visit:
    return replace(asked, light=replace(asked.light, **light))


def nearer(asked: phantom.Visit, factor: float) -> phantom.Visit:
    return replace(asked, pose=replace(asked.pose, zoom=asked.pose.zoom * factor))


def other_mix(rng: np.random.Generator) -> tuple[tuple[float, ...], ...]:
    off = rng.uniform(-0.06, 0.06, (3, 3))
    return tuple(map(tuple, (np.eye(3) + off - np.diag(off.sum(1))).tolist()))


def developed(light: np.ndarray, camera: phantom.Camera, rng: np.random.Generator, quality: int = 92) -> Photo:
    """The photo as it comes out of its file, with the calibration of its card."""
    photo = decode.open_photo(phantom.jpeg(cameras.record(light.astype(np.float32), camera, rng), quality))
    return calibrate.apply(photo, calibrate.fit(photo))


def linear(encoded: np.ndarray) -> np.ndarray:
    return Photo("", "", encoded).linear()


def evened(light: np.ndarray) -> np.ndarray:
    """Local tone mapping: 40 % of the contrast with the neighbourhood taken away."""
    around = cv2.GaussianBlur(light.mean(2), (0, 0), LOCAL_REACH * max(light.shape))
    return np.clip(light * (np.maximum(around, 0.01) / 0.2)[..., None] ** -LOCAL_STRENGTH, 0, 1)


def dragged(light: np.ndarray, length: float) -> np.ndarray:
    """Moved to the side by so many pixels during the exposure."""
    kernel = np.zeros((1, int(np.ceil(length)) | 1), np.float32)
    kernel[:] = 1 / kernel.size
    return cv2.filter2D(light, -1, kernel)


def made_up(light: np.ndarray, skin: Mask) -> np.ndarray:
    """A layer of one colour that lets a third of the pattern of colour through; light and shade stay."""
    log = np.log(np.maximum(light, 1e-4))
    bright = log.mean(2, keepdims=True)
    hue = log - bright
    middle = np.median(hue[skin], axis=0)
    return np.exp(bright + np.where(skin[..., None], middle + MADE_UP * (hue - middle), hue))


def true_alignment(baseline: phantom.Shot, followup: phantom.Shot) -> Alignment:
    """Where the skin really went: the gate is judged here, not the registration."""
    nodes, shape = geometry.grid_nodes((SIDE, SIDE), SPACING)
    target = phantom.carry(baseline, followup, nodes)
    seen = np.isfinite(target).all(1)
    matrix, _ = cv2.findHomography(nodes[seen], target[seen], 0)
    rest = np.where(seen[:, None], target - geometry.apply_homography(matrix, nodes), 0.0)
    return Alignment(
        homography=matrix, displacement=rest.reshape(*shape, 2).astype(np.float32), spacing=SPACING,
        support=np.ones(shape, np.float32), residual_px=0.0, baseline_size=(SIDE, SIDE), followup_size=(SIDE, SIDE),
    )  # fmt: skip
