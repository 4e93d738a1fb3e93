"""The course of a patient over all sessions in plain words, the same on the page and in a report."""

import math

from tracker.exports.table import HARD_SPACE, amount, change_unit, metric_words, region_words, signed
from tracker.imaging.change import LOG_METRICS
from tracker.imaging.change.multiplicity import percent
from tracker.imaging.change.progress import FEWEST_SESSIONS, Course, Trend
from tracker.imaging.types import Metric


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
        return f"Trend: not yet; {course.sessions} of at least {FEWEST_SESSIONS} sessions count, the baseline included."
    what = f"{metric_words(metric)} ({region_words(region)})"
    unit = change_unit(metric, unit)
    total = shown_change(metric, course.total)
    low, high = (shown_change(metric, end) for end in course.interval)
    over = f"over {course.sessions} sessions"
    cover = f"{percent(course.level)}{HARD_SPACE}% interval"
    if course.trend is Trend.NONE:
        found = f"in total {signed(total, unit)}, {cover} {signed(low, '')} to {signed(high, unit)}"
        text = f"Trend {over}: {what} shows none beyond the noise ({found})."
    else:
        near, far = sorted((abs(low), abs(high)))
        found = f"{cover} {amount(near, '')} to {amount(far, unit)}"
        text = f"Trend {over}: {what} {course.trend}, in total by {amount(abs(total), unit)} ({found})."
    if course.widened:
        text += " The sessions lie farther from a straight line than noise explains; the interval allows for it."
    return text
