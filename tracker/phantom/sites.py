"""Body sites as numbers: curvature, pores, hair, vessels, unevenness of tone."""

from dataclasses import dataclass

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
    unevenness : float
        Of colour and coarse relief, against a cheek.
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
    unevenness: float


SITES: dict[str, Site] = {
    "patch": Site("patch", FLAT, 0, 0, 0, 0, 0, 0, 0, 1.0, 0.0, 1.0),
    "cheek": Site("cheek", (125.0, 150.0), 110, 0.25, 6, 2.5, 0.10, 0.5, 0.0, 0.9, 55.0, 1.0),
    "forearm": Site("forearm", (float("inf"), 40.0), 22, 0.5, 3.5, 10.0, 0.65, 0.1, 1.0, 1.0, 75.0, 0.7),
    "abdomen": Site("abdomen", (230.0, 170.0), 15, 0.05, 3, 5.0, 0.35, 0.0, 0.2, 0.9, 10.0, 0.5),
}
"""Names as in the patient's record; ``"patch"`` is flat, hairless skin for tests."""
