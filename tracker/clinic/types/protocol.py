"""How a site is photographed, and what is said about a photo right after it was taken."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.clinic.types.vocabulary import View
from tracker.imaging.quality.coaching import Hint
from tracker.imaging.types import Flag


@dataclass(frozen=True, slots=True)
class PhotoProtocol:
    """The photo standard of a body site; the texts are keys of the catalogue, one sentence each.

    Parameters
    ----------
    views : tuple of View
        To be taken at every session, in this order.
    pose : str
        How the patient holds still.
    distance : str
        Between camera and skin.
    light : str
        Lamps, and what to switch off.
    camera : str
        Lens and modes.
    background : str
        What lies behind.
    remove : tuple of str
        What has to be taken off before.
    card : bool
        Whether the calibration card belongs into the frame.
    """

    views: tuple[View, ...]
    pose: str
    distance: str
    light: str
    camera: str
    background: str
    remove: tuple[str, ...]
    card: bool = True


class CardSeen(StrEnum):
    """What became of the calibration card in a photo."""

    READ = "read"
    DOUBTFUL = "doubtful"
    MISSING = "missing"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """Whether a photo can be compared with the last one of its view, and if not, what to do.

    Parameters
    ----------
    accept : bool
        False where it should be taken again.
    flags : tuple of Flag
        Doubts about the photo alone.
    hints : tuple of Hint
        How it differs from the last photo of its view by more than twice what capture asks for.
    card : CardSeen
        The calibration card.
    compared : bool
        Whether there was an earlier photo of the view to compare with.
    """

    accept: bool
    flags: tuple[Flag, ...]
    hints: tuple[Hint, ...]
    card: CardSeen
    compared: bool
