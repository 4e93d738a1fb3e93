"""What a network, or the classical formulas in its place, saw in one photo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracker.clinic.types.vocabulary import AnalysisStatus
from tracker.imaging.types import Outline, Region


class SightingKind(StrEnum):
    """What was looked for."""

    FACE = "face"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was found; a refusal has its reason, and what there is beside it.

    Parameters
    ----------
    points : mapping of str to tuple of float
        Landmarks by name, x and y in px of the upright photo; empty without a face.
    confidence : float
        Of the landmarks, 0 to 1, median over the points; NaN without a face.
    outline : Outline or None
        Soft outline of the scar or lesion.
    prompt : Region or None
        What the outline was looked for in: drawn on this photo, or carried here by the alignment.
    proposer : str
        Who says so, as it is stored with an accepted outline: ``"outline-v1"``, or ``"colours"`` for the classical
        formulas.
    reason, retake : str
        Why nothing was found and what to do; empty where something was.
    """

    points: Mapping[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    confidence: float = float("nan")
    outline: Outline | None = field(default=None, repr=False)
    prompt: Region | None = field(default=None, repr=False)
    proposer: str = ""
    reason: str = ""
    retake: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SightingRecord:
    """What was seen in one photo, stored; computed once for each identity.

    Parameters
    ----------
    id, photo_id : str
        Random ids.
    kind : SightingKind
        What was looked for.
    prompt_digest, version, weights_hash : str
        With photo and kind the identity: the same five give the same answer.
    prompt_id : str
        The drawn region that prompted it, of this photo or of an earlier one; empty where nothing did.
    status : AnalysisStatus
        Done, refused or failed.
    seen : Seen
        The answer; where it failed, only the reason.
    created : datetime
        UTC.
    """

    id: str
    photo_id: str
    kind: SightingKind
    prompt_digest: str
    version: str
    weights_hash: str
    prompt_id: str
    status: AnalysisStatus
    seen: Seen
    created: datetime

    @property
    def proposer(self) -> str:
        """As it is stored with an outline that came from it: ``"outline-v1 <weights>"``, ``"colours <version>"``."""
        return f"{self.seen.proposer} {self.weights_hash or self.version}"
