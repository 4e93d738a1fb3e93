"""Pigment of a scar against the skin around it, in the same photo."""

from tracker.imaging.measure.cells import SkinCells
from tracker.imaging.measure.pigment import melanin_corrected
from tracker.imaging.measure.scar_redness import against_ring
from tracker.imaging.types import Measurement, Metric

UNIT = "MI"


def measure(scar: SkinCells, ring: SkinCells, region: str) -> tuple[Measurement, Measurement]:
    """MI_c of a scar less MI_c of the ring around it, at baseline and follow-up (unit "MI", negative is paler).

    Parameters
    ----------
    scar, ring : SkinCells
        As photographed: exposure acts on both alike and cancels, and so does the H that MI_c refers to.
    region : str
        Its name.

    Notes
    -----
    Comparable between photos of one scar with the light from the same side: shading by the scar's relief darkens too.

    References
    ----------
    Takiwaki, Miyaoka, Kohno, Arase. Skin Res Technol 2002;8:74-78.
    """
    named = Measurement(Metric.SCAR_PIGMENT, region, 0.0, UNIT)
    return against_ring(scar, ring, lambda linear: melanin_corrected(linear, 0.0), named)
