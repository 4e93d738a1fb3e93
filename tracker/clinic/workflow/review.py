"""Comparing two photos: analysed once, stored, and read back with everything an overlay needs."""

from dataclasses import dataclass

from tracker.clinic.jobs import Progress
from tracker.clinic.types import AnalysisRecord, PhotoRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.imaging.types import Analysis


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A stored analysis.

    Parameters
    ----------
    record : AnalysisRecord
        What is kept: status, reason, changes.
    analysis : Analysis or None
        With alignment and regions, for overlays; None where the analysis failed.
    """

    record: AnalysisRecord
    analysis: Analysis | None


def compare(clinic: Clinic, baseline_photo_id: str, followup_photo_id: str) -> Comparison:
    """The comparison of two photos of one patient; computed on the first call, read from the store afterwards.

    The region is the one drawn last on the baseline photo. The identity is (both SHA-256, region, pipeline version,
    weights hash): the same input gives the same numbers, and calling again is safe.

    Raises
    ------
    NotFound
        No such photo.
    InvalidInput
        Both are the same photo, or of different patients.
    """


def load_analysis(clinic: Clinic, analysis_id: str) -> Comparison:
    """A stored comparison without computing anything; raises NotFound."""


def suggested_pairs(clinic: Clinic, series_id: str) -> list[tuple[PhotoRecord, PhotoRecord]]:
    """(baseline, follow-up) for every photo that has an earlier photo of the same view in the series, by date.

    The baseline of a view is its first photo at the first session that has one before needling.
    """


def measure_series(clinic: Clinic, series_id: str, progress: Progress | None = None) -> list[Comparison]:
    """All suggested pairs of a series, compared over all cores; those already done with this version are read back.

    After a new pipeline version this re-measures the whole history; the old numbers are kept beside the new ones.
    """
