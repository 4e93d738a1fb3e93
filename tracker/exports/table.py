"""Verdicts in plain words and in a table, the same words on every page, report and picture."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from tracker.imaging.change import LOG_METRICS
from tracker.imaging.change.multiplicity import LEVEL, percent
from tracker.imaging.types import Change, FlagCode, Metric, Verdict

METRIC_WORDS: dict[Metric, str] = {
    Metric.REDNESS: "Redness",
    Metric.REDNESS_A_STAR: "Redness (a*)",
    Metric.REDNESS_LOG_RG: "Redness (log R/G)",
    Metric.PIGMENT: "Pigment",
    Metric.EVENNESS: "Unevenness of colour",
    Metric.SPOTS: "Dark spots",
    Metric.SKIN_TONE: "Skin tone (ITA)",
    Metric.ROUGHNESS: "Roughness",
    Metric.WRINKLES: "Wrinkles",
    Metric.WRINKLE_CONTRAST: "Wrinkle contrast",
    Metric.WRINKLE_SEVERITY: "Wrinkle severity",
    Metric.PORES: "Pores",
    Metric.PORE_DIAMETER: "Pore diameter",
    Metric.PORE_AREA: "Pore area",
    Metric.SCAR_AREA: "Scar area",
    Metric.SCAR_COUNT: "Scars that stand out",
    Metric.SCAR_LENGTH: "Length of the marks",
    Metric.SCAR_CONTRAST: "Contrast of the scar",
    Metric.SCAR_REDNESS: "Redness of the scar",
    Metric.SCAR_PIGMENT: "Pigment of the scar",
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
    "Measure",
    "Region",
    "Verdict",
    "Change",
    "95 % interval",
    "Could be seen from",
    "Before",
    "After",
    "Remarks",
)
HARD_SPACE = "\u00a0"
"""Between a figure and its unit: a line must not break there."""
VERDICT_WORDS: dict[Verdict, str] = {
    Verdict.CHANGED: "Changed",
    Verdict.NO_DETECTABLE_CHANGE: "No detectable change",
    Verdict.NOT_ASSESSABLE: "Not assessable",
}


def metric_words(metric: Metric | str) -> str:
    """The measure's name as a clinician reads it."""
    return METRIC_WORDS[Metric(metric)]


def region_words(region: str) -> str:
    """``"cheek_left"`` as ``"left cheek"``; sides are the patient's."""
    words = region.split("_")
    if words[-1] in ("left", "right"):
        words = [words[-1], *words[:-1]]
    return "marked area" if region == "drawn" else " ".join(words)


def amount(value: float, unit: str) -> str:
    """A figure with its unit, rounded to what the noise of these measures can carry; a dash where undefined.

    Two decimals below 1, one below 100, none above.
    """
    if math.isnan(value):
        return "–"
    decimals = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    text = f"{value:.{decimals}f}".replace("-", "−")
    return text if not unit else f"{text}{HARD_SPACE}{unit}"


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
        return f"{what}: not assessable. {reasons(change)}".strip()
    low, high = sorted(change.interval)
    cover = f"{percent(change.level)}{HARD_SPACE}%"
    if change.verdict is Verdict.CHANGED:
        fell = change.change < 0
        least = least_fall(change.metric, change.sdc) if fell else change.sdc
        # Both ends have the sign of the change, and the verb already says it.
        low, high = sorted((abs(low), abs(high)))
        return (
            f"{what} {brief(change)} ({cover} interval {amount(low, '')} to {amount(high, unit)}); "
            f"a {'fall' if fell else 'rise'} below {amount(least, unit)} could have been missed."
        )
    return (
        f"{what}: no detectable change. Only a change of at least {amount(change.sdc, unit)} could have been seen "
        f"(found {amount(change.change, unit)}, {cover} interval {amount(low, '')} to {amount(high, unit)})."
    )


def brief(change: Change) -> str:
    """The verdict in a few words: ``"fell by 6.1 H"``, ``"no detectable change"``, ``"not assessable"``."""
    if change.verdict is not Verdict.CHANGED:
        return VERDICT_WORDS[change.verdict].lower()
    unit = change_unit(change.metric, change.unit)
    return f"{'fell' if change.change < 0 else 'rose'} by {amount(abs(change.change), unit)}"


def withheld_sentences(changes: Iterable[Change]) -> list[str]:
    """One sentence per reason, naming every measure that it withholds; changes with a number are passed over."""
    found: dict[str, dict[str, list[str]]] = {}
    for change in in_order(changes):
        if change.verdict is Verdict.NOT_ASSESSABLE:
            places = found.setdefault(reasons(change), {}).setdefault(metric_words(change.metric), [])
            places.append(region_words(change.region))
    named = {why: [f"{what} ({', '.join(places)})" for what, places in names.items()] for why, names in found.items()}
    return [f"{_listed(what)}: not assessable. {why}".strip() for why, what in named.items()]


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
    return f"{metric_words(changes[0].metric)}: no detectable change. Could have been seen, at least: {places}."


def _listed(names: Sequence[str]) -> str:
    return names[0] + "".join(f", {name[:1].lower()}{name[1:]}" for name in names[1:])


def reasons(change: Change) -> str:
    """Why a number is withheld, and how to retake; each reason once."""
    told = [flag for flag in change.flags if change.metric in flag.withholds] or list(change.flags)
    parts = dict.fromkeys(text for flag in told for text in (_without_region(flag.reason, change), flag.retake) if text)
    return " ".join(parts)


def _without_region(reason: str, change: Change) -> str:
    """A reason that opens with the region's stored name, without it: the sentence has already named the region."""
    rest = reason.removeprefix(f"{change.region}: ")
    return rest[:1].upper() + rest[1:]


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
        return "Nothing was measured."
    parts = []
    for verdict in Verdict:
        names = dict.fromkeys(
            f"{metric_words(change.metric).lower()} ({region_words(change.region)})"
            for change in in_order(changes)
            if change.verdict is verdict
        )
        if names:
            parts.append(f"{VERDICT_WORDS[verdict]}: {', '.join(names)}.")
    return " ".join(parts)


def as_table(changes: Iterable[Change]) -> pd.DataFrame:
    """One row per measure and region, for reading: words instead of codes, dashes instead of withheld numbers.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`, all text.
    """
    rows = []
    for change in in_order(changes):
        unit = change_unit(change.metric, change.unit)
        rows.append(
            {
                "Measure": metric_words(change.metric),
                "Region": region_words(change.region),
                "Verdict": VERDICT_WORDS[change.verdict],
                "Change": signed(change.change, unit),
                "95 % interval": _between(change, unit),
                "Could be seen from": amount(change.sdc, unit),
                "Before": amount(change.baseline, change.unit),
                "After": amount(change.followup, change.unit),
                "Remarks": " ".join(dict.fromkeys(flag.reason for flag in change.flags)),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _between(change: Change, unit: str) -> str:
    """The interval of a change; named where it is not the 95 % of the column's head (see multiplicity)."""
    low, high = sorted(change.interval)
    if math.isnan(low):
        return "–"
    text = f"{signed(low, '')} to {signed(high, unit)}"
    return text if change.level == LEVEL else f"{text} ({percent(change.level)}{HARD_SPACE}%)"


def signed(value: float, unit: str) -> str:
    """A figure with its unit and its sign, plus included."""
    return f"+{amount(value, unit)}" if value > 0 else amount(value, unit)
