"""What a stored comparison may say within its series: with the measure declared beforehand, Holm on the rest.

The store keeps each figure as it was judged by itself; this is done when it is read, so that another declared measure
needs no new comparison.
"""

from collections.abc import Sequence

from tracker.clinic.types import Indication, Series
from tracker.imaging.change.multiplicity import declared
from tracker.imaging.types import Change, Metric

_SCAR_METRICS = frozenset(metric for metric in Metric if metric.name.startswith("SCAR_"))
_OF_SCARS = {
    Indication.SCAR: _SCAR_METRICS,
    Indication.STRETCH_MARKS: _SCAR_METRICS - {Metric.SCAR_AREA},
    Indication.ACNE_SCARS: frozenset({Metric.SCAR_COUNT, Metric.SCAR_CONTRAST}),
}
"""What is told of scars. A scar is outlined itself; with marks and acne scars the treated skin is drawn round them, so
its area says nothing; everywhere else no scar is drawn at all."""


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
        In the same order. Measures of scars stay only where scars are treated, and the area only where the outline of
        one is followed.
    """
    metric = deciding(series)
    scars = _OF_SCARS.get(series.plan.indication, frozenset()) | {metric}
    return declared([change for change in changes if change.metric not in _SCAR_METRICS - scars], metric)
