"""The statistics alone, simulated: false alarms of one verdict, of a whole screen, of a trend; coverage and power.

python benchmarks/accuracy_statistics.py [--quick]
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats
from tables import bar_cell, between_cell, share_cell, table

from tracker.imaging.change import Noise, judge
from tracker.imaging.change.multiplicity import LEVEL, holm_level
from tracker.imaging.change.progress import Trend, course
from tracker.imaging.types import Measurement, Metric, Verdict

PATIENTS = 2000
FIGURES, PRIMARY = 30, 3  # ten measures in three regions; the declared one in its regions
SEM = 1.3
DAYS = np.array([0.0, 35.0, 70.0, 105.0, 195.0])


def measured(data: Path, workers: int = 2, patients: int = PATIENTS) -> list[dict]:
    """Counts of each simulation; ``data`` and ``workers`` are not needed, it takes seconds."""
    del data, workers
    rows = [row for correlation in (0.0, 0.3, 0.6) for row in screens(patients, correlation)]
    return [*rows, *pairs(patients), *trends(patients)]


def screens(patients: int, correlation: float) -> list[dict]:
    """What chance alone calls changed among 30 figures of one pair."""
    rng = np.random.default_rng(7)
    common, own = rng.normal(size=(patients, 1)), rng.normal(size=(patients, FIGURES))
    p = 2 * stats.norm.sf(np.abs(np.sqrt(1 - correlation) * own + np.sqrt(correlation) * common))

    def family(which: np.ndarray) -> np.ndarray:
        return np.array([each.min() <= holm_level(each) for each in which])

    first, rest = family(p[:, :PRIMARY]), family(p[:, PRIMARY:])
    found = {
        "any of 30, each by itself": (p < LEVEL).any(1),
        "the declared measure, one region": p[:, 0] < LEVEL,
        "the declared measure, three regions": first,
        "any other figure (Holm)": rest,
        "either": first | rest,
    }
    return [row("screen", name, called, correlation=correlation) for name, called in found.items()]


def pairs(patients: int) -> list[dict]:
    """Verdicts of the program itself, with the noise of few and of many repeats."""
    out = []
    for df in (10, 20, 60):
        rng = np.random.default_rng(df)
        sems = SEM * np.sqrt(rng.chisquare(df, patients) / df)
        before, after = rng.normal(20, SEM, (2, patients))
        for shift, kind in ((0.0, "unchanged"), (-4 * SEM, "true change of 4 SEM")):
            found = [
                judge((figure(a), figure(b + shift)), Noise(float(s), df, "simulated"))
                for a, b, s in zip(before, after, sems, strict=True)
            ]
            out.append(row("pair", kind, [c.verdict is Verdict.CHANGED for c in found], df=df))
            held = [c.interval[0] <= shift <= c.interval[1] for c in found]
            out.append(row("coverage", kind, held, df=df))
    return out


def figure(value: float) -> Measurement:
    return Measurement(Metric.REDNESS, "cheek_left", float(value), "H", 0.0)


def trends(patients: int) -> list[dict]:
    """Five sessions of unchanged patients, and of patients who lose 4 SEM in all."""
    rng = np.random.default_rng(1)
    still = rng.normal(20, SEM, (patients, len(DAYS)))
    falling = still - 4 * SEM * DAYS / DAYS[-1]
    flat, fallen = ([course(DAYS, values, SEM) for values in each] for each in (still, falling))
    true = -4 * SEM
    return [
        row("trend", "called a trend, unchanged", [c.trend in (Trend.FALLS, Trend.RISES) for c in flat]),
        row("trend", "called falling at a true fall of 4 SEM", [c.trend is Trend.FALLS for c in fallen]),
        row("trend", "interval of the total holds it", [c.interval[0] <= true <= c.interval[1] for c in fallen]),
    ]


def row(part: str, name: str, called: object, **more: float) -> dict:
    hits = np.asarray(called, bool)
    return {"part": part, "name": name, "k": int(hits.sum()), "n": len(hits), **more}


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    if not rows:
        return []
    names = list(dict.fromkeys(r["name"] for r in rows if r["part"] == "screen"))
    levels = sorted({r["correlation"] for r in rows if r["part"] == "screen"})
    one = {(r["name"], r["correlation"]): r for r in rows if r["part"] == "screen"}
    screen = [[name, *(share_cell(one[name, c]["k"], one[name, c]["n"]) for c in levels)] for name in names]
    return [
        "## Statistics of verdicts (simulated numbers, no photos)", "",
        f"{rows[0]['n']} patients each; normal noise of a known size.", "",
        "### A pair of photos: `change.judge` with the SEM of a kit", "",
        "Below 20 degrees of freedom t and the upper 80 % limit of the SEM make verdicts careful on purpose.", "",
        *table(("degrees of freedom of the SEM", "called changed, unchanged", "bar", "interval holds the change", "bar",
                "called changed at 4 SEM", "bar"), [pair_cells(rows, df) for df in (10, 20, 60)]),
        "### Thirty figures of one pair, nothing changed", "",
        "Share of patients with any 'changed', by the correlation of the figures.", "",
        *table(("called changed", *(f"correlation {c:g}" for c in levels)), screen),
        "### Five sessions", "",
        *table(("", "found"), [[r["name"], share_cell(r["k"], r["n"])] for r in rows if r["part"] == "trend"]),
    ]  # fmt: skip


def pair_cells(rows: list[dict], df: int) -> list[str]:
    mine = {(r["part"], r["name"]): r for r in rows if r.get("df") == df}
    null, held, found = (
        mine[key]
        for key in (("pair", "unchanged"), ("coverage", "true change of 4 SEM"), ("pair", "true change of 4 SEM"))
    )
    share = [r["k"] / r["n"] for r in (null, held, found)]
    return [
        str(df),
        share_cell(null["k"], null["n"]),
        between_cell(share[0], 0.03, 0.07, percent=True),
        share_cell(held["k"], held["n"]),
        between_cell(share[1], 0.93, 0.97, percent=True),
        share_cell(found["k"], found["n"]),
        bar_cell(share[2], 0.8, least=True, percent=True),
    ]


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """None: nothing here was photographed."""
    del rows
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    print("\n".join(report(measured(Path(), patients=200 if parser.parse_args().quick else PATIENTS))))
