"""What a stored comparison may say within its series: with the measure declared beforehand, Holm on the rest.

The store keeps each figure as it was judged by itself; this is done when it is read, so that another declared measure
needs no new comparison.
"""

from collections.abc import Sequence

from tracker.clinic.types import Series
from tracker.imaging.change.multiplicity import declared
from tracker.imaging.types import Change, Metric


def deciding(series: Series) -> Metric:
    """The measure that decides in a series."""
    return series.plan.primary_metric or series.plan.indication.primary_metric


def told(changes: Sequence[Change], series: Series) -> tuple[Change, ...]:
    """The changes of one comparison that mean something in its series, with verdicts that hold for all together.

    Parameters
    ----------
    changes : sequence of Change
        Of one stored comparison.
    series : Series
        Declares the measure that decides.

    Returns
    -------
    tuple of Change
        In the same order. An area stays only where the outline of a scar is followed: everywhere else the drawn area
        is the treated skin, and its size says nothing about the treatment.
    """
    metric = deciding(series)
    relevant = [change for change in changes if metric is Metric.SCAR_AREA or change.metric is not Metric.SCAR_AREA]
    return declared(relevant, metric)
