"""Skin of one person at one site: maps of melanin, blood, height, hair and veins, with lesions kept as values.

A later visit is the same scene with chosen changes: ``scene.changed(blood=1.3)`` or ``scene.with_lesions(...)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.types import LinearRGB, frozen
from tracker.phantom import relief, vessels
from tracker.phantom.lesions import Lesion, paint
from tracker.phantom.noise import Map, Shape, band_noise, smooth_noise
from tracker.phantom.optics import NORMAL_BLOOD, melanin_for_ita, skin_log_colour
from tracker.phantom.sites import SITES, Site
from tracker.phantom.unevenness import unevenness


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """What skin to draw.

    Parameters
    ----------
    site : Site
        ``SITES["cheek"]``, ``["forearm"]``, ``["abdomen"]`` or ``["patch"]`` (flat, hairless).
    ita : float
        Individual typology angle of the plain skin, +62 to -55 degrees.
    frame_mm : tuple of float
        Width and height that the photo covers at zoom 1.
    px_per_mm : float
        Scale of the canvas and, at zoom 1, of the photo.
    lesions : tuple of Lesion
        What a treatment may change.
    blood : float
        Blood volume fraction of the plain skin.
    """

    site: Site = SITES["cheek"]
    ita: float = 45.0
    frame_mm: tuple[float, float] = (160.0, 120.0)
    px_per_mm: float = 10.0
    lesions: tuple[Lesion, ...] = ()
    blood: float = NORMAL_BLOOD


@dataclass(frozen=True, slots=True, eq=False)
class SkinMaps:
    """The truth on the skin canvas, everything a camera could see; all float32 of one shape, read-only.

    Canvas pixel (x, y) shows the skin at ``((x - width / 2), (y - height / 2)) / px_per_mm`` millimetres.

    Parameters
    ----------
    log_melanin, log_blood : Map
        Natural logarithms of the volume fractions.
    height : Map
        mm, up is positive, body curvature not included.
    gloss : Map
        Factor on the surface reflection.
    masks : dict
        Soft masks (0 to 1) by lesion kind.
    """

    log_melanin: Map = field(repr=False)
    log_blood: Map = field(repr=False)
    height: Map = field(repr=False)
    gloss: Map = field(repr=False)
    masks: dict[str, Map] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One person's skin; see :func:`make_scene`.

    Parameters
    ----------
    spec : SceneSpec
        Its ``lesions`` are the current ones.
    log_melanin, log_blood, relief_mm, swell_mm, log_gloss, pores, mottle, veins : Map
        Plain skin without lesions; lesions flatten the fine relief, never the swellings under it.
    pore_centres_mm : ndarray of float32, shape (n, 2)
        On the skin, origin in the middle.
    pore_diameters_mm : ndarray of float32, shape (n,)
        0.1 to 0.5.
    hairs : tuple of Hair
        In canvas pixels.
    blood_factor, melanin_factor, relief_factor : float
        Of the whole skin against its first visit.
    """

    spec: SceneSpec
    log_melanin: Map = field(repr=False)
    log_blood: Map = field(repr=False)
    relief_mm: Map = field(repr=False)
    swell_mm: Map = field(repr=False)
    log_gloss: Map = field(repr=False)
    pores: Map = field(repr=False)
    pore_centres_mm: NDArray[np.float32] = field(repr=False)
    pore_diameters_mm: NDArray[np.float32] = field(repr=False)
    mottle: Map = field(repr=False)
    veins: Map = field(repr=False)
    hairs: tuple[vessels.Hair, ...] = field(repr=False)
    blood_factor: float = 1.0
    melanin_factor: float = 1.0
    relief_factor: float = 1.0

    def with_lesions(self, lesions: Sequence[Lesion]) -> Self:
        """The same skin with other lesions (usually the old ones, each ``changed``)."""
        return replace(self, spec=replace(self.spec, lesions=tuple(lesions)))

    def changed(self, *, blood: float = 1.0, melanin: float = 1.0, relief: float = 1.0) -> Self:
        """The same skin with blood, melanin or fine relief multiplied everywhere (flush, tan, peeling)."""
        return replace(
            self,
            blood_factor=self.blood_factor * blood,
            melanin_factor=self.melanin_factor * melanin,
            relief_factor=self.relief_factor * relief,
        )

    def maps(self) -> SkinMaps:
        """Plain skin and lesions together: the truth that a photo shows."""
        painted = paint(self.spec.lesions, self.log_melanin.shape, self.spec.px_per_mm, self.mottle)
        keep = 1 - painted.smoothing
        pores = self.pores * keep
        # A pore is a shaded, slightly pigmented mouth: darker by its own pigment and deeper by 0.07 mm.
        log_melanin = self.log_melanin + painted.log_melanin + np.float32(np.log(self.melanin_factor)) + 0.70 * pores
        log_blood = self.log_blood + painted.log_blood + np.float32(np.log(self.blood_factor)) + 0.25 * pores
        fine = np.float32(self.relief_factor) * self.relief_mm
        height = painted.height + self.swell_mm + keep * fine - np.float32(0.07) * pores
        masks = {name: frozen(mask) for name, mask in painted.masks.items()}
        gloss = np.exp(self.log_gloss * keep + np.float32(0.35) * painted.smoothing)
        return SkinMaps(frozen(log_melanin), frozen(log_blood), frozen(height), frozen(gloss), masks)

    def masked_area_mm2(self, kind: str) -> float:
        """True area of one kind of lesion on the skin, counted from its soft mask."""
        masks = self.maps().masks
        if kind not in masks:
            raise KeyError(f"no lesion of kind {kind!r}; this scene has {sorted(masks)}")
        return float(masks[kind].sum(dtype=np.float64)) / self.spec.px_per_mm**2


def make_scene(spec: SceneSpec, seed: int) -> Scene:
    """Skin drawn at random from a specification; the same seed gives the same skin.

    Parameters
    ----------
    spec : SceneSpec
        Site, tone, size, lesions.
    seed : int
        Of this person.

    Returns
    -------
    Scene
        Its canvas is larger than the frame by the margin that a moved camera may uncover.
    """
    site, k = spec.site, spec.px_per_mm
    shape, uneven = _canvas_shape(spec), unevenness(spec.ita, site.unevenness)
    chance = [np.random.default_rng([seed, part]) for part in range(8)]
    melanin = np.float32(np.log(melanin_for_ita(spec.ita, spec.blood))) + band_noise(
        shape, k, uneven.log_melanin, chance[0]
    )
    melanin += vessels.freckles(shape, k, site.freckles_per_cm2, chance[1])
    blood = np.float32(np.log(spec.blood)) + band_noise(shape, k, uneven.log_blood, chance[2])
    blood += np.float32(site.telangiectasia) * vessels.capillaries(shape, k, chance[3])
    fine = np.float32(site.relief) * relief.micro_relief(shape, k, site.fold_direction_deg, chance[4])
    pores, centres, diameters = relief.pore_field(shape, k, site.pores_per_cm2, chance[5])
    middle = np.array(shape[::-1], np.float32) / 2
    return Scene(
        spec,
        log_melanin=frozen(melanin),
        log_blood=frozen(blood),
        relief_mm=frozen(fine),
        swell_mm=frozen(band_noise(shape, k, uneven.height_mm, chance[4])),
        log_gloss=frozen(band_noise(shape, k, uneven.log_gloss, chance[6])),
        pores=frozen(pores),
        pore_centres_mm=frozen(np.asarray((centres - middle) / np.float32(k), np.float32)),
        pore_diameters_mm=frozen(diameters),
        mottle=frozen(smooth_noise(shape, 0.5 * k, chance[6])),
        veins=frozen(np.asarray(np.float32(site.veins) * vessels.deep_veins(shape, k, chance[6]), np.float32)),
        hairs=vessels.hairs(shape, k, site, chance[7]),
    )


def flat_patch(
    ita: float, *, blood: float = NORMAL_BLOOD, melanin_factor: float = 1.0, side_px: int = 64, seed: int = 0
) -> LinearRGB:
    """A small square of plain skin as reflectance, without relief, pose or camera: quick, for tests of statistics.

    Parameters
    ----------
    ita : float
        Tone before ``melanin_factor``, degrees.
    blood : float
        Blood volume fraction.
    melanin_factor : float
        On the melanosome fraction (1.2 = a tan).
    side_px : int
        At 10 px per mm.
    seed : int
        Of the unevenness; the same seed gives the same skin with other blood or melanin.

    Returns
    -------
    LinearRGB
        (side_px, side_px, 3), linear sRGB under even white light; :func:`tracker.phantom.camera.record` makes an
        8-bit photo of it.
    """
    rng, uneven, shape = np.random.default_rng([seed, 51]), unevenness(ita), (side_px, side_px)
    log_melanin = np.float32(np.log(melanin_for_ita(ita) * melanin_factor))
    maps = []
    for middle, bands in ((log_melanin, uneven.log_melanin), (np.float32(np.log(blood)), uneven.log_blood)):
        noise = band_noise(shape, 10.0, bands, rng)
        maps.append(middle + noise - noise.mean())
    return np.asarray(np.exp(skin_log_colour(*maps)), np.float32)


MARGIN = 1.18
"""Canvas over frame: room for a shift of 5 %, a turn of 10 degrees and a zoom of 0.95."""


def _canvas_shape(spec: SceneSpec) -> Shape:
    width, height = (2 * int(np.ceil(side * MARGIN * spec.px_per_mm / 2)) for side in spec.frame_mm)
    return height, width
