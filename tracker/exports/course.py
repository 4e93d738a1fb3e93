"""The course of a patient over all sessions in plain words, the same on the page and in a report."""

import math

from tracker.exports.table import HARD_SPACE, amount, change_unit, metric_words, region_words, signed
from tracker.imaging.change import LOG_METRICS
from tracker.imaging.change.multiplicity import percent
from tracker.imaging.change.progress import FEWEST_SESSIONS, Course, Trend
from tracker.imaging.types import Metric
from tracker.wording import decimal, t


def shown_change(metric: Metric | str, difference: float) -> float:
    """A difference on the scale on which it was judged, as it is shown: in % of the baseline for ratio measures."""
    return 100.0 * math.expm1(difference) if Metric(metric) in LOG_METRICS else difference


def course_sentence(course: Course, metric: Metric | str, region: str, unit: str) -> str:
    """One plain sentence about the trend of a measure over the sessions that count.

    Parameters
    ----------
    course : Course
        On the scale on which the measure is judged.
    metric, region : str
        What and where.
    unit : str
        Of the values.

    Returns
    -------
    str
        Without a number where there are too few sessions; a trend is named only beyond the noise.
    """
    if course.trend is Trend.TOO_FEW:
        return t(
            "Trend: not yet; {sessions} of at least {least} sessions count, the baseline included.",
            sessions=course.sessions,
            least=FEWEST_SESSIONS,
        )
    what = f"{metric_words(metric)} ({region_words(region)})"
    unit = change_unit(metric, unit)
    total = shown_change(metric, course.total)
    low, high = (shown_change(metric, end) for end in course.interval)
    said: dict[str, object] = {
        "sessions": course.sessions,
        "what": what,
        "cover": decimal(f"{percent(course.level)}{HARD_SPACE}%"),
    }
    if course.trend is Trend.NONE:
        text = t(
            "Trend over {sessions} sessions: {what} shows none beyond the noise (in total {total}, {cover} interval "
            "{low} to {high}).",
            total=signed(total, unit),
            low=signed(low, ""),
            high=signed(high, unit),
            **said,
        )
    else:
        near, far = sorted((abs(low), abs(high)))
        text = t(
            "Trend over {sessions} sessions: {what} falls, in total by {by} ({cover} interval {low} to {high})."
            if course.trend is Trend.FALLS
            else "Trend over {sessions} sessions: {what} rises, in total by {by} ({cover} interval {low} to {high}).",
            by=amount(abs(total), unit),
            low=amount(near, ""),
            high=amount(far, unit),
            **said,
        )
    if not course.widened:
        return text
    wide = t("The sessions lie farther from a straight line than noise explains; the interval allows for it.")
    return f"{text} {wide}"
