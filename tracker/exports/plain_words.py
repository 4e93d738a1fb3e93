"""A change in words for the person whose skin it is: no figure is needed to read it, nothing is promised.

What lies within the noise is never called a change, and only a measure with a direction of its own is said to have gone
the way that is hoped for.
"""

from dataclasses import dataclass
from datetime import date

from tracker.exports.table import amount, change_unit, least_fall, metric_words, region_words
from tracker.imaging.types import Change, FlagCode, Metric, Verdict
from tracker.wording import mark, t, when

PATIENCE_DAYS = 42
"""Six weeks after the last treatment nothing seen is still what is usual."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a change is to be told.

    Parameters
    ----------
    directed : bool
        Whether lower is better for this measure; where it is not, only the direction is told.
    days_since_treatment : int or None
        From the last treatment to today; None before the first.
    since : date or None
        Day of the earlier photo, where that is not the start.
    hide_numbers : bool
        Words alone.
    settled : bool
        Whether the skin could show the result that day; while it heals no direction is hoped for.
    """

    directed: bool
    days_since_treatment: int | None = None
    since: date | None = None
    hide_numbers: bool = False
    settled: bool = True


@dataclass(frozen=True, slots=True)
class PlainWords:
    """A change told to its patient.

    Parameters
    ----------
    title : str
        ``"Redness, left cheek"``.
    sentence : str
        What may be said.
    aside : str
        Which way is hoped for, or that the skin was still healing; empty where there is no more to say.
    numbers : str
        The same in figures; empty where they are hidden or withheld.
    """

    title: str
    sentence: str
    aside: str
    numbers: str


_FELL: dict[Metric, str] = {
    Metric.REDNESS: mark("Redness is lower than {start} by more than our measurement noise."),
    Metric.REDNESS_A_STAR: mark("Redness (second way of measuring) is lower than {start} by more than our noise."),
    Metric.REDNESS_LOG_RG: mark("Redness (third way of measuring) is lower than {start} by more than our noise."),
    Metric.PIGMENT: mark("There is less pigment than {start}, by more than our measurement noise."),
    Metric.EVENNESS: mark("The colour is more even than {start} by more than our measurement noise."),
    Metric.SPOTS: mark("Dark spots stand out less than {start}, by more than our measurement noise."),
    Metric.SKIN_TONE: mark("The skin is darker than {start} by more than our measurement noise."),
    Metric.ROUGHNESS: mark("The skin is smoother than {start} by more than our measurement noise."),
    Metric.WRINKLES: mark("Wrinkles take up less of the skin than {start}, by more than our measurement noise."),
    Metric.WRINKLE_CONTRAST: mark("Wrinkles stand out less than {start}, by more than our measurement noise."),
    Metric.WRINKLE_SEVERITY: mark("Wrinkles are less marked than {start} by more than our measurement noise."),
    Metric.PORES: mark("Fewer pores can be seen than {start}, by more than our measurement noise."),
    Metric.PORE_DIAMETER: mark("Pores are smaller than {start} by more than our measurement noise."),
    Metric.PORE_AREA: mark("Pores take up less of the skin than {start}, by more than our measurement noise."),
    Metric.SCAR_AREA: mark("The scar is smaller than {start} by more than our measurement noise."),
    Metric.SCAR_COUNT: mark("Fewer scars stand out than {start}, by more than our measurement noise."),
    Metric.SCAR_LENGTH: mark("The marks are shorter than {start} by more than our measurement noise."),
    Metric.SCAR_CONTRAST: mark("The scar stands out less than {start}, by more than our measurement noise."),
    Metric.SCAR_REDNESS: mark("The scar is less red than {start} by more than our measurement noise."),
    Metric.SCAR_PIGMENT: mark("The scar has less pigment than {start}, by more than our measurement noise."),
}
_ROSE: dict[Metric, str] = {
    Metric.REDNESS: mark("Redness is higher than {start} by more than our measurement noise."),
    Metric.REDNESS_A_STAR: mark("Redness (second way of measuring) is higher than {start} by more than our noise."),
    Metric.REDNESS_LOG_RG: mark("Redness (third way of measuring) is higher than {start} by more than our noise."),
    Metric.PIGMENT: mark("There is more pigment than {start}, by more than our measurement noise."),
    Metric.EVENNESS: mark("The colour is less even than {start} by more than our measurement noise."),
    Metric.SPOTS: mark("Dark spots stand out more than {start}, by more than our measurement noise."),
    Metric.SKIN_TONE: mark("The skin is lighter than {start} by more than our measurement noise."),
    Metric.ROUGHNESS: mark("The skin is rougher than {start} by more than our measurement noise."),
    Metric.WRINKLES: mark("Wrinkles take up more of the skin than {start}, by more than our measurement noise."),
    Metric.WRINKLE_CONTRAST: mark("Wrinkles stand out more than {start}, by more than our measurement noise."),
    Metric.WRINKLE_SEVERITY: mark("Wrinkles are more marked than {start} by more than our measurement noise."),
    Metric.PORES: mark("More pores can be seen than {start}, by more than our measurement noise."),
    Metric.PORE_DIAMETER: mark("Pores are larger than {start} by more than our measurement noise."),
    Metric.PORE_AREA: mark("Pores take up more of the skin than {start}, by more than our measurement noise."),
    Metric.SCAR_AREA: mark("The scar is larger than {start} by more than our measurement noise."),
    Metric.SCAR_COUNT: mark("More scars stand out than {start}, by more than our measurement noise."),
    Metric.SCAR_LENGTH: mark("The marks are longer than {start} by more than our measurement noise."),
    Metric.SCAR_CONTRAST: mark("The scar stands out more than {start}, by more than our measurement noise."),
    Metric.SCAR_REDNESS: mark("The scar is redder than {start} by more than our measurement noise."),
    Metric.SCAR_PIGMENT: mark("The scar has more pigment than {start}, by more than our measurement noise."),
}
_BECAUSE: dict[FlagCode, str] = {
    FlagCode.UNCALIBRATED: mark("there was no colour card in the photo"),
    FlagCode.NO_SCALE: mark("nothing in the photo tells its scale"),
    FlagCode.IRIS_SCALE: mark("the scale of the photo is not known well enough"),
    FlagCode.TONE_MAPPED: mark("the camera had changed the colours of the photo"),
    FlagCode.CLIPPED: mark("a part of the photo is too bright"),
    FlagCode.TOO_DARK: mark("the photo is too dark"),
    FlagCode.BLURRED: mark("a photo is not sharp"),
    FlagCode.SHARPNESS_DIFFERS: mark("one photo is sharper than the other"),
    FlagCode.LIGHT_DIFFERS: mark("the light was different"),
    FlagCode.FLAT_LIGHT: mark("the light came straight from the front, which hides the relief of the skin"),
    FlagCode.CAMERA_DIFFERS: mark("the photos were taken with different cameras"),
    FlagCode.COMPRESSED: mark("a photo lost detail when it was saved"),
    FlagCode.MAKE_UP: mark("something like make-up seems to lie on the skin"),
    FlagCode.EXPRESSION: mark("the expression of the face was different"),
    FlagCode.DISTANCE_DIFFERS: mark("the photos were taken from different distances"),
    FlagCode.POSE_DIFFERS: mark("the skin was turned differently towards the camera"),
    FlagCode.SPECULAR: mark("the skin shines in a photo"),
    FlagCode.NOT_ALIGNED: mark("the two photos could not be laid on each other"),
    FlagCode.REGION_NOT_FOUND: mark("this part of the skin was not found in both photos"),
    FlagCode.REGION_TOO_SMALL: mark("too little of this part of the skin can be seen"),
    FlagCode.OUT_OF_FRAME: mark("this part of the skin lies partly outside a photo"),
    FlagCode.NO_REFERENCE: mark("untreated skin to compare with is missing in the photo"),
    FlagCode.CARD_UNREADABLE: mark("the colour card in the photo could not be read"),
    FlagCode.DARK_SKIN_SENSITIVITY: mark("our measure is not sensitive enough here"),
    FlagCode.TILTED: mark("the camera was tilted"),
    FlagCode.HEALING: mark("the skin was still healing"),
    FlagCode.TOO_FEW_REPEATS: mark("we do not know our measurement noise well enough here"),
}
_TITLES: dict[Metric, str] = {
    Metric.REDNESS_A_STAR: mark("Redness (second way of measuring)"),
    Metric.REDNESS_LOG_RG: mark("Redness (third way of measuring)"),
    Metric.SKIN_TONE: mark("Skin tone"),
}
"""Where a clinician's name of a measure holds a formula."""
_UNKNOWN = mark("the photos do not allow it")


def plain_words(change: Change, telling: Telling) -> PlainWords:
    """What a patient is told of one change.

    Parameters
    ----------
    change : Change
        With any of the three verdicts.
    telling : Telling
        How.
    """
    title = f"{_named(change.metric)}, {region_words(change.region)}"
    if change.verdict is Verdict.NOT_ASSESSABLE:
        why = t(_because(change))
        return PlainWords(title, t("We could not measure this from the photos: {why}.", why=why), "", "")
    numbers = "" if telling.hide_numbers else _numbers(change)
    aside = "" if telling.settled else t("The skin was still healing that day: this says nothing about the result.")
    if change.verdict is Verdict.NO_DETECTABLE_CHANGE:
        return PlainWords(title, _unchanged(telling.days_since_treatment), aside, numbers)
    start = t("at the start") if telling.since is None else t("on {day}", day=when(telling.since))
    fell = change.change < 0
    sentence = t((_FELL if fell else _ROSE)[change.metric], start=start)
    if telling.directed and telling.settled:
        aside = t("This is the direction hoped for." if fell else "This is not the direction hoped for.")
    return PlainWords(title, sentence, aside, numbers)


def _named(metric: Metric) -> str:
    return t(_TITLES[metric]) if metric in _TITLES else metric_words(metric)


def _unchanged(days: int | None) -> str:
    if days is not None and 0 <= days <= PATIENCE_DAYS:
        return t("No change that we could have seen yet: results usually show after 4 to 6 weeks.")
    return t("No change that we could have seen.")


def _because(change: Change) -> str:
    """The first reason that withholds this number, in plain words; the sentence of a machine helps no patient."""
    withholding = [flag for flag in change.flags if change.metric in flag.withholds] or list(change.flags)
    return next((_BECAUSE[flag.code] for flag in withholding if flag.code in _BECAUSE), _UNKNOWN)


def _numbers(change: Change) -> str:
    unit = change_unit(change.metric, change.unit)
    if change.verdict is Verdict.CHANGED:
        fell = change.change < 0
        noise = least_fall(change.metric, change.sdc) if fell else change.sdc
        return t(
            "In numbers: lower by {by}; our noise reaches {noise}."
            if fell
            else "In numbers: higher by {by}; our noise reaches {noise}.",
            by=amount(abs(change.change), unit),
            noise=amount(noise, unit),
        )
    return t("In numbers: we would have seen a change of at least {least}.", least=amount(change.sdc, unit))
