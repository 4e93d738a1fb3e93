"""The section of docs/accuracy.md about the comparability gate."""

from collections.abc import Iterable

from gate_scenes import BANDS
from tables import bar_cell, share_cell, table

from tracker.imaging import quality

FOUND, FALSE = 0.97, 0.05
TEXTURE, COLOUR, SHADE = (tuple(map(str, group)) for group in (quality.TEXTURE, quality.COLOUR, quality.SHADE_BOUND))
SPOILS = {
    "tone curve": (("tone-mapped",), COLOUR),
    "local tone mapping": (("tone-mapped",), COLOUR),
    "blur 1 to 2 px": (("sharpness differs", "blurred"), TEXTURE),
    "side light": (("light differs",), SHADE),
    "nearer (1.3)": (("distance differs",), TEXTURE),
    "farther (0.7)": (("distance differs",), TEXTURE),
    "wet": (("shine",), SHADE),
}
"""What each spoil must be called, and what must be withheld for that reason."""
MORE = {
    "frontal light": (("light differs", "frontal light"), SHADE),
    "motion 7 px": SPOILS["blur 1 to 2 px"],
    "make-up": (("make-up",), COLOUR),
    "other lamp": (("light differs",), ("pigment",)),
    "JPEG 30": (("heavily compressed",), TEXTURE),
}
REAL = {
    "tone curve": SPOILS["tone curve"],
    "local tone mapping": SPOILS["local tone mapping"],
    "blur 1 px": SPOILS["blur 1 to 2 px"],
    "side light (slope)": SPOILS["side light"],
    "make-up": MORE["make-up"],
    "other lamp": MORE["other lamp"],
    "JPEG 30": MORE["JPEG 30"],
    "resized 0.7": SPOILS["farther (0.7)"],
}
GOOD = ("unspoiled", "unspoiled, again")


def report(rows: list[dict]) -> list[str]:
    """Markdown: rendered pairs, real pairs, faces in other light and from afar, charts."""
    rendered, london, caltech, zoom, charts = (
        [r for r in rows if r["set"] == name] for name in ("rendered", "london", "caltech", "zoom", "charts")
    )
    return ["## Comparability gate", "", *_rendered(rendered), *_london(london), *_light(caltech), *_zoom(zoom),
            *_charts(charts)]  # fmt: skip


def right(row: dict, spoils: dict) -> bool:
    """Whether the spoil is named, and what it spoils is withheld for that reason."""
    codes, metrics = spoils[row["kind"]]
    withheld = {metric for code in codes for metric in row["by"].get(code, ())}
    return set(metrics) <= withheld


def _rendered(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    scenes = len({(r["band"], r["scene"]) for r in rows})
    return [
        "### Rendered pairs, spoiled one way at a time", "",
        f"{scenes} scenes of a cheek (720 x 720 px, 6 px/mm), each photographed on a second visit with pose, light (3 "
        "degrees), exposure (6 %), white balance (3 %) and focus a little different, and spoiled: an S-shaped tone "
        "curve; local tone mapping of 40 %; a blur of 1 to 2 px at 1000 px before the sensor's noise; the lamp moved "
        "by 90 degrees and lowered to 25; from 1/1.3 and 1/0.7 of the distance; three times the shine. Laid on each "
        "other by the truth, so that the gate alone is judged. Found means: the right reason is given and for that "
        "reason everything is withheld that the spoil spoils.", "",
        *table(("spoiled by", "card", *(f"ITA {b}" for b in BANDS), "bar, all"), _found_rows(rows, SPOILS, FOUND)),
        "Good pairs of the same scenes: share of pairs for which a check withholds anything.", "",
        *table(("check", "card", *(f"ITA {b}" for b in BANDS), "bar, worst band"), _false_rows(rows)),
        "Spoils beyond the bars (another lamp is taken out by the card, so it is not named with one):", "",
        *table(("spoiled by", "card", *(f"ITA {b}" for b in BANDS), "all"), _found_rows(rows, MORE, None)),
        "All reasons given for all pairs, in % (rows: what was done; columns: what was said):", "",
        *_confusion(rows),
    ]  # fmt: skip


def _found_rows(rows: list[dict], spoils: dict, bar: float | None) -> Iterable[list[str]]:
    for kind in spoils:
        for card in (True, False):
            mine = [r for r in rows if r["kind"] == kind and r["card"] == card]
            if kind == "other lamp" and card:
                continue
            cells = [[right(r, spoils) for r in mine if r["band"] == band] for band in BANDS]
            hits = [hit for cell in cells for hit in cell]
            last = share_cell(sum(hits), len(hits))
            if bar is not None:
                worst = min(sum(c) / max(1, len(c)) for c in cells)
                last = f"{last}; worst band {bar_cell(worst, bar, least=True, percent=True)}"
            yield [kind, "yes" if card else "no", *(share_cell(sum(c), len(c)) for c in cells), last]


def _false_rows(rows: list[dict]) -> Iterable[list[str]]:
    good = [r for r in rows if r["kind"] in GOOD]
    codes = sorted({code for r in rows for code in r["codes"]})
    for code in codes:
        for card in (True, False):
            cells = [[code in r["codes"] for r in good if r["card"] == card and r["band"] == b] for b in BANDS]
            worst = max(sum(c) / max(1, len(c)) for c in cells)
            yield [code, "yes" if card else "no", *(share_cell(sum(c), len(c)) for c in cells),
                   bar_cell(worst, FALSE, percent=True)]  # fmt: skip


def _confusion(rows: list[dict]) -> list[str]:
    codes = sorted({code for r in rows for code in r["codes"]})
    body = []
    for kind in dict.fromkeys(r["kind"] for r in rows):
        for card in (True, False):
            mine = [r for r in rows if r["kind"] == kind and r["card"] == card]
            shares = [100 * sum(code in r["codes"] for r in mine) / max(1, len(mine)) for code in codes]
            body.append([kind, "yes" if card else "no", str(len(mine)), *(f"{s:.0f}" for s in shares)])
    return table(("done", "card", "n", *codes), body)


def _london(rows: list[dict]) -> list[str]:
    if not rows:
        return ["### Real pairs", "", "Not measured: ../shared/data is not here.", ""]
    good = [r for r in rows if r["kind"] == "unspoiled"]
    refused = sum(r["kind"] == "refused" for r in rows)
    codes = sorted({code for r in good for code in r["codes"]})
    lost = sum("redness" in r["withheld"] for r in good)
    spoiled = [[kind, share_cell(sum(right(r, REAL) for r in mine), len(mine)), _said(mine)]
               for kind in REAL if (mine := [r for r in rows if r["kind"] == kind])]  # fmt: skip
    regions = [(name, name in r["folds"]) for r in good for name in r["regions"]]
    folds = [[name, share_cell(sum(f for n, f in regions if n == name), sum(n == name for n, _ in regions))]
             for name in dict.fromkeys(n for n, _ in regions)]  # fmt: skip
    return [
        "### Real pairs (faces_london), follow-ups spoiled in memory", "",
        f"{len(good)} pairs, neutral and smiling, as they are ({refused} more refused by the alignment): redness is "
        f"withheld in {share_cell(lost, len(good))} (bar 0).", "",
        *table(("check on unspoiled pairs", "withholds something in"),
               [[code, share_cell(sum(code in r["codes"] for r in good), len(good))] for code in codes]),
        "Wrinkles withheld for another expression (these people do smile):", "",
        *table(("region", "withheld"), folds),
        "The same follow-ups spoiled: found with the right reason.", "",
        *table(("spoiled by", "found", "said in at least 10 %"), spoiled),
    ]  # fmt: skip


def _said(rows: list[dict]) -> str:
    codes = sorted({code for r in rows for code in r["codes"]})
    shares = {code: sum(code in r["codes"] for r in rows) / len(rows) for code in codes}
    return ", ".join(f"{code} {share:.0%}" for code, share in shares.items() if share >= 0.1) or "-"


def _light(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    fitted = [r for r in rows if not r["refused"]]
    told = [v for r in fitted for _, v, _, _ in r["redness"]]
    body = [
        ["pairs refused by the alignment", share_cell(len(rows) - len(fitted), len(rows))],
        ["pairs with the light named", share_cell(sum("light differs" in r["codes"] for r in fitted), len(fitted))],
        ["pairs with any 'changed' verdict", share_cell(sum(bool(r["changed"]) for r in fitted), len(fitted))],
        ["redness of a region: not assessable", share_cell(told.count("not assessable"), len(told))],
        ["redness of a region: 'changed'", share_cell(told.count("changed"), len(told))],
    ]
    return ["### One face in other light (faces_caltech), no card", "",
            "Random pairs of one person under office light, flash and sun, 448 x 296 px, through the whole analysis. "
            "Nothing of the skin changed that is known of.", "", *table(("", "share"), body)]  # fmt: skip


def _zoom(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    body = []
    for r in rows:
        kept = [f"{region} {change:+.1f} (SDC {sdc:.1f})" for region, _, change, sdc in r["redness"] if sdc is not None]
        named = "yes" if "distance differs" in r["codes"] else "no"
        texture = "yes" if "roughness" in r["withheld"] else "no"
        body.append(
            [r["kind"], r["refused"] or "-", named, texture, "; ".join(kept) or "withheld", ", ".join(r["codes"])]
        )
    head = ("from", "refused", "distance named", "texture withheld", "redness kept, H", "doubts")
    return ["### One face from 15 to 60 cm (faces_cc0), no card", "",
            "One camera with automatic white balance. The SDC without a doubt is 2.3 H on cheeks and 1.7 on the "
            "forehead.", "", *table(head, body)]  # fmt: skip


def _charts(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    found = sum(bool(r["target"]) for r in rows)
    body = [[r["kind"], r["target"] or "not found", str(r["residual"]), str(r["skin"]), ", ".join(r["codes"]) or "-"]
            for r in rows]  # fmt: skip
    return ["### Charts photographed by others (charts_plantcv)", "", f"Found in {share_cell(found, len(rows))}.", "",
            *table(("photo", "target", "residual dE00", "on skin patches", "doubts"), body)]  # fmt: skip
