"""From a target's reading to a calibration: the grey ramp straightened, the weighted 3x3, and what it is worth."""

from dataclasses import dataclass, field, replace

import numpy as np

from tracker.imaging.calibrate.card import PatchKind
from tracker.imaging.calibrate.reading import Floats, Reading
from tracker.imaging.colour import LUMINANCE, XYZ_TO_RGB, delta_e_2000, linear_to_lab, linear_to_xyz
from tracker.imaging.types import Calibration, Flag, FlagCode, Matrix3, Metric, frozen

COLOUR_METRICS = (
    Metric.REDNESS,
    Metric.REDNESS_A_STAR,
    Metric.REDNESS_LOG_RG,
    Metric.PIGMENT,
    Metric.EVENNESS,
    Metric.SPOTS,
    Metric.SKIN_TONE,
    Metric.SCAR_REDNESS,
    Metric.SCAR_PIGMENT,
)
"""What a calibration that cannot be trusted withholds."""

WEIGHTS = {PatchKind.SKIN: 4.0, PatchKind.NEUTRAL: 2.0, PatchKind.CHROMATIC: 1.0}
DARKEST = 0.02
"""Y below which a patch is not weighted any higher: flare and noise rule there."""
GAMMA_RANGE = (0.85, 1.15)
RAMP_RESIDUAL = 0.03
FLARE = 0.004
"""Light that lens and air add everywhere, as a share of white: an honest photo misses the ramp by this over Y."""
FEWEST_NEUTRALS, FEWEST_PATCHES = 4, 12
OUTLIER_DE00, MOST_OUTLIERS = 10.0, 5
ROBUST_DE00, ROBUST_ROUNDS = 3.0, 12
REMARK_FROM = 3
"""Patches left out before it is worth a remark: white and the lightest grey are often burnt out without harm."""
SKIN_LIMIT_DE00 = 5.0
"""Held-out error on the skin patches beyond which colour is withheld: uncalibrated photos lie at about 6."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """How straight the greys are.

    Parameters
    ----------
    gamma : float
        Exponent that straightens them.
    excess : float
        Largest relative distance from the straight line in log light, less what flare explains.
    worst : str
        Name of the patch with the largest.
    """

    gamma: float
    excess: float
    worst: str

    @property
    def honest(self) -> bool:
        """True where the photo keeps a power law of the light, so that one exponent undoes it."""
        return GAMMA_RANGE[0] <= self.gamma <= GAMMA_RANGE[1] and self.excess <= RAMP_RESIDUAL


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """CIEDE2000 per patch, each left out of the fit that predicts it.

    Parameters
    ----------
    de00 : ndarray, shape (n,)
        NaN where the patch failed.
    kinds : tuple of PatchKind
        Of the n patches.
    """

    de00: Floats = field(repr=False)
    kinds: tuple[PatchKind, ...] = field(repr=False)

    def median(self, kind: PatchKind | None = None) -> float:
        """Median over the usable patches of one kind or of all; NaN where there are none."""
        chosen = np.array([kind in (None, k) for k in self.kinds]) & np.isfinite(self.de00)
        return float(np.median(self.de00[chosen])) if chosen.any() else float("nan")


def solve(reading: Reading) -> Calibration:
    """The calibration of a reading, with flags that say what it cannot carry.

    Returns
    -------
    Calibration
        With the identity matrix and residuals of NaN, flagged CARD_UNREADABLE, where too few patches can be used;
        with a fitted matrix, flagged and colour withheld, where the photo is tone-mapped or the residual too large.

    References
    ----------
    Weighted linear 3x3: docs/methods.md, colour. CIEDE2000: Sharma, Wu, Dalal 2005, doi:10.1002/col.20070
    """
    if reading.usable(PatchKind.NEUTRAL).sum() < FEWEST_NEUTRALS or reading.usable().sum() < FEWEST_PATCHES:
        return unreadable(reading, f"only {reading.usable().sum()} of {len(reading.names)} patches can be read")
    ramp = straighten(reading)
    kept, residuals = _without_outliers(reading, ramp.gamma)
    usable = kept.usable()
    matrix = fit_matrix(kept.measured[usable] ** ramp.gamma, kept.reference[usable], _weights(kept)[usable])
    return Calibration(
        target=reading.target,
        matrix=frozen(matrix),
        gamma=ramp.gamma,
        residual_de00=residuals.median(),
        skin_residual_de00=residuals.median(PatchKind.SKIN),
        mm_to_px=reading.mm_to_px,
        corners=frozen(reading.corners),
        flags=(*_ramp_flags(ramp), *_residual_flags(kept, residuals), *_failed_flags(kept)),
    )


def straighten(reading: Reading) -> Ramp:
    """Exponent of the greys and how far they are from a straight line in log light.

    Notes
    -----
    Judged on luminance, relative to the reference; of the distance, ``FLARE`` over Y is forgiven, so a photo through
    a clean lens passes at the black patch too.
    """
    grey = reading.usable(PatchKind.NEUTRAL)
    seen = np.log(np.maximum(reading.measured[grey] @ LUMINANCE, 1e-5))
    meant = np.log(reading.reference[grey] @ LUMINANCE)
    forgiven = FLARE / np.exp(meant)
    weight = 1 / (RAMP_RESIDUAL + forgiven)
    terms = np.column_stack([seen, np.ones(len(seen))])
    gamma, level = np.linalg.lstsq(terms * weight[:, None], meant * weight, rcond=None)[0].tolist()
    off = np.abs(np.expm1(gamma * seen + level - meant)) - forgiven
    names = [n for n, use in zip(reading.names, grey, strict=True) if use]
    return Ramp(float(gamma), float(max(off.max(), 0.0)), names[int(off.argmax())])


def fit_matrix(measured: Floats, reference: Floats, weights: Floats) -> Matrix3:
    """3x3 (row vectors) from measured to reference linear sRGB by weighted least squares in XYZ.

    Parameters
    ----------
    measured, reference : ndarray, shape (n, 3)
        Linear light.
    weights : ndarray, shape (n,)
        Multiply the rows of the system.
    """
    scaled = weights[:, None]
    to_xyz = np.linalg.lstsq(measured * scaled, linear_to_xyz(reference) * scaled, rcond=None)[0]
    return np.asarray(to_xyz @ XYZ_TO_RGB.T, np.float64)


def leave_one_out(reading: Reading, gamma: float) -> Residuals:
    """CIEDE2000 of each usable patch under the matrix fitted to all the others."""
    usable = np.flatnonzero(reading.usable())
    light, weights = reading.measured**gamma, _weights(reading)
    predicted = np.empty((len(usable), 3))
    for i, held in enumerate(usable):
        rest = usable[usable != held]
        predicted[i] = light[held] @ fit_matrix(light[rest], reading.reference[rest], weights[rest])
    de00 = np.full(len(reading.names), np.nan)
    seen, meant = linear_to_lab(np.maximum(predicted, 0.0)), linear_to_lab(reading.reference[usable])
    de00[usable] = delta_e_2000(seen, meant)
    return Residuals(de00, reading.kinds)


def unreadable(reading: Reading, why: str) -> Calibration:
    """A calibration that changes nothing and says why the target could not be used for colour; its scale remains."""
    failed = "; ".join(f"{name}: {reason}" for name, reason in list(reading.failed.items())[:4])
    reason = f"The {reading.target} was found but its colours cannot be used: {why}{f' ({failed})' if failed else ''}."
    nan = float("nan")
    flag = Flag(FlagCode.CARD_UNREADABLE, reason, RETAKE)
    matrix = frozen(np.eye(3))
    return Calibration(reading.target, matrix, 1.0, nan, nan, reading.mm_to_px, frozen(reading.corners), (flag,))


RETAKE = (
    "Lay the card flat beside the skin, facing the camera, in the same light and free of reflections, and expose so "
    "that its white is not burnt out."
)


PLAIN_PHOTO = "Switch off HDR, beauty, night and portrait modes, or use a camera app that saves an unprocessed JPEG."


def _weights(reading: Reading) -> Floats:
    luminance = np.maximum(reading.reference @ LUMINANCE, DARKEST)
    return np.array([WEIGHTS[k] for k in reading.kinds]) / luminance


def _without_outliers(reading: Reading, gamma: float) -> tuple[Reading, Residuals]:
    """The reading less the few patches that no fit explains (a finger, a stain), and the residuals of the rest.

    A fit whose weights fall with the distance finds them: a single wrong skin patch, left in, bends a least-squares fit
    so far that it no longer stands out.
    """
    usable = np.flatnonzero(reading.usable())
    light, meant = reading.measured[usable] ** gamma, reading.reference[usable]
    lab, weights = linear_to_lab(meant), _weights(reading)[usable]
    off = np.zeros(len(usable))
    for _ in range(ROBUST_ROUNDS):
        matrix = fit_matrix(light, meant, weights / (1 + (off / ROBUST_DE00) ** 2))
        off = delta_e_2000(linear_to_lab(np.maximum(light @ matrix, 0.0)), lab)
    worst = np.argsort(-off)[:MOST_OUTLIERS]
    limit = max(OUTLIER_DE00, 4 * float(np.median(off)))
    covered = {reading.names[usable[i]]: f"off by {off[i]:.0f} dE00 (covered?)" for i in worst if off[i] > limit}
    kept = replace(reading, failed={**reading.failed, **covered})
    return kept, leave_one_out(kept, gamma)


def _ramp_flags(ramp: Ramp) -> tuple[Flag, ...]:
    if ramp.honest:
        return ()
    low, high = GAMMA_RANGE
    reason = (
        f"The photo is tone-mapped: its greys follow the light with exponent {ramp.gamma:.2f} (expected {low} to "
        f"{high}) and miss it by up to {ramp.excess:.0%} at {ramp.worst} (expected at most {RAMP_RESIDUAL:.0%})."
    )
    return (Flag(FlagCode.TONE_MAPPED, reason, PLAIN_PHOTO, COLOUR_METRICS),)


def _residual_flags(reading: Reading, residuals: Residuals) -> tuple[Flag, ...]:
    skin = residuals.median(PatchKind.SKIN)
    if skin <= SKIN_LIMIT_DE00:
        return ()
    reason = (
        f"The {reading.target} does not fit its reference colours: {skin:.1f} dE00 on held-out skin patches, expected "
        f"at most {SKIN_LIMIT_DE00:.0f}."
    )
    return (Flag(FlagCode.CARD_UNREADABLE, reason, RETAKE, COLOUR_METRICS),)


def _failed_flags(reading: Reading) -> tuple[Flag, ...]:
    if len(reading.failed) < REMARK_FROM:
        return ()
    listed = "; ".join(f"{name}: {reason}" for name, reason in reading.failed.items())
    return (Flag(FlagCode.CARD_UNREADABLE, f"Patches of the {reading.target} left out: {listed}."),)
