"""The tables of accuracy_outlines.py; rendered skin and real wounds are never pooled."""

from typing import Any

import numpy as np
from outline_scenes import LEAST_PX
from scar_scenes import BANDS
from tables import bar_cell, between_cell, median_cell, quantile_cell, share_cell, table

Row = dict[str, Any]
METHODS = ("network and colours", "colours", "GrabCut")
WRONG = 0.3  # Dice below which an answer is another piece of skin


def report(rows: list[Row]) -> list[str]:
    """Markdown lines of docs/accuracy.md."""
    return [
        "## Outlines of scars and wounds", "",
        "The network was trained on the phantom and on scars painted into faces_london and faces_cc0; scenes, ulcers "
        "and wounds here were never trained on. `colours` is the classical way and needs no network; GrabCut had the "
        "same boxes in the same run. A refusal counts as Dice 0 for scars and ulcers.", "",
        *rendered(rows), *intervals(rows), *bare(rows), *ulcers(rows), *wounds(rows), *speed(rows),
    ]  # fmt: skip


def of(rows: list[Row], part: str, method: str, **what: object) -> list[Row]:
    wanted = {"part": part, "method": method, **what}
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def large(rows: list[Row]) -> list[Row]:
    """Scars to which the bar applies."""
    return [row for row in rows if row.get("across", 0) >= LEAST_PX]


def rendered(rows: list[Row]) -> list[str]:
    body = []
    for method in (*METHODS, "no prompt"):
        asked = large(of(rows, "frames", method))
        if asked:
            values = np.array([row["dice"] for row in asked])
            refused = sum("refused" in row for row in asked)
            body.append([
                method, median_cell(values, [(r["band"], r["seed"]) for r in asked], digits=3),
                quantile_cell(values, 0.1, digits=3), bar_cell(float(np.median(values)), 0.85, least=True, digits=3),
                share_cell(refused, len(asked)),
            ])  # fmt: skip
    kinds = sorted({row["kind"] for row in rows if row["part"] == "frames" and "kind" in row})
    by_kind = []
    for kind in kinds:
        cells: list[object] = [kind]
        for method in (*METHODS, "no prompt"):
            found = of(rows, "frames", method, kind=kind)
            cells.append(median_cell([row["dice"] for row in found], digits=3))
        by_kind.append(cells)
    return [
        "### Rendered scars (phantom)", "",
        f"Box with a margin of 10 %, or no prompt; scars with the area of a disc of {LEAST_PX:.0f} px and more.", "",
        *table(("way", "Dice, median", "p10", "bar", "refused"), body),
        "By kind, all sizes (Dice, median):", "", *table(("kind", *METHODS, "no prompt"), by_kind),
    ]  # fmt: skip


def intervals(rows: list[Row]) -> list[str]:
    body = []
    for band in (*BANDS, "all"):
        what = {} if band == "all" else {"band": band}
        seen = [row for row in large(of(rows, "frames", METHODS[0], **what)) if "area" in row]
        if len(seen) < 2:
            continue
        off = np.array([np.log(row["area"] / row["true"]) for row in seen])
        holds = sum(row["low"] <= row["true"] <= row["high"] for row in seen)
        wide = np.median([np.log(row["high"] / row["low"]) / 2 for row in seen])
        dice = np.array([row["dice"] for row in seen])
        body.append([
            band, len(seen), f"{np.median(dice):.3f}", f"{np.expm1(np.median(off)):+.1%}",
            f"{np.expm1(off.mean()):+.1%}",
            bar_cell(abs(float(np.expm1(np.median(off)))), 0.02, percent=True), share_cell(holds, len(seen)),
            between_cell(holds / len(seen), 0.93, 0.97, percent=True), f"{100 * np.expm1(wide):.0f}%",
        ])  # fmt: skip
    head = ("ITA", "scars", "Dice, median", "area, median error", "mean error", "bar (median)",
            "95 % interval holds the truth", "bar", "half width, median")  # fmt: skip
    return ["Area and its interval with the network, per skin tone:", "", *table(head, body)]


def bare(rows: list[Row]) -> list[str]:
    body = []
    for method in ("no prompt", *METHODS[:2]):
        for band in (*BANDS, "all"):
            what = {} if band == "all" else {"band": band}
            shares = [row["share"] for row in of(rows, "bare", method, **what)]
            if shares:
                body.append([
                    method, band, len(shares), f"{np.mean(shares):.2%}", f"{max(shares):.2%}",
                    bar_cell(float(np.mean(shares)), 0.005, digits=3, percent=True) if method == "no prompt" else "",
                ])  # fmt: skip
    beside = [row["share"] for row in of(rows, "frames", "no prompt, false")]
    more = f"Beside scars, without a prompt: {np.mean(beside):.2%} of the photo (n {len(beside)})." if beside else ""
    return [
        "### Skin without a scar (phantom)", "",
        "Area that is outlined all the same, of the region (no prompt: the whole photo; else a box on bare skin).", "",
        *table(("way", "ITA", "photos", "false area, mean", "largest", "bar"), body), more, "",
    ]  # fmt: skip


def ulcers(rows: list[Row]) -> list[str]:
    body = []
    for method in METHODS:
        seen = of(rows, "ulcers", method)
        if not seen:
            continue
        values = np.array([row["dice"] for row in seen])
        areas = [abs(float(np.log(row["area"] / row["true"]))) for row in seen if row.get("area", 0) > 0]
        told = [row for row in seen if np.isfinite(row.get("low", np.nan))]
        holds = sum(row["low"] <= row["true"] <= row["high"] for row in told)
        body.append([
            method, median_cell(values, digits=3), bar_cell(float(np.median(values)), 0.92, least=True, digits=3),
            quantile_cell(values, 0.1, digits=3), bar_cell(float(np.quantile(values, 0.1)), 0.82, least=True, digits=3),
            quantile_cell(areas, 0.5, digits=3), share_cell(holds, len(told)),
        ])  # fmt: skip
    head = ("way", "Dice, median", "bar", "p10", "bar", "abs ln area, median", "95 % interval holds the expert's area")
    return [
        "### Foot ulcers in a box (lesions_fuseg, real)", "",
        "Box with a margin of 10 % around the largest ulcer; another kind of lesion than any that was trained on. The "
        "first 60 of the sorted files served the design and are not among these.", "",
        *table(head, body),
    ]  # fmt: skip


def wounds(rows: list[Row]) -> list[str]:
    body = []
    for method in METHODS[:2]:
        by: dict[str, list[Row]] = {}
        for row in of(rows, "wounds", method):
            by.setdefault(row["wound"], []).append(row)
        if not by:
            continue
        refused = float(np.mean([np.mean(["refused" in row for row in pairs]) for pairs in by.values()]))
        wrong = float(np.mean([np.mean([row.get("dice", 1.0) < WRONG for row in pairs]) for pairs in by.values()]))
        told = [[row for row in pairs if "dice" in row] for pairs in by.values()]
        told = [pairs for pairs in told if pairs]
        values = [float(np.median([row["dice"] for row in pairs])) for pairs in told]
        areas = [np.median([abs(np.log(max(1, row["area"]) / row["true"])) for row in pairs]) for pairs in told]
        holds = np.mean([np.mean([row["low"] <= row["true"] <= row["high"] for row in pairs]) for pairs in told])
        body.append([
            method, len(by), f"{refused:.1%}", bar_cell(refused, 0.15, percent=True), f"{wrong:.1%}",
            bar_cell(wrong, 0.02, percent=True), quantile_cell(values, 0.5, digits=3),
            bar_cell(float(np.median(values)), 0.88, least=True, digits=3), quantile_cell(areas, 0.5, digits=3),
            bar_cell(float(np.median(areas)), 0.12, digits=2), f"{holds:.0%}",
        ])  # fmt: skip
    head = ("way", "wounds", "refused", "bar", "wrong (Dice < 0.3)", "bar", "Dice, median", "bar",
            "abs ln area, median", "bar", "interval holds")  # fmt: skip
    return [
        "### Wounds followed from visit to visit (lesions_fuseg_repeat, real)", "",
        "The expert's outline of one visit is the prompt of the next; every wound counts once. w09, w43 and w65 are "
        "one wound; w33 has an empty baseline mask and can only be refused. Thresholds of refusal were set with these "
        "wounds in view.", "",
        *table(head, body),
    ]  # fmt: skip


def speed(rows: list[Row]) -> list[str]:
    body = [
        [method, median_cell([row["ms"] for row in of(rows, "speed", method)], digits=0)]
        for method in ("no prompt, 1 Mpx", "box")
    ]
    return ["### Time", "", "One thread of the machine that ran this, while it was busy with other work or not.", "",
            *table(("what", "ms, median"), body)]  # fmt: skip
