"""The network for outlines, as commands and workers get it."""

from tracker.imaging import networks
from tracker.imaging.types import OutlineNetwork


def outline_network() -> OutlineNetwork | None:
    """The network that outlines scars and lesions, read once per process; None without the extra ``networks``.

    Without it outlines come from the colours alone, and every answer says so.

    Raises
    ------
    NetworkUnavailable
        The extra is installed, and the weights are missing or are not those of the registry.
    """
    return networks.load(networks.OUTLINE).network if networks.installed() else None
