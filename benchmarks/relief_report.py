"""Tables and noise of the relief section."""

from collections.abc import Iterable

import numpy as np
import phantom_scenes as scenes
from scipy import stats
from tables import NOTHING, bar_cell, between_cell, sd_cell, table

from tracker.imaging import change
from tracker.imaging.measure.relief import RELIEF_METRICS
from tracker.imaging.types import Metric

CLASSES = {"4 to 7 %": (0.04, 0.07), "7 to 14 %": (0.07, 0.14), "over 14 %": (0.14, 9.0)}
BARS = {"length": (0.9, 1.1), "f1": 0.85, "false": 3.0}
ITA = {"light": "> 41", "medium": "10..41", "brown": "-30..10", "dark": "< -30"}
UNITS = {
    "roughness": "ln", "wrinkles": "mm/cm²", "wrinkle_contrast": "% contrast", "wrinkle_severity": "% mm/cm²",
    "pores": "pores/cm²", "pore_diameter": "mm", "pore_area": "% of region",
}  # fmt: skip
WHAT = "{n} rendered cheeks with the card at 16 px/mm, {photos} photos of each, matt to shiny, four skin tones"
RESAMPLES = 2000


def lines(rows: list[dict]) -> list[str]:
    return [
        "## Relief on rendered skin (phantom): roughness, wrinkles, pores", "",
        "Simulated, not clinical. Cheeks with the unevenness of real ones, a third each matt, between and shiny. "
        "Limits of ratios and counts are bootstrapped over the wrinkles or scenes of a tone band.", "",
        *_wrinkles(rows), *_pores(rows), *_repeats(rows), *_dose(rows), *_alone(rows),
    ]  # fmt: skip


def entries(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """SEM per measure over all skin, and per tone band where the largest is more than twice the smallest: else the few
    degrees of freedom of a band cost more than they tell. The same for calibrated and plain colour, as relief hardly
    knows colour and the scale comes from the card in either case."""
    out = []
    for metric in RELIEF_METRICS:
        by_band = {f"any {band}": _differences(rows, metric, (band,)) for band in scenes.BANDS}
        sizes = [float(np.sqrt(np.mean(d**2))) for d, _ in by_band.values() if len(d) > 1]
        unlike = len(sizes) == len(by_band) and max(sizes) > 2 * min(sizes)
        found = {"any": _differences(rows, metric, tuple(scenes.BANDS)), **(by_band if unlike else {})}
        for kind, (d, count) in found.items():
            if len(d) < 2:
                continue
            sem = float(np.sqrt(np.mean(d**2) / 2))
            what = WHAT.format(n=count, photos=_photos(len(d), count))
            out += [(str(metric), kind, colour, sem, _df(len(d), count), what)
                    for colour in ("calibrated", "uncalibrated")]  # fmt: skip
    return out


def _differences(rows: list[dict], metric: str, bands: Iterable[str]) -> tuple[np.ndarray, int]:
    """Changes of unchanged skin, of logarithms where verdicts use them, and the number of people."""
    mine = [r for r in rows if r["kind"] == "repeat" and r["metric"] == metric and r["band"] in bands]
    pairs = np.array([(r["baseline"], r["followup"]) for r in mine], float).reshape(-1, 2)
    kept = np.isfinite(pairs).all(1)
    if Metric(metric) in change.LOG_METRICS:
        kept &= (pairs > 0).all(1)
        pairs = np.log(np.where(kept[:, None], pairs, 1.0))
    people = {(r["band"], r["scene"]) for r, keep in zip(mine, kept, strict=True) if keep}
    return (pairs[:, 1] - pairs[:, 0])[kept], len(people)


def _photos(pairs: int, people: int) -> int:
    return round((1 + np.sqrt(1 + 8 * pairs / max(people, 1))) / 2)


def _df(pairs: int, people: int) -> int:
    return max(1, people * (_photos(pairs, people) - 1))


def _bands(rows: list[dict], kind: str) -> Iterable[tuple[str, list[dict]]]:
    for band in scenes.BANDS:
        yield band, [r for r in rows if r["kind"] == kind and r["band"] == band]


def _ratio(top: np.ndarray, bottom: np.ndarray) -> tuple[float, str]:
    """Sum over sum with bootstrap limits over the parts, and its cell."""
    if not len(top) or not bottom.sum():
        return float("nan"), NOTHING
    rng = np.random.default_rng(20)
    drawn = rng.integers(0, len(top), (RESAMPLES, len(top)))
    low, high = np.quantile(top[drawn].sum(1) / np.maximum(bottom[drawn].sum(1), 1e-9), [0.025, 0.975])
    value = float(top.sum() / bottom.sum())
    return value, f"{value:.2f} ({low:.2f} to {high:.2f}), n {len(top)}"


def _wrinkles(rows: list[dict]) -> list[str]:
    body = []
    for band, mine in _bands(rows, "wrinkle"):
        found, planted, drop = (np.array([r[key] for r in mine]) for key in ("found", "planted", "drop"))
        total, cell = _ratio(found, planted)
        parts = [_ratio(found[k], planted[k])[1] for lo, hi in CLASSES.values() for k in [(drop >= lo) & (drop < hi)]]
        other = np.array([r["density"] for r in rows if r["kind"] == "other lines" and r["band"] == band])
        body.append([ITA[band], cell, between_cell(total, *BARS["length"]), *parts, _mean_cell(other)])
    return [
        "### Planted wrinkles: length found of length planted", "",
        "0.4 to 0.9 mm wide, 0.03 to 0.25 mm deep, 8 to 20 mm long. Planted is the length along which the wrinkle "
        "darkens the photo by at least 4 % (the difference of two photos without noise, with and without it); found is "
        "what is counted within half a millimetre of it. n = wrinkles. Other lines are the skin's own: furrows of the "
        "micro-relief that reach 2 mm, and false ones; nobody knows which.", "",
        *table(("ITA", "all", "bar", *CLASSES, "other lines, mm/cm²"), body),
    ]  # fmt: skip


def _mean_cell(values: np.ndarray) -> str:
    if not len(values):
        return NOTHING
    sd = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
    half = stats.t.ppf(0.975, max(1, len(values) - 1)) * sd / np.sqrt(len(values))
    return f"{values.mean():.1f} ({max(0.0, values.mean() - half):.1f} to {values.mean() + half:.1f}), n {len(values)}"


def _pores(rows: list[dict]) -> list[str]:
    body = []
    for band, mine in _bands(rows, "pore"):
        pores = [r for r in mine if r["skin"] == "pores"]
        f1, cell = _f1(pores)
        cells = [ITA[band], cell, bar_cell(f1, BARS["f1"], least=True)]
        feigned = [r for r in mine if r["skin"] != "pores"]
        for name in ("freckles", "hair"):
            part = [r for r in feigned if r["skin"] == name]
            cells.append(_rate([r["false"] for r in part], [r["cm2"] for r in part])[1])
        rate, _ = _rate([r["false"] for r in feigned], [r["cm2"] for r in feigned])
        body.append([*cells, bar_cell(rate, BARS["false"])])
    return [
        "### Planted pores", "",
        "20 px/mm, 110 pores/cm². F1 of pores of at least 5 px (0.25 mm); smaller ones count neither way. False pores "
        "per cm² on skin without any: a cheek with 1.5 freckles and 6 vellus hairs per cm², a forearm with 3.5 "
        "terminal hairs and 0.5 freckles per cm²; the bar is on both together.", "",
        *table(("ITA", "F1", "bar", "false, freckles", "false, hair", "bar"), body),
    ]  # fmt: skip


def _f1(pores: list[dict]) -> tuple[float, str]:
    counts = np.array([[r["found"], r["planted"], r["false"]] for r in pores], float).reshape(-1, 3)
    if not counts.sum():
        return float("nan"), NOTHING

    def of(total: np.ndarray) -> np.ndarray:
        return 2 * total[..., 0] / np.maximum(total[..., 0] + total[..., 1] + total[..., 2], 1e-9)

    rng = np.random.default_rng(20)
    drawn = of(counts[rng.integers(0, len(counts), (RESAMPLES, len(counts)))].sum(1))
    low, high = np.quantile(drawn, [0.025, 0.975])
    value = float(of(counts.sum(0)))
    return value, f"{value:.2f} ({low:.2f} to {high:.2f}), {counts[:, 1].sum():.0f} pores, {len(counts)} scenes"


def _rate(counts: list[int], areas: list[float]) -> tuple[float, str]:
    """Events per area with exact Poisson limits."""
    k, area = sum(counts), sum(areas)
    if not area:
        return float("nan"), NOTHING
    low = stats.chi2.ppf(0.025, 2 * k) / 2 / area if k else 0.0
    return (
        k / area,
        f"{k / area:.1f} ({low:.1f} to {stats.chi2.ppf(0.975, 2 * k + 2) / 2 / area:.1f}), {k} on {area:.0f} cm²",
    )


def _repeats(rows: list[dict]) -> list[str]:
    body = []
    for metric in RELIEF_METRICS:
        cells = [f"{metric} ({UNITS[metric]})"]
        for band in scenes.BANDS:
            d, people = _differences(rows, metric, (band,))
            sd = float(np.sqrt(np.mean(d**2))) if len(d) else float("nan")
            asked = sum(r["kind"] == "repeat" and r["metric"] == metric and r["band"] == band for r in rows)
            cells.append(f"{sd_cell(1.96 * sd, _df(len(d), people), 3)}, {len(d)} of {asked}" if len(d) else NOTHING)
        body.append(cells)
    return [
        "### Smallest detectable change of unchanged skin (SDC)", "",
        "The person sits down again before the same lamp and camera (pose, 3 degrees of light, exposure, focus), the "
        "card is read as the program reads it, the alignment is the true one. SDC = 1.96 x SD of the change, in the "
        "unit of the measure (roughness: of its logarithm); pairs answered of pairs asked.", "",
        *table(("measure", *(f"ITA {ITA[band]}" for band in scenes.BANDS)), body),
    ]  # fmt: skip


def _dose(rows: list[dict]) -> list[str]:
    body = []
    for metric in ("roughness", "wrinkles", "wrinkle_severity"):
        cells = [metric]
        for _, mine in _bands(rows, "dose"):
            rhos, spans = [], []
            for scene in sorted({r["scene"] for r in mine}):
                part = sorted((r["factor"], r["value"]) for r in mine if (r["scene"], r["metric"]) == (scene, metric))
                values = np.array(part)
                if len(values) > 2 and np.isfinite(values).all():
                    rhos.append(float(stats.spearmanr(values[:, 0], values[:, 1])[0]))
                    spans.append(values[-1, 1] / max(values[0, 1], 1e-9))
            perfect = sum(rho > 0.999 for rho in rhos)
            cells.append(
                f"{perfect} of {len(rhos)} at 1, lowest {min(rhos):.1f}, x{np.median(spans):.1f}" if rhos else NOTHING
            )
        body.append(cells)
    return [
        "### Answer to relief", "",
        "All heights (wrinkles, furrows, swellings) times 0.5, 1, 1.5, 2 and 3, everything else the same: Spearman "
        "correlation of measure and factor per person, and the median ratio of the largest to the smallest.", "",
        *table(("measure", *(f"ITA {ITA[band]}" for band in scenes.BANDS)), body),
    ]  # fmt: skip


def _alone(rows: list[dict]) -> list[str]:
    body = []
    for what in dict.fromkeys(r["what"] for r in rows if r["kind"] == "alone"):
        for metric in ("roughness", "wrinkles"):
            cells = [what, f"{metric} ({UNITS[metric]})"]
            for band, mine in _bands(rows, "alone"):
                pairs = np.array([(r["baseline"], r["followup"]) for r in mine
                                  if (r["what"], r["metric"]) == (what, metric)], float).reshape(-1, 2)  # fmt: skip
                pairs = pairs[np.isfinite(pairs).all(1)]
                pairs = np.log(pairs) if Metric(metric) in change.LOG_METRICS else pairs
                d, _ = _differences(rows, metric, (band,))
                if not len(pairs) or not len(d):
                    cells.append(NOTHING)
                    continue
                sdc = 1.96 * float(np.sqrt(np.mean(d**2)))
                largest = float(np.abs(pairs[:, 1] - pairs[:, 0]).max())
                cells.append(
                    f"{largest:.3f}, n {len(pairs)}, SDC {sdc:.3f}: {'met' if largest < sdc else '**missed**'}"
                )
            body.append(cells)
    return [
        "### Exposure or lamp alone", "",
        "The largest change read where only that differs; the bar is the SDC above.", "",
        *table(("what", "measure", *(f"ITA {ITA[band]}" for band in scenes.BANDS)), body),
    ]  # fmt: skip
