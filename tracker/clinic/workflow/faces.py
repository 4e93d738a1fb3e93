"""The network for landmarks of a face, as workers get it, and how it enters the identity of an analysis."""

from tracker.clinic.types import BodySite
from tracker.imaging import networks
from tracker.imaging.types import LandmarkNetwork

NO_WEIGHTS = ""
"""In the identity of an analysis in which no network took part."""


def landmark_network() -> LandmarkNetwork | None:
    """The network that places the parts of a face, read once per process; None without the extra ``networks``.

    Without it parts are placed by proportions, and every answer says so.

    Raises
    ------
    NetworkUnavailable
        The extra is installed, and the weights are missing or are not those of the registry.
    """
    return networks.load(networks.FACE_LANDMARKS).network if networks.installed() else None


def landmark_weights(site: str, *, drawn: bool) -> str:
    """The SHA-256 of the weights that may take part in an analysis, or NO_WEIGHTS.

    Parameters
    ----------
    site : str
        Body site of the series.
    drawn : bool
        Whether a person drew the treated area: on a face its irises still give the scale where no card does.
    """
    if (drawn and site != BodySite.FACE) or not networks.installed():
        return NO_WEIGHTS
    return networks.weights_hash(networks.FACE_LANDMARKS)
