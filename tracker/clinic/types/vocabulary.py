"""The clinic's words.

Enum values carry the clinical wording shown to people; enum names are what is stored, so wording may be improved
without touching a single record.
"""

from enum import StrEnum

from tracker.imaging.types import Metric

COLOUR_METRICS = frozenset(
    {
        Metric.REDNESS,
        Metric.REDNESS_A_STAR,
        Metric.REDNESS_LOG_RG,
        Metric.PIGMENT,
        Metric.EVENNESS,
        Metric.SPOTS,
        Metric.SKIN_TONE,
        Metric.SCAR_REDNESS,
        Metric.SCAR_PIGMENT,
    }
)
"""Settled from day 8 after needling: photos of days 0 to 7 show the healing; relief and area only from day 28."""
UNDIRECTED_METRICS = frozenset({Metric.SKIN_TONE, Metric.SCAR_REDNESS, Metric.SCAR_PIGMENT})
"""No direction is better by itself: a white scar must gain pigment, a brown one lose it. All others should fall."""


class Indication(StrEnum):
    """What is treated."""

    ACNE_SCARS = "acne scars"
    SCAR = "surgical or traumatic scar"
    STRETCH_MARKS = "stretch marks"
    FINE_LINES = "fine lines and wrinkles"
    PORES_AND_TEXTURE = "pores and texture"
    PIGMENT = "pigment and age spots"
    REDNESS = "redness"

    @property
    def planned_sessions(self) -> int:
        """Usual length of a series: 6 for scars and stretch marks, 3 otherwise."""
        return 6 if self in (Indication.ACNE_SCARS, Indication.SCAR, Indication.STRETCH_MARKS) else 3

    @property
    def primary_metric(self) -> Metric:
        """The one measure declared before the first session.

        Ten measures in three regions at 5 % would give a false alarm in 78 % of patients without any change.
        """
        return _PRIMARY[self]


_PRIMARY = {
    Indication.ACNE_SCARS: Metric.ROUGHNESS,
    Indication.SCAR: Metric.SCAR_AREA,
    Indication.STRETCH_MARKS: Metric.EVENNESS,
    Indication.FINE_LINES: Metric.WRINKLES,
    Indication.PORES_AND_TEXTURE: Metric.ROUGHNESS,
    Indication.PIGMENT: Metric.PIGMENT,
    Indication.REDNESS: Metric.REDNESS,
}


class BodySite(StrEnum):
    """Where on the body; the value is the ``site`` given to the measuring engine."""

    FACE = "face"
    NECK = "neck"
    DECOLLETE = "décolleté"
    HANDS = "hands"
    ABDOMEN = "abdomen"
    THIGHS = "thighs"
    ARMS = "arms"
    FOREARM = "forearm"
    BACK = "back"
    OTHER = "other"


class Fitzpatrick(StrEnum):
    """Skin type by its reaction to sun (doi:10.1001/archderm.1988.01670060015008)."""

    I = "I: always burns, never tans"  # noqa: E741
    II = "II: burns easily, tans little"
    III = "III: burns sometimes, tans slowly"
    IV = "IV: burns little, tans well"
    V = "V: rarely burns, brown skin"
    VI = "VI: never burns, dark brown skin"


class Sector(StrEnum):
    """Under which rules a needling was done."""

    COSMETIC = "cosmetic"
    MEDICAL = "medical"


class Booster(StrEnum):
    """What was worked in with the needles."""

    NONE = "nothing"
    SERUM = "serum"
    PRP = "platelet-rich plasma (PRP)"


class Purpose(StrEnum):
    """What a patient may consent to, each by itself."""

    TREATMENT = "photos and measurements for my treatment record"
    OWN_COPY = "copies of comparison pictures for myself"
    TEACHING = "teaching of professionals"
    MARKETING = "advertising of the clinic, website included"
    RESEARCH = "research"

    @property
    def exported(self) -> bool:
        """Whether pictures leave the clinic for it."""
        return self is not Purpose.TREATMENT


class Gais(StrEnum):
    """Global Aesthetic Improvement Scale, five grades."""

    VERY_MUCH_IMPROVED = "very much improved"
    MUCH_IMPROVED = "much improved"
    IMPROVED = "improved"
    NO_CHANGE = "no change"
    WORSE = "worse"


class GoodmanBaron(StrEnum):
    """Global grade of acne scars (Goodman and Baron 2006, doi:10.1111/j.1524-4725.2006.32354.x)."""

    MACULAR = "1: macular (flat marks of colour)"
    MILD = "2: mild (not obvious from 50 cm)"
    MODERATE = "3: moderate (obvious from 50 cm, flattens when stretched)"
    SEVERE = "4: severe (obvious from 50 cm, does not flatten)"


class BookingState(StrEnum):
    """How an appointment stands."""

    BOOKED = "booked"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


class SessionKind(StrEnum):
    """Why the patient came."""

    BASELINE = "baseline"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"


class View(StrEnum):
    """How the photo shows the site; only photos of the same view are compared."""

    FRONTAL = "frontal"
    LEFT_OBLIQUE = "left oblique (45°)"
    RIGHT_OBLIQUE = "right oblique (45°)"
    LEFT_LATERAL = "left lateral (90°)"
    RIGHT_LATERAL = "right lateral (90°)"
    CLOSE_UP = "close-up"
    CLOSE_UP_LEFT = "close-up, left"
    CLOSE_UP_RIGHT = "close-up, right"


class Moment(StrEnum):
    """When, on a day of treatment, the photo was taken; on other days it makes no difference."""

    BEFORE = "before needling"
    AFTER = "after needling"


class RegionRole(StrEnum):
    """What a drawn region stands for."""

    TREATED = "treated area"
    REFERENCE = "untreated reference"


class RegionOrigin(StrEnum):
    """How an outline that counts came to be; either way a person answers for it."""

    DRAWN = "drawn"
    ACCEPTED = "proposed by the program, accepted"
    CORRECTED = "proposed by the program, corrected"


class HealingStage(StrEnum):
    """How healing after needling is named to people; each stage is one or more of the phases that judge photos."""

    ACUTE = "acute"
    EARLY = "early"
    FLAKING = "flaking"
    SETTLED = "settled"


class HealingPhase(StrEnum):
    """What the skin can tell, by whole days since the last needling."""

    NOT_NEEDLED = "before the first needling"
    ACUTE = "acute (day 0 to 1)"
    EARLY = "early healing (day 2 to 4)"
    FLAKING = "flaking (day 5 to 7)"
    COLOUR_ASSESSABLE = "colour can be assessed (day 8 to 27)"
    OUTCOME_ASSESSABLE = "outcome can be assessed (from day 28)"

    @classmethod
    def after(cls, days: int | None) -> "HealingPhase":
        """The phase that many days after the last needling; None means none yet."""
        if days is None:
            return cls.NOT_NEEDLED
        if days < 0:
            raise ValueError(f"days since needling must be at least 0, got {days}")
        for last, phase in ((1, cls.ACUTE), (4, cls.EARLY), (7, cls.FLAKING), (27, cls.COLOUR_ASSESSABLE)):
            if days <= last:
                return phase
        return cls.OUTCOME_ASSESSABLE

    @property
    def stage(self) -> HealingStage | None:
        """The stage that people know it by; None before the first needling."""
        return None if self is HealingPhase.NOT_NEEDLED else HealingStage.__members__.get(self.name, _LAST_STAGE)

    def shows(self, metric: Metric) -> bool:
        """Whether a measure taken in this phase belongs in a trend."""
        if self is HealingPhase.COLOUR_ASSESSABLE:
            return metric in COLOUR_METRICS
        return self in (HealingPhase.NOT_NEEDLED, HealingPhase.OUTCOME_ASSESSABLE)


_LAST_STAGE = HealingStage.SETTLED  # from day 8 on, whichever measures count by then


class FinalOutcome(StrEnum):
    """What a whole series achieved, judged once the skin has had time: 90 and 180 days after its last needling."""

    AT_90_DAYS = "final outcome (90 days)"
    AT_180_DAYS = "final outcome (180 days)"

    @property
    def days(self) -> int:
        """Days after the last needling at which it is meant to be seen."""
        return 90 if self is FinalOutcome.AT_90_DAYS else 180

    @classmethod
    def at(cls, days: int | None, treatments: int, planned: int) -> "FinalOutcome | None":
        """The final outcome that a photo shows, or None.

        Parameters
        ----------
        days : int or None
            Since the last needling; None before the first.
        treatments, planned : int
            Done before the photo, and planned: an unfinished series has no final outcome.
        """
        if days is None or treatments < planned:
            return None
        return next((one for one in cls if abs(days - one.days) <= OUTCOME_WINDOW_DAYS), None)


OUTCOME_WINDOW_DAYS = 21
"""Either side of 90 and 180 days. Patients come within three weeks of a date; both windows stay apart by 48 days, and
the earlier one opens on day 69, long after day 28, from which relief and scars are settled."""


class AnalysisStatus(StrEnum):
    """How an analysis ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
