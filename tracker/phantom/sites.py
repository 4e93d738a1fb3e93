"""Body sites as numbers: curvature, pores, hair, vessels, unevenness of tone."""

from dataclasses import dataclass

Bands = tuple[tuple[float, float], ...]
"""(sigma in mm, standard deviation) of smooth noises that add up."""

FLAT = (float("inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Site:
    """What distinguishes the skin of one place on the body.

    Parameters
    ----------
    name : str
        As in the patient's record.
    radius_mm : tuple of float
        Radii of curvature across and down the photo.
    pores_per_cm2, freckles_per_cm2, hairs_per_cm2 : float
        Mean densities.
    hair_mm : float
        Mean length.
    hair_opacity : float
        0 (vellus, unseen) to 1 (terminal).
    telangiectasia, veins : float
        Strength of fine superficial vessels and of deep bluish veins, 0 to 1.
    relief : float
        Factor on the fine criss-cross relief.
    fold_direction_deg : float
        Of the fold lines in the photo.
    melanin_bands, blood_bands : Bands
        Unevenness of the log volume fractions.
    undulation_bands : Bands
        Coarse relief in mm.
    """

    name: str
    radius_mm: tuple[float, float]
    pores_per_cm2: float
    freckles_per_cm2: float
    hairs_per_cm2: float
    hair_mm: float
    hair_opacity: float
    telangiectasia: float
    veins: float
    relief: float
    fold_direction_deg: float
    melanin_bands: Bands
    blood_bands: Bands
    undulation_bands: Bands


_MELANIN: Bands = ((0.25, 0.030), (0.6, 0.030), (1.3, 0.040), (3.0, 0.06), (9.0, 0.09))
_BLOOD: Bands = ((0.3, 0.06), (0.8, 0.07), (1.8, 0.09), (4.0, 0.12), (12.0, 0.14))
_UNDULATION: Bands = ((0.5, 0.012), (1.2, 0.03), (3.0, 0.08))

SITES: dict[str, Site] = {
    "patch": Site("patch", FLAT, 0, 0, 0, 0, 0, 0, 0, 1.0, 0.0, _MELANIN, _BLOOD, _UNDULATION),
    "cheek": Site("cheek", (95.0, 120.0), 90, 0.25, 6, 2.5, 0.10, 0.5, 0.0, 0.6, 55.0, _MELANIN, _BLOOD, _UNDULATION),
    "forearm": Site(
        "forearm", (float("inf"), 47.0), 22, 0.5, 7, 11.0, 0.75, 0.1, 0.8, 1.0, 75.0, _MELANIN, _BLOOD, _UNDULATION
    ),
    "abdomen": Site(
        "abdomen", (230.0, 170.0), 15, 0.05, 3, 5.0, 0.35, 0.0, 0.2, 0.9, 10.0, _MELANIN, _BLOOD, _UNDULATION
    ),
}
