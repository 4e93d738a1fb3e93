"""A kit: the room, camera, lamp and card whose repeat noise was measured."""

from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.imaging.change import TEST_RETEST_PAIRS, Component, NoiseModel, kit_noise
from tracker.imaging.types import Metric

OLD_DAYS = 365
"""Lamps age and rooms are repainted: after a year a kit is measured again."""


@dataclass(frozen=True, slots=True)
class KitLabels:
    """What a person says about a set-up; only the name is needed.

    Parameters
    ----------
    name : str
        Unique in the clinic.
    room, camera, lamp, card : str
        ``camera`` as the photos name it (EXIF make and model): by it a kit is found for other photos.
    """

    name: str
    room: str = ""
    camera: str = ""
    lamp: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """The repeat noise of one set-up, measured on unchanged skin.

    Parameters
    ----------
    id : str
        Random.
    labels : KitLabels
        Name, room, camera, lamp, card.
    measured : date
        Day of the last photo.
    version : str
        Of the pipeline that measured it; verdicts of another version do not use it.
    components : tuple of Component
        One per measure, kind of region and colour.
    apart : int
        Pairs of seatings at least 24 hours apart.
    digest : str
        SHA-256 of the numbers and the version; part of the identity of an analysis.
    created : datetime
        UTC.
    """

    id: str
    labels: KitLabels
    measured: date
    version: str
    components: tuple[Component, ...] = field(repr=False)
    apart: int
    digest: str
    created: datetime

    @property
    def name(self) -> str:
        """Unique in the clinic."""
        return self.labels.name

    @property
    def camera(self) -> str:
        """Make and model as the photos name it; empty where they do not."""
        return self.labels.camera

    @property
    def scope(self) -> str:
        """``"within-visit"`` or ``"between-visit"``, see :func:`scope`."""
        return scope(self.apart)

    @property
    def source(self) -> str:
        """Which kit, in the words that stand beside every number judged by it."""
        return f"kit {self.name}, {self.scope}, measured {self.measured.isoformat()}"

    def noise_model(self, photos: int = 1) -> NoiseModel:
        """The noise of the mean of so many photos per view; the defaults, and saying so, where the kit has none."""
        return kit_noise(self.components, self.source, photos)

    def photo_shares(self) -> dict[Metric, float]:
        """Share of the variance that averaging photos lowers, per measure: the smallest of its regions."""
        shares: dict[Metric, float] = {}
        for one in self.components:
            shares[one.metric] = min(shares.get(one.metric, 1.0), one.photo_share)
        return shares

    def age_days(self, today: date) -> int:
        """Days since it was measured."""
        return (today - self.measured).days


def scope(apart: int) -> str:
    """``"within-visit"`` until ten pairs of seatings lie at least a day apart, then ``"between-visit"``."""
    return "between-visit" if apart >= TEST_RETEST_PAIRS else "within-visit"


def scope_sentence(apart: int) -> str:
    """What the noise of a kit does not contain yet, in one sentence."""
    if apart >= TEST_RETEST_PAIRS:
        return f"{apart} pairs of seatings are a day or more apart: what varies from day to day is in it."
    return (
        f"Within-visit only: {apart} of {TEST_RETEST_PAIRS} pairs of seatings are a day or more apart, so what varies "
        "from day to day is not in it."
    )
