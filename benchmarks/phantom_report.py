"""The section of docs/accuracy.md on rendered skin with the card, and the noise that ships from it."""

import numpy as np
import phantom_statistics as found
from phantom_scenes import BANDS, LIGHTS
from phantom_statistics import Rate
from tables import bar_cell, between_cell, median_cell, sd_cell, table

from tracker.imaging import change

PRIMARY = ("redness", "pigment", "roughness", "evenness")
BESIDE = ("redness_a_star", "redness_log_rg", "spots")
SHIPPED = ("redness", "redness_a_star", "redness_log_rg", "pigment", "evenness", "spots")
UNIT = {"redness": "H", "redness_a_star": "a*", "redness_log_rg": "EI", "pigment": "MI", "evenness": "ln",
        "spots": "% of region", "roughness": "ln"}  # fmt: skip
ITA = {"light": "> 41", "medium": "10..41", "brown": "-30..10", "dark": "< -30"}
TRUTH = {"redness": ("blood", "true_fair_h"), "pigment": ("melanin", "true_pigment")}
MOST_SD, FALSE, COVER, LEAST_POWER, SLOPE = 1.5, (0.03, 0.07), (0.93, 0.97), 0.80, (0.90, 1.10)


def lines(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    people = len({(r["band"], r["scene"]) for r in rows})
    nulls = len(found.chosen(rows, "null", "redness"))
    refused = [r for r in rows if r["kind"] == "refused"]
    return [
        "## Redness and pigment on rendered skin with the card (phantom)", "",
        "Simulated, not clinical: it ranks methods and shows what optics alone allow; living skin adds pulse, warmth "
        f"and pressure. {people} rendered cheeks, 8.5 px/mm, a drawn ellipse of 24 by 18 mm, the printed card in the "
        "frame; between two photos of a room pose, light (3 and 2 degrees), exposure (6 %), white balance (3 %) and "
        f"focus differ. {nulls} pairs of unchanged skin; {len(refused)} people refused. The shine of the skin is drawn "
        "evenly between none and that of the demo pictures; a third of the people share a matt room, a third a shiny "
        "one, a third one between, and every verdict uses the noise of the other people of that tone in that room, as "
        "`tracker repeatability` would fit it. "
        "Two photos of every person are registered by the engine; all other pairs take the true map plus the error of "
        "one of those. Limits come from drawing whole people.", "",
        *_noise_table(rows), *_false_table(rows), *_coverage_table(rows), *_power_table(rows), *_dose_table(rows),
        *_sem_table(rows),
    ]  # fmt: skip


def rate_cell(rate: Rate) -> str:
    """``4.8% (3.1% to 6.6%), 540 pairs of 12 people``."""
    if rate.pairs == 0:
        return "-"
    return f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%}), {rate.pairs} pairs of {rate.people}"


def spread(rows: list[dict], kind: str, metric: str, band: str, *, fair: bool) -> tuple[float, int]:
    """Root mean square change of unchanged skin, and its degrees of freedom: photos less one per person."""
    pairs = found.chosen(rows, kind, metric, band)
    steps = np.array([found.step(r) / (r["gain"] if fair else 1.0) for r in pairs])
    people = {(r["band"], r["scene"]) for r in pairs}
    photos = {(r["band"], r["scene"], j) for r in pairs for j in r.get("photos", ())}
    df = max(0, len(photos) - len(people)) if kind == "null" else len(people)
    return (float(np.sqrt(np.mean(steps**2))) if len(steps) else float("nan")), df


def _noise_table(rows: list[dict]) -> list[str]:
    body = []
    for band in BANDS:
        same, other = (spread(rows, kind, "redness", band, fair=True) for kind in ("null", "other kit"))
        error = [r["error_px"] for r in rows if r["kind"] == "alignment" and r["band"] == band]
        body.append([
            ITA[band], sd_cell(*same), bar_cell(same[0], MOST_SD), sd_cell(*other), bar_cell(other[0], MOST_SD),
            median_cell(error),
        ])  # fmt: skip
    head = ("ITA", "SD of the change of H, same kit", "bar", "other camera and lamp", "bar", "alignment error, px")
    return [
        "### Unchanged skin: SD of the change of H", "", "After the gain of the skin tone, reference subtracted.", "",
        *table(head, body),
    ]  # fmt: skip


def _false_table(rows: list[dict]) -> list[str]:
    body = []
    for metric in (*PRIMARY, *BESIDE):
        for band in BANDS:
            rate = found.false_changes(rows, metric, band)
            bar = between_cell(rate.share, *FALSE, percent=True) if metric in PRIMARY else "no bar"
            body.append([metric, ITA[band], rate_cell(rate), bar])
    return ["### False 'changed' on unchanged skin", "", *table(("measure", "ITA", "called changed", "bar"), body)]


def _coverage_table(rows: list[dict]) -> list[str]:
    body = []
    for metric in ("redness", "pigment", "roughness"):
        for band in BANDS:
            cells = []
            for kind in ("null", TRUTH[metric][0] if metric in TRUTH else ""):
                truth = TRUTH[metric][1] if metric in TRUTH else ""
                rate = found.coverage(rows, kind, metric, truth, band) if kind else found.rate([], [])
                cells += [rate_cell(rate), between_cell(rate.share, *COVER, percent=True)]
            body.append([metric, ITA[band], *cells])
    return [
        "### 95 % intervals that hold the true change", "",
        "True changes: blood x1.1 to x3, melanin x0.75 to x1.35, drawn at random. Whether the light was matt or shiny "
        "is not known to the engine: the interval has to hold either.", "",
        *table(("measure", "ITA", "unchanged", "bar", "changed", "bar"), body),
    ]  # fmt: skip


def _power_table(rows: list[dict]) -> list[str]:
    body = []
    for metric in PRIMARY:
        for band in BANDS:
            rate = found.power(rows, metric, band)
            body.append(
                [metric, ITA[band], rate_cell(rate), bar_cell(rate.share, LEAST_POWER, least=True, percent=True)]
            )
    return [
        "### Power at a true change of 4 SEM", "",
        "The change is added to the pairs of unchanged skin, up or down.", "",
        *table(("measure", "ITA", "called changed", "bar"), body),
    ]  # fmt: skip


def _dose_table(rows: list[dict]) -> list[str]:
    body = []
    for band in BANDS:
        for light in (*LIGHTS, ""):
            slope, (low, high), pairs = found.dose(rows, band, light)
            shown = f"{slope:.2f} ({low:.2f} to {high:.2f}), n {pairs}" if pairs else "-"
            body.append([ITA[band], light or "all rooms", shown, between_cell(slope, *SLOPE)])
    return [
        "### Dose of blood: H after the gain over H of the same blood on light skin", "",
        "1 means: as the g table has it. Light thrown back by the surface carries no blood and dilutes it; a photo "
        "without crossed polarisers cannot tell it from melanin, so the engine makes up for the ordinary share and "
        "widens the interval for the rest.", "",
        *table(("ITA", "light", "slope", "bar"), body),
    ]  # fmt: skip


def _sem_table(rows: list[dict]) -> list[str]:
    body = []
    for metric in (*SHIPPED, "roughness"):
        cells = []
        for band in BANDS:
            sd, df = spread(rows, "null", metric, band, fair=False)
            cells.append(sd_cell(sd / np.sqrt(2), df, digits=3))
        body.append([f"{metric} ({UNIT[metric]})", *cells])
    return ["### SEM per measure, before the gain", "", *table(("measure", *(f"ITA {v}" for v in ITA.values())), body)]


def entries(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """Noise with a card: per tone band and over all skin, of the same kit or another, whichever is larger."""
    people = len({(r["band"], r["scene"]) for r in rows})
    what = f"{people} rendered cheeks with the card, same and other kit, matt to shiny light, 4 skin tones"
    out = []
    for metric in SHIPPED:
        for band in ("", *BANDS):
            kinds = [spread(rows, kind, metric, band, fair=False) for kind in ("null", "other kit")]
            sd, df = max((k for k in kinds if np.isfinite(k[0])), default=(float("nan"), 0))
            if df > 0 and sd > 0:
                kind = f"{change.ANY} {band}".strip()
                out.append((metric, kind, "calibrated", sd / float(np.sqrt(2)), df, what))
    return out
