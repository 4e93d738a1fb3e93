"""Verdicts in plain words and in a table, the same words on every page, report and picture."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from tracker.exports.places import region_name
from tracker.exports.units import unit_words
from tracker.imaging.change import LOG_METRICS
from tracker.imaging.change.multiplicity import LEVEL, percent
from tracker.imaging.types import Change, FlagCode, Metric, Verdict
from tracker.wording import capital, decimal, lowered, mark, t

METRIC_WORDS: dict[Metric, str] = {
    Metric.REDNESS: mark("Redness"),
    Metric.REDNESS_A_STAR: mark("Redness (a*)"),
    Metric.REDNESS_LOG_RG: mark("Redness (log R/G)"),
    Metric.PIGMENT: mark("Pigment"),
    Metric.EVENNESS: mark("Unevenness of colour"),
    Metric.SPOTS: mark("Dark spots"),
    Metric.SKIN_TONE: mark("Skin tone (ITA)"),
    Metric.ROUGHNESS: mark("Roughness"),
    Metric.WRINKLES: mark("Wrinkles"),
    Metric.WRINKLE_CONTRAST: mark("Wrinkle contrast"),
    Metric.WRINKLE_SEVERITY: mark("Wrinkle severity"),
    Metric.PORES: mark("Pores"),
    Metric.PORE_DIAMETER: mark("Pore diameter"),
    Metric.PORE_AREA: mark("Pore area"),
    Metric.SCAR_AREA: mark("Scar area"),
    Metric.SCAR_COUNT: mark("Scars that stand out"),
    Metric.SCAR_LENGTH: mark("Length of the marks"),
    Metric.SCAR_CONTRAST: mark("Contrast of the scar"),
    Metric.SCAR_REDNESS: mark("Redness of the scar"),
    Metric.SCAR_PIGMENT: mark("Pigment of the scar"),
}
CROSS_CHECKS = (Metric.REDNESS_A_STAR, Metric.REDNESS_LOG_RG)
"""Other formulas for redness: in the table for who wants to compare, not among the verdicts."""
PRIMARY: tuple[Metric, ...] = (
    Metric.SCAR_AREA,
    Metric.SCAR_COUNT,
    Metric.SCAR_LENGTH,
    Metric.SCAR_CONTRAST,
    Metric.SCAR_REDNESS,
    Metric.SCAR_PIGMENT,
    Metric.REDNESS,
    Metric.ROUGHNESS,
    Metric.WRINKLES,
    Metric.WRINKLE_SEVERITY,
    Metric.WRINKLE_CONTRAST,
    Metric.PORES,
    Metric.PORE_AREA,
    Metric.PORE_DIAMETER,
    Metric.PIGMENT,
    Metric.EVENNESS,
    Metric.SPOTS,
    Metric.SKIN_TONE,
    Metric.REDNESS_A_STAR,
    Metric.REDNESS_LOG_RG,
)
"""The order in which measures are read: what patients come for first, cross-checks last."""
COLUMNS = (
    mark("Measure"),
    mark("Region"),
    mark("Verdict"),
    mark("Change"),
    mark("95 % interval"),
    mark("Could be seen from"),
    mark("Before"),
    mark("After"),
    mark("Remarks"),
)
HARD_SPACE = "\u00a0"
"""Between a figure and its unit: a line must not break there."""
VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.CHANGED: mark("Changed"),
    Verdict.NO_DETECTABLE_CHANGE: mark("No detectable change"),
    Verdict.NOT_ASSESSABLE: mark("Not assessable"),
}


def metric_words(metric: Metric | str) -> str:
    """The measure's name as a clinician reads it."""
    return t(METRIC_WORDS[Metric(metric)])


def region_words(region: str) -> str:
    """``"cheek_left"`` as ``"left cheek"``; sides are the patient's."""
    return region_name(region)


def amount(value: float, unit: str) -> str:
    """A figure with its unit, rounded to what the noise of these measures can carry; a dash where undefined.

    Two decimals below 1, one below 100, none above.
    """
    if math.isnan(value):
        return "–"
    decimals = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    text = decimal(f"{value:.{decimals}f}").replace("-", "−")
    return text if not unit else f"{text}{HARD_SPACE}{unit_words(unit)}"


def sentence(change: Change) -> str:
    """One plain sentence that says what may be said of a change, with its interval and what could have been seen.

    Parameters
    ----------
    change : Change
        With any of the three verdicts.

    Returns
    -------
    str
        Never a number where the verdict is "not assessable"; then the reason and how to retake.
    """
    what = f"{metric_words(change.metric)} ({region_words(change.region)})"
    unit = change_unit(change.metric, change.unit)
    if change.verdict is Verdict.NOT_ASSESSABLE:
        return t("{what}: not assessable. {why}", what=what, why=reasons(change)).strip()
    low, high = sorted(change.interval)
    cover = decimal(f"{percent(change.level)}{HARD_SPACE}%")
    if change.verdict is Verdict.CHANGED:
        fell = change.change < 0
        least = least_fall(change.metric, change.sdc) if fell else change.sdc
        # Both ends have the sign of the change, and the verb already says it.
        low, high = sorted((abs(low), abs(high)))
        return t(
            "{what} fell by {by} ({cover} interval {low} to {high}); a fall below {least} could have been missed."
            if fell
            else "{what} rose by {by} ({cover} interval {low} to {high}); a rise below {least} could have been missed.",
            what=what,
            by=amount(abs(change.change), unit),
            cover=cover,
            low=amount(low, ""),
            high=amount(high, unit),
            least=amount(least, unit),
        )
    return t(
        "{what}: no detectable change. Only a change of at least {least} could have been seen (found {found}, {cover} "
        "interval {low} to {high}).",
        what=what,
        least=amount(change.sdc, unit),
        found=amount(change.change, unit),
        cover=cover,
        low=amount(low, ""),
        high=amount(high, unit),
    )


def brief(change: Change) -> str:
    """The verdict in a few words: ``"fell by 6.1 H"``, ``"no detectable change"``, ``"not assessable"``."""
    if change.verdict is not Verdict.CHANGED:
        return t(change.verdict)
    unit = change_unit(change.metric, change.unit)
    return t("fell by {by}" if change.change < 0 else "rose by {by}", by=amount(abs(change.change), unit))


def withheld_sentences(changes: Iterable[Change]) -> list[str]:
    """One sentence per reason, naming every measure that it withholds; changes with a number are passed over."""
    found: dict[str, dict[str, list[str]]] = {}
    for change in in_order(changes):
        if change.verdict is Verdict.NOT_ASSESSABLE:
            places = found.setdefault(reasons(change), {}).setdefault(metric_words(change.metric), [])
            places.append(region_words(change.region))
    named = {why: [f"{what} ({', '.join(places)})" for what, places in names.items()] for why, names in found.items()}
    told = [t("{what}: not assessable. {why}", what=_listed(what), why=why) for why, what in named.items()]
    return [one.strip() for one in told]


def unchanged_sentences(changes: Iterable[Change]) -> list[str]:
    """One sentence per measure without a detectable change: where, and what could have been seen at each place.

    A face has ten parts and six measures; a sentence for each is a page on which nobody finds the one that changed.
    """
    found: dict[Metric, list[Change]] = {}
    for change in in_order(changes):
        if change.verdict is Verdict.NO_DETECTABLE_CHANGE:
            found.setdefault(change.metric, []).append(change)
    return [sentence(of[0]) if len(of) == 1 else _unchanged(of) for of in found.values()]


def _unchanged(changes: Sequence[Change]) -> str:
    unit = change_unit(changes[0].metric, changes[0].unit)
    places = ", ".join(f"{region_words(one.region)} {amount(one.sdc, unit)}" for one in changes)
    what = metric_words(changes[0].metric)
    return t("{what}: no detectable change. Could have been seen, at least: {places}.", what=what, places=places)


def _listed(names: Sequence[str]) -> str:
    return ", ".join([names[0], *(lowered(name, first=True) for name in names[1:])])


def reasons(change: Change) -> str:
    """Why a number is withheld, and how to retake; each reason once."""
    told = [flag for flag in change.flags if change.metric in flag.withholds] or list(change.flags)
    parts = dict.fromkeys(text for flag in told for text in (_without_region(flag.reason, change), flag.retake) if text)
    return " ".join(parts)


def _without_region(reason: str, change: Change) -> str:
    """A reason that opens with the region's stored name, without it: the sentence has already named the region."""
    rest = reason.removeprefix(f"{change.region}: ")
    return capital(rest)


def remarks(changes: Iterable[Change]) -> tuple[str, ...]:
    """The doubts that lower trust without withholding a number, each once, in order of appearance."""
    flags = (flag for change in changes for flag in change.flags if change.metric not in flag.withholds)
    return tuple(
        dict.fromkeys(f"{flag.reason} {flag.retake}".strip() for flag in flags if flag.code is not FlagCode.HEALING)
    )


def change_unit(metric: Metric | str, unit: str) -> str:
    """The unit of a change: % of the baseline for the measures compared as ratios, else that of the values."""
    return "%" if Metric(metric) in LOG_METRICS else unit


def least_fall(metric: Metric | str, sdc: float) -> float:
    """The smallest detectable fall that belongs to a smallest detectable rise ``sdc``, both positive.

    For ratios a rise of 25 % and a fall of 20 % are the same step, so the band around the baseline is not symmetric.
    """
    return 100.0 * (1.0 - 1.0 / (1.0 + sdc / 100.0)) if Metric(metric) in LOG_METRICS else sdc


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Read order: the measures of :data:`PRIMARY`, then the regions as they came."""
    return sorted(changes, key=lambda change: PRIMARY.index(change.metric))


def headline(changes: Sequence[Change]) -> str:
    """The answer in one line: what changed, what did not, what could not be judged.

    Returns
    -------
    str
        Counts one entry per measure and region; empty input gives a sentence that says that nothing was measured.
    """
    if not changes:
        return t("Nothing was measured.")
    parts = []
    for verdict in Verdict:
        names = dict.fromkeys(
            f"{lowered(metric_words(change.metric))} ({region_words(change.region)})"
            for change in in_order(changes)
            if change.verdict is verdict
        )
        if names:
            parts.append(f"{t(VERDICT_WORDS[verdict])}: {', '.join(names)}.")
    return " ".join(parts)


def as_table(changes: Iterable[Change]) -> pd.DataFrame:
    """One row per measure and region, for reading: words instead of codes, dashes instead of withheld numbers.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS` in the language of this moment, all text.
    """
    rows = []
    for change in in_order(changes):
        unit = change_unit(change.metric, change.unit)
        rows.append(
            {
                "Measure": metric_words(change.metric),
                "Region": region_words(change.region),
                "Verdict": t(VERDICT_WORDS[change.verdict]),
                "Change": signed(change.change, unit),
                "95 % interval": _between(change, unit),
                "Could be seen from": amount(change.sdc, unit),
                "Before": amount(change.baseline, change.unit),
                "After": amount(change.followup, change.unit),
                "Remarks": " ".join(dict.fromkeys(flag.reason for flag in change.flags)),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str).rename(columns=t)


def _between(change: Change, unit: str) -> str:
    """The interval of a change; named where it is not the 95 % of the column's head (see multiplicity)."""
    low, high = sorted(change.interval)
    if math.isnan(low):
        return "–"
    text = between(signed(low, ""), signed(high, unit))
    return text if change.level == LEVEL else f"{text} ({decimal(percent(change.level))}{HARD_SPACE}%)"


def between(low: str, high: str) -> str:
    """``"6.0 to 10.0 H"``."""
    return t("{low} to {high}", low=low, high=high)


def signed(value: float, unit: str) -> str:
    """A figure with its unit and its sign, plus included."""
    return f"+{amount(value, unit)}" if value > 0 else amount(value, unit)
