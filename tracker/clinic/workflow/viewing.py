"""Which view of the site a new photo shows, as far as the program can tell: a suggestion that a person confirms."""

from tracker.clinic.access import Action
from tracker.clinic.types import BodySite, Kind, View
from tracker.clinic.workflow import standards
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_network
from tracker.clinic.workflow.guard import guarded
from tracker.errors import UnreadablePhoto
from tracker.imaging import decode, regions
from tracker.imaging.regions.views import StandardView, standard_view
from tracker.imaging.types import NoFace

OF_FACE = {
    StandardView.FRONTAL: View.FRONTAL,
    StandardView.LEFT_OBLIQUE: View.LEFT_OBLIQUE,
    StandardView.RIGHT_OBLIQUE: View.RIGHT_OBLIQUE,
}


@guarded(Action.ADD_PHOTO, session_id=Kind.SESSION)
def suggested_view(clinic: Clinic, session_id: str, data: bytes) -> View | None:
    """The view that a photo shows; None where it cannot be told. Nothing of the photo is kept.

    A face tells its view by its landmarks, except from the side; a site with one view has no other.

    Raises
    ------
    NotFound
        No such session.
    """
    with clinic.store.read() as records:
        site = records.series(records.session(session_id).series_id).plan.site
    views = standards.protocol_of(site).views
    if len(views) == 1:
        return views[0]
    network = landmark_network() if site is BodySite.FACE else None
    if network is None:
        return None
    try:
        found = regions.find_landmarks(decode.open_photo(data, name="the photo"), network)
    except UnreadablePhoto:  # said when it is stored
        return None
    if isinstance(found, NoFace):
        return None
    view = standard_view(regions.head_pose(found))
    return None if view is None else OF_FACE[view]
