"""Figures of the faces_london rows: pairs of values, noise, verdicts by the noise of all other people, groups."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker.imaging import change
from tracker.imaging.types import Metric

BLUSH = ("013", "031", "120", "172")  # seen by eye in the second shot: real changes, so no nulls
CHEEKS = ("cheek_left", "cheek_right")
REGIONS = ("forehead", *CHEEKS, "nose", "glabella", "periorbital_left", "periorbital_right", "perioral", "chin", "jaw")
"""Those that are measured by default; the chief ones first."""
PARTS = (*REGIONS, "cheek_malar_left", "cheek_malar_right", "cheek_lateral_left", "cheek_lateral_right")
SHUFFLES = 4000  # of the groups: the 95 % limit then moves by less than a hundredth
FEWEST = 5  # people in a group that may speak for itself
BANDS = {"> 41": (41.0, 91.0), "10..41": (10.0, 41.0), "-30..10": (-30.0, 10.0), "< -30": (-91.0, -30.0)}
Pairs = dict[str, tuple[float, float]]
Floats = NDArray[np.float64]


def values(rows: list[dict], kind: str, metric: str, region: str, *, plain: bool = False) -> Pairs:
    """Subject to (baseline, follow-up) without withheld ones; logarithms for ratio measures unless ``plain``."""
    out: Pairs = {}
    for row in rows:
        if (row["kind"], row["metric"], row["region"]) == (kind, metric, region):
            pair = np.array([row["baseline"], row["followup"]], float)
            if metric in change.LOG_METRICS and not plain:
                pair = np.log(pair) if (pair > 0).all() else pair * np.nan
            if np.isfinite(pair).all():
                out[row["who"]] = (float(pair[0]), float(pair[1]))
    return out


def still(found: Pairs) -> Floats:
    """The pairs of those who do not blush, shape (n, 2)."""
    return np.array([pair for who, pair in found.items() if who[:3] not in BLUSH], float).reshape(-1, 2)


def spread(pairs: Floats) -> float:
    """SD of the change."""
    return float((pairs[:, 1] - pairs[:, 0]).std(ddof=1))


def sdc_without(found: Pairs, who: str) -> float:
    """The SDC that everybody else gives, those who blush left out."""
    others = [pair for name, pair in found.items() if name[:3] != who[:3] and name[:3] not in BLUSH]
    return change.repeatability(np.array(others)).sdc


def called(found: Pairs) -> int:
    """How many of those who do not blush are called changed by the SDC of all other people in the same region."""
    judged = {who: pair for who, pair in found.items() if who[:3] not in BLUSH}
    return sum(abs(b - a) > sdc_without(judged, who) for who, (a, b) in judged.items())


def sdc_of_kind(rows: list[dict], region: str, who: str) -> float:
    """The SDC of redness that everybody else gives for a region's kind, as verdicts look it up: both cheeks as one."""
    return sdc_without({f"{w} {name}": p for name in alike(region) for w, p in redness(rows, name).items()}, who)


def alike(region: str) -> list[str]:
    """The regions of one kind, whose noise is one."""
    return [name for name in PARTS if change.region_kind(name) == change.region_kind(region)]


def redness(rows: list[dict], region: str) -> Pairs:
    return values(rows, "null", "redness", region)


def useful(rows: list[dict], region: str) -> bool:
    """Whether the redness of a region is reported at all: the SDC of its kind may not exceed what a number is worth."""
    pairs = np.concatenate([still(values(rows, "null", "redness", name)) for name in alike(region)])
    return len(pairs) > 2 and change.repeatability(pairs).sdc <= change.most_sdc(Metric.REDNESS, region)


@dataclass(frozen=True)
class Painted:
    """One painted change as it was measured.

    Parameters
    ----------
    who : str
        Person.
    truth, found : float
        What was painted, and the change that was measured on top of the plain pair's.
    sdc : float
        Smallest detectable change by all other people's plain pairs of the same kind of region.
    seen : bool
        Called changed: the whole difference to the baseline exceeds it.
    """

    who: str
    truth: float
    found: float
    sdc: float
    seen: bool


def painted(rows: list[dict], name: str, metric: str) -> list[Painted]:
    """Every painted change of one kind in those who do not blush."""
    plain, moved = values(rows, f"{name} null", metric, "drawn"), values(rows, name, metric, "drawn")
    truth = {r["who"]: r["truth"] for r in rows if (r["kind"], r["metric"]) == (name, metric)}
    out = []
    for who in sorted(set(plain) & set(moved)):
        if who in BLUSH:
            continue
        sdc = sdc_without(plain, who)
        (before, after), (_, changed) = plain[who], moved[who]
        size = float("nan") if truth[who] is None else truth[who]
        out.append(Painted(who, size, changed - after, sdc, abs(changed - before) > sdc))
    return out


def group_rows(manifest: Path) -> list[dict]:
    """Ethnicity of each person as a row, so that the report needs nothing but rows."""
    with manifest.open() as file:
        found = {r["subject"][1:]: r["eth"] for r in csv.DictReader(file) if r["path"].startswith("faces_london")}
    return [{"who": who, "kind": "group", "region": "", "metric": name, "flags": []} for who, name in found.items()]


def groups_of(rows: list[dict], by: str) -> dict[str, str]:
    """Person to group: ``by`` is ``"group"`` (ethnicity) or ``"tone"`` (band of ITA)."""
    if by == "group":
        return {row["who"]: row["metric"] for row in rows if row["kind"] == "group"}
    return {
        row["who"]: next(f"ITA {name}" for name, (low, high) in BANDS.items() if low <= row["baseline"] < high)
        for row in rows
        if row["kind"] == "tone"
    }


@dataclass(frozen=True)
class GroupRatio:
    """Largest over smallest SD of the change of any two groups, and what chance alone gives.

    Parameters
    ----------
    ratio : float
        Of the groups with at least FEWEST people.
    largest, smallest : str
        Which groups.
    by_chance : float
        95 % of random groupings of the same sizes stay below.
    p : float
        Share of random groupings that reach the ratio.
    """

    ratio: float
    largest: str
    smallest: str
    by_chance: float
    p: float


def group_ratio(changes: Floats, names: Sequence[str]) -> GroupRatio | None:
    """Permutation test of equal spread: each change less its group's median, the groups then dealt at random."""
    label = np.array(names)
    kept = [name for name in sorted(set(names)) if (label == name).sum() >= FEWEST]
    if len(kept) < 2:
        return None
    inside = np.isin(label, kept)
    label, rest = label[inside], changes[inside].copy()
    for name in kept:
        rest[label == name] -= np.median(rest[label == name])
    sd = {name: float(rest[label == name].std(ddof=1)) for name in kept}
    largest, smallest = max(kept, key=lambda n: sd[n]), min(kept, key=lambda n: sd[n])
    ratio = sd[largest] / sd[smallest]
    rng, chance = np.random.default_rng(3), np.empty(SHUFFLES)
    for k in range(SHUFFLES):
        mixed = rng.permutation(rest)
        spreads = [mixed[label == name].std(ddof=1) for name in kept]
        chance[k] = max(spreads) / min(spreads)
    return GroupRatio(ratio, largest, smallest, float(np.quantile(chance, 0.95)), float((chance >= ratio).mean()))
