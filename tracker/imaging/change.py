"""What a difference means: repeatability from repeats, three verdicts for a pair, a trend for a series."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from tracker.errors import InvalidInput
from tracker.imaging.types import Change, Flag, FlagCode, Measurement, Metric, Verdict, withheld

Floats = NDArray[np.float64]

LOG_METRICS = frozenset({Metric.ROUGHNESS, Metric.EVENNESS, Metric.SCAR_AREA})
"""Noise grows with the value, so differences are taken between logarithms and given in % of the baseline."""
FEW_DF = 20
"""Below, the verdict uses the upper 80 % confidence limit of the SEM instead of the SEM."""
ANY = "any"


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How well a measure repeats when nothing has changed.

    Parameters
    ----------
    sem : float
        Standard error of measurement: SD within subjects, in the unit of the values.
    sdc : float
        Smallest detectable change of one subject at 95 %, ``1.96 * sqrt(2) * sem``.
    icc : float
        Intraclass correlation, two-way, absolute agreement, single measure: ICC(2,1).
    df : int
        Degrees of freedom of the SEM.
    sem_interval, sdc_interval, icc_interval : tuple of float
        95 % confidence limits (chi-square for SEM and SDC, F for the ICC).
    bias : float
        Mean of the last repeat minus mean of the first.
    """

    sem: float
    sdc: float
    icc: float
    df: int
    sem_interval: tuple[float, float]
    sdc_interval: tuple[float, float]
    icc_interval: tuple[float, float]
    bias: float


@dataclass(frozen=True, slots=True)
class Noise:
    """The repeat noise of one measure in one kind of region.

    Parameters
    ----------
    sem : float
        In the unit of the measure; of the natural logarithm for LOG_METRICS.
    df : int
        Degrees of freedom behind it.
    source : str
        What it was measured on, how many, when.
    """

    sem: float
    df: int
    source: str

    @property
    def sem_used(self) -> float:
        """The SEM that verdicts use: its upper 80 % limit while there are fewer than 20 degrees of freedom."""
        if self.df >= FEW_DF:
            return self.sem
        return float(self.sem * np.sqrt(self.df / stats.chi2.ppf(0.2, self.df)))

    @property
    def quantile(self) -> float:
        """Two-sided 95 % quantile: of t while there are few repeats, else of the normal distribution."""
        return float(stats.t.ppf(0.975, self.df) if self.df < FEW_DF else stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Repeat noise per measure, kind of region and calibration.

    Parameters
    ----------
    name : str
        What it belongs to: a kit, or the defaults.
    entries : dict
        (metric, region kind, ``"calibrated"`` or ``"uncalibrated"``) to Noise; the kind ``"any"`` stands in where the
        region has none of its own.
    """

    name: str
    entries: dict[tuple[Metric, str, str], Noise] = field(repr=False)

    def look_up(self, metric: Metric, region: str, *, calibrated: bool) -> Noise | None:
        """The noise to judge by, or None where none was measured."""
        colour = "calibrated" if calibrated else "uncalibrated"
        for kind in (region_kind(region), ANY):
            if (metric, kind, colour) in self.entries:
                return self.entries[metric, kind, colour]
        return None


def region_kind(region: str) -> str:
    """The kind whose noise a region has: both cheeks are ``"cheek"``."""
    return "cheek" if region.startswith("cheek") else region


@cache
def default_noise() -> NoiseModel:
    """The noise that ships with the program, with its provenance in ``noise_defaults.toml``."""
    return load_noise(Path(__file__).with_name("noise_defaults.toml"))


def load_noise(path: Path) -> NoiseModel:
    """A noise model from a TOML file.

    Raises
    ------
    InvalidInput
        Where an entry names no known measure, or its SEM is not a positive number.
    """
    table = tomllib.loads(path.read_text("utf-8"))
    entries: dict[tuple[Metric, str, str], Noise] = {}
    for row in table.get("noise", ()):
        sem, df = float(row["sem"]), int(row["df"])
        if row["metric"] not in set(Metric) or not (np.isfinite(sem) and sem > 0 and df >= 1):
            raise InvalidInput(
                f"{path.name}: expected a known measure with a positive SEM and df, found {row}; mend it."
            )
        entries[Metric(row["metric"]), row["kind"], row["colour"]] = Noise(
            sem, df, table["source"][row["source"]]["what"]
        )
    return NoiseModel(str(table["name"]), entries)


def repeatability(values: ArrayLike) -> Repeatability:
    """SEM, SDC and ICC with confidence limits from repeats of the same, unchanged skin.

    Parameters
    ----------
    values : array_like, shape (n subjects, k repeats)
        At least 2 by 2; rows with a nan are left out.

    Returns
    -------
    Repeatability
        The SEM includes systematic differences between the repeats (agreement, not consistency).

    Raises
    ------
    InvalidInput
        With fewer than 2 complete subjects or fewer than 2 repeats.

    References
    ----------
    de Vet, Terwee, Knol, Bouter. J Clin Epidemiol 2006;59:1033-1039. doi:10.1016/j.jclinepi.2005.10.015
    McGraw, Wong. Psychol Methods 1996;1:30-46. doi:10.1037/1082-989X.1.1.30
    """
    table = np.asarray(values, np.float64)
    table = table[np.isfinite(table).all(1)] if table.ndim == 2 else np.empty((0, 0))
    n, k = table.shape
    if n < 2 or k < 2:
        raise InvalidInput(
            f"Repeats: expected at least 2 subjects with 2 values each, found {n} with {k}; add repeats."
        )
    within = table - table.mean(1, keepdims=True)
    df = n * (k - 1)
    sem = float(np.sqrt((within**2).sum() / df))
    low, high = (float(np.sqrt(df / stats.chi2.ppf(p, df))) for p in (0.975, 0.025))
    factor = 1.96 * np.sqrt(2)
    icc, icc_interval = _agreement(table)
    return Repeatability(
        sem=sem,
        sdc=float(factor * sem),
        icc=icc,
        df=df,
        sem_interval=(sem * low, sem * high),
        sdc_interval=(float(factor * sem * low), float(factor * sem * high)),
        icc_interval=icc_interval,
        bias=float((table[:, -1] - table[:, 0]).mean()),
    )


def _agreement(table: Floats) -> tuple[float, tuple[float, float]]:
    """ICC(2,1) and its 95 % limits (McGraw and Wong, table 7)."""
    n, k = table.shape
    grand = table.mean()
    rows = k * float(((table.mean(1) - grand) ** 2).sum()) / (n - 1)
    columns = n * float(((table.mean(0) - grand) ** 2).sum()) / (k - 1)
    rest = table - table.mean(1, keepdims=True) - table.mean(0, keepdims=True) + grand
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    below = rows + (k - 1) * error + k * (columns - error) / n
    if below <= 0:
        return float("nan"), (float("nan"), float("nan"))
    icc = (rows - error) / below
    if error <= 0 or icc >= 1:
        return icc, (icc, icc)
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    v = (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    up, down = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    spread = k * columns + (k * n - k - n) * error
    low = n * (rows - up * error) / (up * spread + n * rows)
    high = n * (down * rows - error) / (spread + n * down * rows)
    return float(icc), (float(low), float(high))


def judge(
    pair: tuple[Measurement, Measurement], noise: Noise | None, flags: Sequence[Flag] = (), *, gain: float = 1.0
) -> Change:
    """What may be said about one measure between two photos.

    Parameters
    ----------
    pair : tuple of Measurement
        Baseline and follow-up of one measure in one region.
    noise : Noise or None
        From repeats; without it nothing can be said.
    flags : sequence of Flag
        Of the pair; one that withholds this metric makes it NOT_ASSESSABLE.
    gain : float
        The measure was divided by this (skin tone), so its noise is too.

    Returns
    -------
    Change
        CHANGED where the difference exceeds the smallest detectable change. Swapping the photos turns the sign.
    """
    first, second = pair
    doubts = tuple(dict.fromkeys((*first.flags, *second.flags, *flags)))
    mine = tuple(flag for flag in doubts if not flag.withholds or first.metric in flag.withholds)
    if noise is None:
        reason = f"No repeats of {first.metric} have been measured with this set-up."
        mine = (*mine, Flag(FlagCode.TOO_FEW_REPEATS, reason, "Photograph unchanged skin twice.", (first.metric,)))
    if noise is None or withheld(mine, first.metric) or not np.isfinite([first.value, second.value]).all():
        return _not_assessable(first, mine)
    scatter = float(np.hypot(noise.sem_used / gain * np.sqrt(2), _own_error(first, second, noise.sem / gain)))
    half = noise.quantile * scatter
    if first.metric in LOG_METRICS:
        if min(first.value, second.value) <= 0:
            return _not_assessable(first, mine)
        difference = float(np.log(second.value / first.value))
        shown = [100 * float(np.expm1(v)) for v in (difference, half, difference - half, difference + half)]
    else:
        difference = second.value - first.value
        shown = [difference, half, difference - half, difference + half]
    return Change(
        metric=first.metric,
        region=first.region,
        unit=first.unit,
        baseline=first.value,
        followup=second.value,
        change=shown[0],
        sdc=shown[1],
        interval=(shown[2], shown[3]),
        verdict=Verdict.CHANGED if abs(difference) > half else Verdict.NO_DETECTABLE_CHANGE,
        flags=mine,
    )


def withhold(metric: Metric, region: str, unit: str, flags: Sequence[Flag]) -> Change:
    """A row without numbers, with the reasons."""
    return _not_assessable(Measurement(metric, region, float("nan"), unit), tuple(flags))


def trend(times: ArrayLike, values: ArrayLike, sem: float) -> tuple[float, tuple[float, float]]:
    """Slope of a measure over time with its 95 % interval from the known repeat noise.

    Parameters
    ----------
    times : array_like, shape (n,)
        Days, weeks or session numbers; at least two different ones among those with a value.
    values : array_like, shape (n,)
        nan where withheld; left out.
    sem : float
        Standard error of measurement of one value.

    Returns
    -------
    tuple of float and tuple of float
        Change per unit of time, and its 95 % interval.

    Raises
    ------
    InvalidInput
        With fewer than two different times.
    """
    t, y = np.asarray(times, np.float64), np.asarray(values, np.float64)
    keep = np.isfinite(t) & np.isfinite(y)
    t, y = t[keep], y[keep]
    if len(np.unique(t)) < 2:
        raise InvalidInput(f"Trend: expected values at two times at least, found {len(np.unique(t))}; add a session.")
    spread = float(((t - t.mean()) ** 2).sum())
    slope = float(((t - t.mean()) * (y - y.mean())).sum() / spread)
    half = float(stats.norm.ppf(0.975) * sem / np.sqrt(spread))
    return slope, (slope - half, slope + half)


def _own_error(first: Measurement, second: Measurement, typical: float) -> float:
    """The part of this pair's own standard error that exceeds what the repeats already contain."""
    own = np.nan_to_num([first.standard_error, second.standard_error])
    return float(np.sqrt(max(0.0, float((own**2).sum()) - 2 * typical**2)))


def _not_assessable(measurement: Measurement, flags: tuple[Flag, ...]) -> Change:
    nan = float("nan")
    verdict = Verdict.NOT_ASSESSABLE
    return Change(
        measurement.metric, measurement.region, measurement.unit, nan, nan, nan, nan, (nan, nan), verdict, flags
    )
