"""Repeat noise: of one measure in one kind of region, of a kit, and the defaults that ship."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from scipy import stats

from tracker.errors import InvalidInput
from tracker.imaging.types import Flag, FlagCode, Metric

FEW_DF = 20
"""Below, the verdict uses the upper 80 % confidence limit of the SEM instead of the SEM."""
MOST_SDC = {Metric.REDNESS: 4.1}
"""Above, a number is of no use and is withheld: 30 % of a moderate erythema (13.7 H)."""
MOST_SDC_OF_MOVING = {"periorbital": 2.2, "perioral": 2.2, "chin": 2.2, "jaw": 2.0}
"""Of redness, H, in parts of a face that lids, lips and a beard move or shade and that nobody asked for: cheeks and
forehead keep an SDC of 2.2 H. People differ less along the jaw, so 2.0 is where its noise reaches a fifth of the
spread between them (ICC 0.96)."""
ANY = "any"
TONE_BANDS = {"light": 41.0, "medium": 10.0, "brown": -30.0, "dark": float("-inf")}
"""ITA in degrees above which untreated skin belongs to the band."""


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
        region has none of its own. A kind may end in a tone band (``"any dark"``) where noise depends on the skin.
    """

    name: str
    entries: dict[tuple[Metric, str, str], Noise] = field(repr=False)

    def look_up(self, metric: Metric, region: str, *, calibrated: bool, tone: float = float("nan")) -> Noise | None:
        """The noise to judge by, or None where none was measured.

        Parameters
        ----------
        metric : Metric
            What.
        region : str
            Name of the region.
        calibrated : bool
            Whether colour went through a card.
        tone : float
            ITA of untreated skin in degrees, nan where unknown: an entry for its band goes before one for all skin.
        """
        colour = "calibrated" if calibrated else "uncalibrated"
        for kind in (region_kind(region), ANY):
            for name in (kind_of_tone(kind, tone), kind):
                if (metric, name, colour) in self.entries:
                    return self.entries[metric, name, colour]
        return None


def region_kind(region: str) -> str:
    """The kind whose noise a region has: both sides are one, ``"cheek"``, ``"periorbital"``, ``"cheek_malar"``."""
    return region.removesuffix("_left").removesuffix("_right")


def most_sdc(metric: Metric, region: str) -> float:
    """The smallest detectable change above which a measure of a region is withheld; inf where none is set."""
    most = MOST_SDC.get(metric, float("inf"))
    return min(most, MOST_SDC_OF_MOVING.get(region_kind(region), most)) if metric is Metric.REDNESS else most


def kind_of_tone(kind: str, tone: float) -> str:
    """The kind of region on skin of one tone band, ``"any dark"``; the kind itself where the tone is nan."""
    if np.isnan(tone):
        return kind
    return f"{kind} {next(name for name, lowest in TONE_BANDS.items() if tone > lowest)}"


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


def coarse_flags(noise: Noise | None, metric: Metric, region: str, spoiled: tuple[Metric, ...]) -> tuple[Flag, ...]:
    """A reason to withhold ``spoiled`` where the smallest detectable change of ``metric`` is too large to be of use."""
    if noise is None or metric not in MOST_SDC:
        return ()
    sdc, most = noise.quantile * np.sqrt(2) * noise.sem_used, most_sdc(metric, region)
    if sdc <= most:
        return ()
    why = f"only a change of {metric} of {sdc:.1f} could be seen here, expected at most {most:.1f}."
    if most < MOST_SDC[metric]:  # the same words for every such part, so that a page says them once
        why = "by the repeats at hand, expression moves or shades this skin too much to trust a small change."
    return (
        Flag(FlagCode.TOO_FEW_REPEATS, f"{region}: {why}", "Record repeats of your own, or draw an area.", spoiled),
    )
