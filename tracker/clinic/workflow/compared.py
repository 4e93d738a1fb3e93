"""What comes out of comparing two photos or two visits; the pictures' part is unpacked when it is first asked for."""

import threading
from dataclasses import dataclass, replace

from tracker.clinic.types import AnalysisRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.imaging.change import BurstChange
from tracker.imaging.types import Analysis


class Packed:
    """Alignment and regions of a stored analysis.

    Unpacking takes 10 ms for each pair, and most pages show the record alone.

    Parameters
    ----------
    clinic : Clinic
        Where it is stored.
    record : AnalysisRecord
        Of which.
    bare : bool
        Without its numbers: for those who may see the pictures only.
    """

    def __init__(self, clinic: Clinic, record: AnalysisRecord, *, bare: bool = False) -> None:
        self._clinic, self._record, self._bare = clinic, record, bare
        self._lock = threading.Lock()
        self._unpacked = False
        self._analysis: Analysis | None = None

    def unpacked(self) -> Analysis | None:
        """The analysis; None where it failed.

        Raises
        ------
        NotFound
            It is no longer in the store.
        """
        with self._lock:
            if not self._unpacked:
                with self._clinic.store.read() as records:
                    found = records.full_analysis(self._record)
                if found is not None and self._bare:
                    found = replace(found, changes=(), flags=())
                self._analysis, self._unpacked = found, True
            return self._analysis


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A stored analysis, or the mean of several.

    Parameters
    ----------
    record : AnalysisRecord
        What is kept: status, reason, changes. Of visits with several photos, that of the first pair that could be
        compared, with the mean changes in place of its own.
    packed : Packed or None
        With alignment and regions, for overlays: see :attr:`analysis`.
    pairs : tuple of Comparison
        Each later photo against the baseline photo that stands for its visit; empty where there is only one pair.
    averaged : tuple of BurstChange
        The mean changes with how many photos they rest on; empty where there is only one pair.
    """

    record: AnalysisRecord
    packed: Packed | None
    pairs: tuple["Comparison", ...] = ()
    averaged: tuple[BurstChange, ...] = ()

    @property
    def analysis(self) -> Analysis | None:
        """With alignment and regions, for overlays; None where the analysis failed."""
        return None if self.packed is None else self.packed.unpacked()
