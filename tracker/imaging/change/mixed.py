"""What a protocol achieved over many patients: a mixed model, shrunken changes of each patient, a bootstrap beside it.

Arrays in, frozen results out. Nothing here knows what a patient is: the caller gives one code per patient.
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from tracker.errors import InvalidInput

FEWEST_PATIENTS = 5
"""Below, the spread between patients is anybody's guess: four degrees of freedom give an interval 40 % too wide or
narrow as often as not."""
SLOPE_VISITS = 4
"""A patient with fewer values says too little about a slope of his own."""
RESAMPLES = 2000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A mean over patients with its 95 % interval, and how it came about.

    Parameters
    ----------
    value : float
        NaN where it could not be estimated; then the interval is too and ``remarks`` say why.
    interval : tuple of float
        95 %.
    patients, values : int
        That took part.
    method : str
        In words.
    remarks : tuple of str
        What had to be left out or done otherwise.
    """

    value: float
    interval: tuple[float, float]
    patients: int
    values: int
    method: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Shrunken:
    """Each patient's change, drawn towards the mean of all by the share of it that is noise.

    Parameters
    ----------
    mean : float
        Of all patients, weighted by what each says.
    spread : float
        SD of the true changes between patients.
    values : ndarray, shape (patients,)
        In the order of the input.
    """

    mean: float
    spread: float
    values: Floats


def slope(patients: ArrayLike, times: ArrayLike, values: ArrayLike, kits: ArrayLike | None = None) -> Pooled:
    """Mean change per unit of time over patients, from all their sessions.

    Parameters
    ----------
    patients : array_like, shape (n,)
        Which patient each value belongs to.
    times : array_like, shape (n,)
        Since each patient's baseline.
    values : array_like, shape (n,)
        On the scale on which the measure is judged; NaN where withheld: such visits are left out, the patient stays.
    kits : array_like, shape (n,), optional
        With which set-up each was taken; a shift between set-ups is then estimated beside the slope.

    Returns
    -------
    Pooled
        NaN with a remark below :data:`FEWEST_PATIENTS` patients who have values at two times.

    Notes
    -----
    ``y = b0 + u0 + (b1 + u1) t + b2 kit + e`` by REML (statsmodels MixedLM); ``u1`` only where most patients have at
    least :data:`SLOPE_VISITS` values. The standard error is the larger of the model's and the one that leaving out
    one patient at a time gives (jackknife); the interval uses t with one degree of freedom less than patients.

    Where the model does not converge or is singular, each patient's own line is fitted and the mean of the slopes is
    taken, which needs no model of the spread; the remark says so. Patients without a second value take no part.
    """
    codes, t, y, kit = _rows(patients, times, values, kits)
    several = [code for code in np.unique(codes) if len(np.unique(t[codes == code])) > 1]
    keep = np.isin(codes, several)
    codes, t, y, kit = codes[keep], t[keep], y[keep], kit[keep]
    if len(several) < FEWEST_PATIENTS:
        reason = f"{len(several)} patients with at least two sessions: fewer than {FEWEST_PATIENTS} are too few to say."
        return Pooled(math.nan, (math.nan, math.nan), len(several), len(y), "none", (reason,))
    fixed, remarks = _fixed(t, kit)
    visits = np.array([np.sum(codes == code) for code in several])
    names = ["random intercept"] if np.median(visits) < SLOPE_VISITS else ["random intercept and slope"]
    names += [] if names == ["random intercept"] else ["random intercept"]
    for name in names:
        random = np.column_stack([np.ones_like(t), t / _scale(t)]) if "slope" in name else np.ones((len(t), 1))
        found = _fitted(y, fixed, codes, random)
        if found is not None:
            half = float(stats.t.ppf(0.975, len(several) - 1)) * found[1]
            method = f"mixed model, {name} per patient, REML"
            return Pooled(found[0], (found[0] - half, found[0] + half), len(several), len(y), method, tuple(remarks))
        remarks.append(f"The model with {name} per patient could not be fitted.")
    return _own_lines(codes, t, y, tuple(remarks))


def shrunken(changes: ArrayLike, errors: ArrayLike) -> Shrunken:
    """Each patient's change drawn towards the mean: the best linear unbiased prediction with known noise.

    Parameters
    ----------
    changes : array_like, shape (patients,)
        One change per patient, no NaN.
    errors : array_like, shape (patients,)
        Standard error of each, positive.

    Returns
    -------
    Shrunken
        The variance between patients by Paule and Mandel: the value at which the weighted squares of the deviations
        are what they should be; 0 where noise alone explains them.

    Raises
    ------
    InvalidInput
        With fewer than 2 patients, or an error that is not positive.

    References
    ----------
    Paule, Mandel. J Res Natl Bur Stand 1982;87:377-385. doi:10.6028/jres.087.022
    Robinson. Stat Sci 1991;6:15-32. doi:10.1214/ss/1177011926
    """
    d, error = np.asarray(changes, np.float64), np.asarray(errors, np.float64)
    if len(d) < 2 or not (np.isfinite(d).all() and np.isfinite(error).all() and (error > 0).all()):
        raise InvalidInput(
            f"Patients: expected at least 2 with a change and a positive standard error, found {len(d)}; add patients."
        )
    low, high = 0.0, float(np.var(d, ddof=1) + (error**2).max())
    if _excess(d, error, low) > 0:
        for _ in range(60):  # halves to below a billionth of the range
            middle = (low + high) / 2
            low, high = (middle, high) if _excess(d, error, middle) > 0 else (low, middle)
    between = low
    weight = 1 / (between + error**2)
    mean = float((weight * d).sum() / weight.sum())
    values = mean + between * weight * (d - mean)
    values.setflags(write=False)
    return Shrunken(mean, math.sqrt(between), values)


def mean_change(changes: ArrayLike, seed: int = 0) -> Pooled:
    """Mean of the patients' changes with a bootstrap interval over patients (BCa, 2,000 resamples).

    Parameters
    ----------
    changes : array_like, shape (patients,)
        One per patient; NaN left out.
    seed : int
        Of the resamples, so that the same patients give the same interval.

    Returns
    -------
    Pooled
        NaN with a remark below :data:`FEWEST_PATIENTS` patients. Where all changes are equal the interval is a point.

    References
    ----------
    Efron. J Am Stat Assoc 1987;82:171-185. doi:10.1080/01621459.1987.10478410
    """
    d = np.asarray(changes, np.float64)
    d = d[np.isfinite(d)]
    if len(d) < FEWEST_PATIENTS:
        reason = f"{len(d)} patients with a change: fewer than {FEWEST_PATIENTS} are too few to say."
        return Pooled(math.nan, (math.nan, math.nan), len(d), len(d), "none", (reason,))
    method, mean = "mean over patients, bootstrap (BCa, 2,000 resamples)", float(d.mean())
    if np.ptp(d) == 0:
        return Pooled(mean, (mean, mean), len(d), len(d), method)
    random = np.random.default_rng(seed)
    found = stats.bootstrap((d,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=random, batch=RESAMPLES)
    low, high = (float(v) for v in found.confidence_interval)
    return Pooled(mean, (low, high), len(d), len(d), method)


def _rows(
    patients: ArrayLike, times: ArrayLike, values: ArrayLike, kits: ArrayLike | None
) -> tuple[NDArray[np.str_], Floats, Floats, NDArray[np.str_]]:
    codes, t, y = np.asarray(patients).astype(str), np.asarray(times, np.float64), np.asarray(values, np.float64)
    kit = np.full(len(y), "") if kits is None else np.asarray(kits).astype(str)
    keep = np.isfinite(t) & np.isfinite(y)
    return codes[keep], t[keep], y[keep], kit[keep]


def _fixed(t: Floats, kit: NDArray[np.str_]) -> tuple[Floats, list[str]]:
    """Intercept, time and one column per set-up but the most frequent; without set-ups that time explains."""
    columns, remarks = [np.ones_like(t), t], []
    names, counts = np.unique(kit, return_counts=True)
    for name in names[np.argsort(-counts)][1:]:
        wider = np.column_stack([*columns, kit == name])
        if np.linalg.matrix_rank(wider) == wider.shape[1]:
            columns.append((kit == name).astype(np.float64))
        else:
            remarks.append("A set-up was used at one time only: its shift cannot be told from the change.")
    if len(names) > 1 and not remarks:
        remarks.append(f"{len(names)} set-ups: a shift between them is estimated beside the slope.")
    return np.column_stack(columns), list(dict.fromkeys(remarks))


def _fitted(y: Floats, fixed: Floats, codes: NDArray[np.str_], random: Floats) -> tuple[float, float] | None:
    """Slope and its standard error, or None where statsmodels does not find them."""
    with warnings.catch_warnings():
        # Boundary and convergence warnings: what they warn of is looked at in the result below.
        warnings.simplefilter("ignore")
        try:
            found = MixedLM(y, fixed, groups=codes, exog_re=random).fit(reml=True, method=["lbfgs", "powell"])
            value, error = float(found.params[1]), float(found.bse[1])
            robust = _robust_error(y, fixed, codes, random, np.atleast_2d(found.cov_re) / found.scale)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError, FloatingPointError):
            return None
    sound = bool(found.converged) and np.isfinite([value, error, robust]).all() and error > 0
    return (value, max(error, robust)) if sound else None


def _robust_error(y: Floats, fixed: Floats, codes: NDArray[np.str_], random: Floats, between: Floats) -> float:
    """Standard error of the slope from leaving out one patient at a time, whatever the model takes the spread for.

    A random intercept alone takes patients who respond differently for noise: with three visits and slopes of 1 +- 2
    its 95 % interval covered 83 %. The variances stay those of all patients.
    """
    squares, products = [], []
    for name in np.unique(codes):
        own = codes == name
        variance = np.eye(int(own.sum())) + random[own] @ between @ random[own].T  # in units of the residual's
        weighted = np.linalg.solve(variance, fixed[own])
        squares.append(weighted.T @ fixed[own])
        products.append(weighted.T @ y[own])
    square, product, n = sum(squares), sum(products), len(squares)
    # Least norm, because a set-up that one patient alone had goes with the patient.
    rest = [np.linalg.lstsq(square - a, product - b)[0][1] for a, b in zip(squares, products, strict=True)]
    return float(np.sqrt((n - 1) / n * ((rest - np.mean(rest)) ** 2).sum()))


def _own_lines(codes: NDArray[np.str_], t: Floats, y: Floats, remarks: tuple[str, ...]) -> Pooled:
    """The mean of the slopes of each patient's own line."""
    slopes = np.array([np.polyfit(t[codes == code], y[codes == code], 1)[0] for code in np.unique(codes)])
    mean, error = float(slopes.mean()), float(stats.sem(slopes))
    half = float(stats.t.ppf(0.975, len(slopes) - 1)) * error
    return Pooled(mean, (mean - half, mean + half), len(slopes), len(y), "mean of each patient's own line", remarks)


def _scale(t: Floats) -> float:
    """Times near 1 keep the random slope's variance near that of the intercept, which the search needs."""
    return float(np.ptp(t)) or 1.0


def _excess(d: Floats, error: Floats, between: float) -> float:
    """Weighted squares of the deviations above their expectation, for a given variance between patients."""
    weight = 1 / (between + error**2)
    mean = (weight * d).sum() / weight.sum()
    return float((weight * (d - mean) ** 2).sum() - (len(d) - 1))
