"""Photos of a session: taking them in, looking at them, drawing on them."""

from tracker.clinic.types import Moment, PhotoRecord, RegionRecord, View
from tracker.clinic.workflow.clinic import Clinic
from tracker.imaging.types import Mask, Photo, Points

PREVIEW_WIDTH = 1200  # px; fills a half-screen comparison on a 2560 px display


def add_photo(
    clinic: Clinic, session_id: str, data: bytes, name: str, view: View, moment: Moment = Moment.BEFORE
) -> PhotoRecord:
    """The stored photo with the flags of its quality.

    Returns only when the file and the row are safely on disk. The same file once more in the same session is not stored
    again: the first record comes back with a notice.

    Parameters
    ----------
    clinic : Clinic
        Where.
    session_id : str
        Session it was taken at.
    data : bytes
        The file as it was uploaded; kept unaltered.
    name : str
        Its name on the uploader's machine; used in messages only.
    view : View
        How it shows the site.
    moment : Moment
        Before or after needling; matters on days of treatment only.

    Raises
    ------
    UnreadablePhoto
        Not a photo this program accepts; nothing was stored.
    InvalidInput
        The same file is stored for another patient.
    NotFound
        No such session.
    StoreUnavailable
        Full, busy or unreachable; nothing was stored.
    """


def list_photos(clinic: Clinic, session_id: str) -> list[PhotoRecord]:
    """All photos of a session in the order of their upload; raises NotFound."""


def get_photo(clinic: Clinic, photo_id: str) -> PhotoRecord:
    """One photo's record; raises NotFound."""


def original_bytes(clinic: Clinic, photo_id: str) -> bytes:
    """The file as it was uploaded; raises StoreUnavailable where it is missing or no longer has its SHA-256."""


def load_photo(clinic: Clinic, photo_id: str) -> Photo:
    """The decoded photo, upright, not calibrated; named by its record, not by its file."""


def photo_preview(clinic: Clinic, photo_id: str, width: int = PREVIEW_WIDTH) -> bytes:
    """JPEG of at most that width in px, made of pixels alone: no metadata, no thumbnail, no file name."""


def save_region(clinic: Clinic, photo_id: str, shape: Points | Mask, author: str = "") -> RegionRecord:
    """The region drawn on a photo; from now on it wins over every earlier one and over any proposal.

    Parameters
    ----------
    clinic : Clinic
        Where.
    photo_id : str
        Photo it was drawn on.
    shape : Points or Mask
        Polygon corners (n, 2) in px of the upright photo, or a full-size mask (height, width).
    author : str
        Who drew it.

    Raises
    ------
    InvalidInput
        Empty, of the wrong size, or fewer than three corners.
    """


def current_region(clinic: Clinic, photo_id: str) -> RegionRecord | None:
    """The newest region drawn on a photo, or None."""


def list_regions(clinic: Clinic, photo_id: str) -> list[RegionRecord]:
    """Every region ever drawn on a photo, oldest first."""
