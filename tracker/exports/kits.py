"""What a kit can and cannot see: one tidy table, and one sentence per measure."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from tracker.exports.table import CROSS_CHECKS, PRIMARY, amount, between, change_unit, metric_words, region_words
from tracker.imaging.change import LOG_METRICS, Component
from tracker.wording import decimal, lowered, mark, t

COLUMNS = (
    "metric",
    "region",
    "colour",
    "unit",
    "sem",
    "sem_low",
    "sem_high",
    "sdc",
    "sdc_low",
    "sdc_high",
    "smallest_seen",
    "icc",
    "icc_low",
    "icc_high",
    "df",
    "subjects",
    "photos",
    "withheld",
    "session_sd",
    "photo_sd",
    "remark",
)
VIEW = (
    mark("Measure"),
    mark("Region"),
    mark("Seen from"),
    mark("SEM (95 %)"),
    mark("SDC (95 %)"),
    mark("ICC (95 %)"),
    mark("df"),
    mark("Subjects"),
    mark("Colour"),
    mark("Remark"),
)
NO_SPREAD = mark("the same in every photo: the defaults are used")
CLIPPED = mark("seatings no more apart than photos: their variance is set to 0")
ONE_PHOTO = mark("one photo per seating: averaging photos cannot be credited")


def kit_table(components: Iterable[Component], photos: int = 1) -> pd.DataFrame:
    """The noise of a kit, one row per measure, kind of region and colour, in reading order.

    Parameters
    ----------
    components : iterable of Component
        Of the kit.
    photos : int
        Averaged per view and visit.

    Returns
    -------
    DataFrame
        Columns COLUMNS. ``sem``, ``session_sd`` and ``photo_sd`` with ``unit``, where ``"ln"`` stands for the natural
        logarithm; ``sdc`` (95 %, normal quantile) and ``smallest_seen`` (what verdicts use: t quantile, and the upper
        80 % limit of the SEM below 20 degrees of freedom) in ``unit``, or in % where ``unit`` is ``"ln"``. Limits are
        those of 95 %.
    """
    ordered = sorted(components, key=lambda one: (PRIMARY.index(one.metric), one.colour, one.kind))
    return pd.DataFrame([_row(one, photos) for one in ordered], columns=list(COLUMNS))


def _row(one: Component, photos: int) -> dict[str, Any]:
    levels = one.levels
    sem, limits, share = levels.sem(photos), levels.sem_interval(photos), levels.icc_interval()
    return {
        "metric": str(one.metric),
        "region": one.kind,
        "colour": one.colour,
        "unit": "ln" if one.metric in LOG_METRICS else one.unit,
        "sem": sem,
        "sem_low": limits[0],
        "sem_high": limits[1],
        "sdc": one.sdc(sem),
        "sdc_low": one.sdc(limits[0]),
        "sdc_high": one.sdc(limits[1]),
        "smallest_seen": smallest_seen(one, photos),
        "icc": levels.icc(),
        "icc_low": share[0],
        "icc_high": share[1],
        "df": round(levels.df(photos), 1),
        "subjects": levels.subjects,
        "photos": one.photos,
        "withheld": one.withheld,
        "session_sd": float(np.sqrt(levels.session_variance)),
        "photo_sd": float(np.sqrt(levels.photo_variance)),
        "remark": _remark(one),
    }


def kit_view(components: Iterable[Component], photos: int = 1) -> pd.DataFrame:
    """The table of :func:`kit_table` for people: words, and each figure with its unit and its 95 % limits."""
    ordered = sorted(components, key=lambda one: (PRIMARY.index(one.metric), one.colour, one.kind))
    return pd.DataFrame([_view(one, photos) for one in ordered], columns=list(VIEW)).rename(columns=t)


def _view(one: Component, photos: int) -> dict[str, Any]:
    levels, unit = one.levels, change_unit(one.metric, one.unit)
    sem, limits = levels.sem(photos), levels.sem_interval(photos)
    icc = levels.icc_interval()
    figures = [one.shown(value) for value in (sem, *limits)], [one.sdc(value) for value in (sem, *limits)]
    cells = (
        metric_words(one.metric),
        region_words(one.kind),
        amount(smallest_seen(one, photos), unit),
        *(f"{amount(value, unit)} ({between(amount(low, ''), amount(high, ''))})" for value, low, high in figures),
        decimal(f"{levels.icc():.2f} ({between(f'{icc[0]:.2f}', f'{icc[1]:.2f}')})"),
        f"{levels.df(photos):.0f}",
        str(levels.subjects),
        t("with card" if one.colour == "calibrated" else "without card"),
        t(_remark(one)),
    )
    return dict(zip(VIEW, cells, strict=True))


def smallest_seen(one: Component, photos: int = 1) -> float:
    """The smallest change that a verdict can call real, in the unit of the change; nan where the defaults are used."""
    noise = one.noise("", photos)
    return float("nan") if noise is None else one.shown(float(noise.quantile * np.sqrt(2) * noise.sem_used))


def kit_sentences(components: Iterable[Component], photos: int = 1) -> list[str]:
    """One sentence per measure, cross-checks left out: the change below which nothing can be seen, per region."""
    lines: dict[tuple[str, str], list[str]] = {}
    told = [one for one in components if one.metric not in CROSS_CHECKS]
    for one in sorted(told, key=lambda one: (PRIMARY.index(one.metric), one.kind)):
        seen = smallest_seen(one, photos)
        if not np.isnan(seen):
            where = region_words(one.kind)
            lines.setdefault((one.metric, one.colour), []).append(
                f"{amount(seen, change_unit(one.metric, one.unit))} ({where})"
            )
    cards = len({colour for _, colour in lines}) > 1
    return [
        t(
            _seen(colour if cards else ""),
            measure=lowered(metric_words(metric), first=True),
            limits=_listed(limits),
        )
        for (metric, colour), limits in lines.items()
    ]


def _seen(colour: str) -> str:
    if not colour:
        return mark("A change of {measure} below {limits} cannot be seen with this set-up.")
    if colour == "calibrated":
        return mark("A change of {measure} below {limits} cannot be seen with this set-up with the card.")
    return mark("A change of {measure} below {limits} cannot be seen with this set-up without the card.")


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else t("{list} or {last}", list=", ".join(parts[:-1]), last=parts[-1])


def _remark(one: Component) -> str:
    if one.noise("") is None:
        return NO_SPREAD
    if not one.levels.photo[1]:
        return ONE_PHOTO
    return CLIPPED if one.levels.clipped else ""
