"""The samples, taken in as a clinic would: patients, series, sessions, photos, drawn regions, analyses."""

from pathlib import Path

from tracker.clinic.jobs import Progress
from tracker.clinic.types import Patient
from tracker.clinic.workflow.clinic import Clinic


def load_samples(clinic: Clinic, folder: Path, progress: Progress | None = None) -> list[Patient]:
    """The demo patients of a samples folder, stored and analysed; what is there already is left alone.

    Parameters
    ----------
    clinic : Clinic
        Where to.
    folder : Path
        Holds ``registry.toml``.
    progress : callable, optional
        Called with steps done and steps in all.
    """
