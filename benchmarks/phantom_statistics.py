"""What the pairs of rendered skin say: noise of a kit, false changes, coverage, power, dose."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tracker.imaging import change
from tracker.imaging.types import Change, Measurement, Metric, Verdict

POWER_SEM = 4.0
RESAMPLES = 1000
FEWEST_PEOPLE = 2


@dataclass(frozen=True)
class Rate:
    """A share of pairs with 95 % limits from drawing whole people."""

    share: float
    low: float
    high: float
    pairs: int
    people: int


def step(row: dict) -> float:
    """The change of one pair on the scale on which it is judged, before the gain of the skin tone."""
    if Metric(row["metric"]) in change.LOG_METRICS:
        return float(np.log(row["followup"] / row["baseline"]))
    return float(row["followup"] - row["baseline"]) * row["gain"]


def told(row: dict) -> bool:
    """Whether the pair has a number."""
    return row["baseline"] is not None and bool(np.isfinite([row["baseline"], row["followup"]]).all())


def chosen(rows: Iterable[dict], kind: str, metric: str, band: str = "", light: str = "") -> list[dict]:
    """The rows with a number of one kind of pair."""
    return [
        r
        for r in rows
        if r["kind"] == kind
        and r.get("metric") == metric
        and band in ("", r["band"])
        and light in ("", r["light"])
        and told(r)
    ]


def repeats(nulls: Iterable[dict]) -> dict[int, np.ndarray]:
    """Person to the values of their photos against the first, (k,), for those with every photo."""
    found: dict[int, list[float]] = {}
    for row in nulls:
        if row["photos"][0] == 0:
            found.setdefault(row["scene"], [0.0]).append(step(row))
    most = max((len(v) for v in found.values()), default=0)
    return {scene: np.array(v) for scene, v in found.items() if len(v) == most}


def kit(table: dict[int, np.ndarray], without: int | None = None) -> change.Noise | None:
    """The noise that a room's repeats of other people give, None with fewer than two of them."""
    others = [values for scene, values in table.items() if scene != without]
    if len(others) < FEWEST_PEOPLE:
        return None
    found = change.repeatability(np.array(others))
    return change.Noise(found.sem, found.df, f"{len(others)} people")


def judged(row: dict, noise: change.Noise, added: float = 0.0) -> Change:
    """The verdict of a pair with the noise of a kit, and a true change of ``added`` (before the gain) put on top."""
    metric, error = Metric(row["metric"]), row["own"] / np.sqrt(2)
    ratio = metric in change.LOG_METRICS
    after = row["followup"] * np.exp(added) if ratio else row["followup"] + added / row["gain"]
    pair = tuple(
        Measurement(metric, "drawn", value, "", error * (value if ratio else 1.0), (), row["scale"])
        for value in (row["baseline"], after)
    )
    return change.judge((pair[0], pair[1]), noise, gain=row["gain"])


def rooms(rows: list[dict], metric: str, band: str) -> Iterable[tuple[list[dict], dict[int, np.ndarray]]]:
    """The unchanged pairs of every room on one tone of skin, and what they repeat."""
    for light in dict.fromkeys(r["light"] for r in rows):
        nulls = chosen(rows, "null", metric, band, light)
        yield nulls, repeats(nulls)


def false_changes(rows: list[dict], metric: str, band: str) -> Rate:
    """Unchanged pairs called changed, each by the noise of other people in the same room."""
    return _rate(rows, metric, band, lambda row, noise, sem: judged(row, noise).verdict is Verdict.CHANGED)


def power(rows: list[dict], metric: str, band: str) -> Rate:
    """Pairs called changed, and in the right direction, after a true change of 4 SEM."""

    def found(row: dict, noise: change.Noise, sem: float) -> bool:
        sign = 1.0 if sum(row["photos"]) % 2 else -1.0
        answer = judged(row, noise, sign * POWER_SEM * sem)
        return answer.verdict is Verdict.CHANGED and answer.change * sign > 0

    return _rate(rows, metric, band, found)


def coverage(rows: list[dict], kind: str, metric: str, truth: str, band: str) -> Rate:
    """Intervals that hold the true change."""
    flags, people = [], []
    for nulls, table in rooms(rows, metric, band):
        light = nulls[0]["light"] if nulls else ""
        for row in chosen(rows, kind, metric, band, light):
            noise = kit(table, row["scene"])
            if noise is not None:
                low, high = judged(row, noise).interval
                flags.append(low <= (row[truth] if kind != "null" else 0.0) <= high)
                people.append(row["scene"])
    return rate(flags, people)


def _rate(rows: list[dict], metric: str, band: str, called: Callable[[dict, change.Noise, float], bool]) -> Rate:
    flags, people = [], []
    for nulls, table in rooms(rows, metric, band):
        whole = kit(table)
        for row in nulls:
            noise = kit(table, row["scene"])
            if noise is not None and whole is not None:
                flags.append(called(row, noise, whole.sem))
                people.append(row["scene"])
    return rate(flags, people)


def rate(flags: list[bool], people: list[int]) -> Rate:
    """The share of True, with limits from drawing whole people with replacement."""
    if not flags:
        return Rate(float("nan"), float("nan"), float("nan"), 0, 0)
    low, high = limits(np.array(flags, float), np.array(people), np.mean)
    return Rate(float(np.mean(flags)), low, high, len(flags), len(set(people)))


def limits(values: np.ndarray, people: np.ndarray, statistic: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """95 % limits of a statistic of values, shape (n, ...), from drawing whole people with replacement."""
    names = np.unique(people)
    if len(names) < FEWEST_PEOPLE:
        return float("nan"), float("nan")
    rng = np.random.default_rng(7)
    parts = [values[people == name] for name in names]
    drawn = [
        statistic(np.concatenate([parts[k] for k in rng.integers(0, len(parts), len(parts))])) for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def dose(rows: list[dict], band: str, light: str = "") -> tuple[float, tuple[float, float], int]:
    """Slope of H divided by the gain on the true H of the same blood on light skin, its limits, and pairs."""
    found = chosen(rows, "blood", "redness", band, light)
    if not found:
        return float("nan"), (float("nan"), float("nan")), 0
    both = np.array([(r["followup"] - r["baseline"], r["true_fair_h"]) for r in found])
    slope = lambda x: float((x[:, 0] @ x[:, 1]) / (x[:, 1] @ x[:, 1]))  # noqa: E731
    return slope(both), limits(both, np.array([r["scene"] for r in found]), slope), len(both)
