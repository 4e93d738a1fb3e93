"""What the compare and progress pages show of a comparison: order, overlays, export."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from tracker.clinic.workflow.compared import Comparison
from tracker.dashboard import pictures, widgets
from tracker.exports import charts
from tracker.exports.basis import behind, left_out_words, photos_words
from tracker.exports.overlay import (
    REDNESS_COLOURS,
    REDNESS_RANGE_H,
    TEXTURE_BAND_MM,
    TEXTURE_COLOURS,
    TEXTURE_RANGE,
    colour_scale,
)
from tracker.exports.table import (
    CROSS_CHECKS,
    PRIMARY,
    as_table,
    in_order,
    metric_words,
    remarks,
    unchanged_sentences,
    withheld_sentences,
)
from tracker.imaging.types import Analysis, Change, Flag, Metric, Verdict
from tracker.wording import capital, decimal, lowered, mark, t

NOT_MEASURED = mark(
    "Not measured from a photo: elasticity of the skin, and depth or volume of scars. A flat picture does not show "
    "them; they need a suction meter and a 3-D scan."
)
CORRECTED_LEGEND = mark(
    "Blue: the outline drawn on the earlier photo, carried over. Orange: the outline that a person drew or accepted on "
    "the later photo, on which the verdict about the area rests."
)
REFERENCE_LEGEND = mark("White dashes: the untreated skin that was drawn, against which its colour was measured.")
PROPOSED_LEGEND = mark(
    "Its colour was measured against untreated skin that the program found; draw it below to choose it."
)
_SCALES = {
    pictures.Layer.REDNESS: (mark("{range} H paler"), mark("{range} H redder"), REDNESS_COLOURS),
    pictures.Layer.TEXTURE: (mark("smooth"), mark("rough"), TEXTURE_COLOURS),
}
_FIGURES = {
    pictures.Layer.REDNESS: {"range": f"{REDNESS_RANGE_H:.0f}"},
    pictures.Layer.TEXTURE: {
        "least": f"{TEXTURE_BAND_MM[0]}",
        "most": f"{TEXTURE_BAND_MM[1]}",
        "contrast": f"{TEXTURE_RANGE:.0%}",
    },
}
"""What stands in braces in the words of a layer."""
_LEGENDS = {
    pictures.Layer.PHOTO: (mark("Photo"), ""),
    pictures.Layer.OUTLINES: (mark("Area"), mark("The outline shows the skin that was measured, in each photo.")),
    pictures.Layer.REDNESS: (
        mark("Redness"),
        mark(
            "Against the skin around the area in the same photo. It shows where the redness lies; how much it changed "
            "is said above."
        ),
    ),
    pictures.Layer.SCAR: (
        mark("Scar"),
        mark(
            "Blue: the outline drawn on the earlier photo, carried over. Orange: the same outline moved in or out "
            "evenly, until it holds the area that was measured: the measurement tells how much is left, not where the "
            "edge runs."
        ),
    ),
    pictures.Layer.TEXTURE: (
        mark("Texture"),
        mark(
            "Relief of {least} to {most} mm, yellow from a local contrast of {contrast}. Light from another side looks "
            "like another texture."
        ),
    ),
}


def split(changes: Sequence[Change], primary: Metric | None) -> tuple[list[Change], list[Change]]:
    """The changes of the measure that decides, and the others, both in reading order."""
    ordered = in_order(changes)
    return [one for one in ordered if one.metric == primary], [one for one in ordered if one.metric != primary]


def layers(compared: Comparison, changes: Sequence[Change]) -> list[widgets.LayerView]:
    """The pictures of a comparison whose photos lie in one frame; the scar's outline only where its area was judged."""
    analysis_id = compared.record.id
    drawn = compared.analysis is not None and compared.analysis.reference is not None
    corrected = compared.analysis is not None and compared.analysis.correction is not None
    judged = {change.metric for change in changes if change.verdict is not Verdict.NOT_ASSESSABLE}
    found = []
    for layer, (label, legend) in _LEGENDS.items():
        if layer is pictures.Layer.SCAR and Metric.SCAR_AREA not in judged:
            continue
        if layer is pictures.Layer.SCAR and corrected:
            legend = CORRECTED_LEGEND
        words = t(legend, **_figures(layer))
        if layer is pictures.Layer.OUTLINES:
            words += f" {t(REFERENCE_LEGEND if drawn else PROPOSED_LEGEND)}"
        before, after = (f"/img/{analysis_id}/{side}/{layer}" for side in pictures.Side)
        found.append(widgets.LayerView(t(label), before, after, words, _scale(layer)))
    return found


def _figures(layer: pictures.Layer) -> dict[str, object]:
    return {name: decimal(figure) for name, figure in _FIGURES.get(layer, {}).items()}


def _scale(layer: pictures.Layer) -> widgets.Scale | None:
    if layer not in _SCALES:
        return None
    low, high, colours = _SCALES[layer]
    figures = _figures(layer)
    return widgets.Scale(t(low, **figures), t(high, **figures), colour_scale(colours))


def chosen_photos(whole: Comparison) -> Comparison:
    """The mean of a visit with several photos, or the one pair that is chosen."""
    if not whole.pairs:
        return whole
    words = [capital(photos_words(whole.averaged)) if whole.averaged else t("All photos")]
    count = len(whole.pairs)
    words += [t("Photo {number} of {count} alone", number=number, count=count) for number in range(1, count + 1)]
    label = t("Photos of the later visit")
    # The browser keeps the words of a field whose key stays, so other words are another field.
    key = f"photos_{count}_{words[0]}"
    picked = st.selectbox(label, range(len(words)), format_func=words.__getitem__, key=key)
    return whole if picked == 0 else whole.pairs[picked - 1]


def basis(compared: Comparison, noise: str) -> None:
    """What the numbers rest on: photos, reference skin, repeat noise; and which photos were left out."""
    reference = None if compared.analysis is None else compared.analysis.reference
    st.caption(widgets.plain(behind(compared.averaged, reference, noise)))
    lost = left_out_words(compared.averaged, [one.record.changes for one in compared.pairs])
    for number, one in enumerate(compared.pairs, 1):
        if one.record.reason:
            why = f"{one.record.reason} {one.record.retake}"
            lost.append(t("Photo {number}: {what}", number=number, what=why))
    if lost:
        with st.expander(t("Photos that were left out of a measure, and why")):
            for line in lost:
                st.markdown(widgets.plain(line))


def comparability(flags: Sequence[Flag], changes: Sequence[Change]) -> None:
    """What stands against comparing two photos: each reason, what it spoils of what is shown, and how to retake."""
    shown = dict.fromkeys(change.metric for change in changes if change.metric not in CROSS_CHECKS)
    notes = []
    for flag in flags:
        spoiled = [lowered(metric_words(metric)) for metric in shown if metric in flag.withholds]
        measures = ", ".join(spoiled)
        what = t("Not assessable because of it: {measures}.", measures=measures) if spoiled else ""
        notes.append(widgets.Note(flag.reason, what, flag.retake))
    widgets.notes(
        t("How well the two photos shown below can be compared"), notes, t("Nothing was found that stands against it.")
    )


def not_measured() -> None:
    """What no photo can tell, said where someone would look for it."""
    st.caption(t(NOT_MEASURED))


def photos_only(before_id: str, after_id: str) -> list[widgets.LayerView]:
    """Both photos as they were taken, where there is nothing to draw on them."""
    before, after = (f"/img/{one}?w={pictures.WIDTH}" for one in (before_id, after_id))
    return [widgets.LayerView(t("Photo"), before, after, "")]


def focus(analysis: Analysis | None, size: tuple[int, int]) -> tuple[float, float]:
    """Where to look when the photos are magnified: the middle of the measured skin, as shares of width and height."""
    if analysis is None or not analysis.regions:
        return 0.5, 0.5
    boxes = [region.box for region in analysis.regions]
    x = min(box.left for box in boxes) + max(box.right for box in boxes)
    y = min(box.top for box in boxes) + max(box.bottom for box in boxes)
    return x / 2 / size[0], y / 2 / size[1]


def other_measures(changes: Sequence[Change]) -> None:
    """What was found beside the deciding measure: changes, one line per measure without, folded what is withheld."""
    shown = [change for change in changes if change.metric not in CROSS_CHECKS]
    changed = [change for change in shown if change.verdict is Verdict.CHANGED]
    unchanged, withheld = unchanged_sentences(shown), withheld_sentences(shown)
    if changed or unchanged:
        st.subheader(t("Other measures"), anchor=False)
        widgets.verdict_cards(changed)
        widgets.verdict_sentences(unchanged, Verdict.NO_DETECTABLE_CHANGE)
    if withheld:
        lost = sum(change.verdict is Verdict.NOT_ASSESSABLE for change in shown)
        with st.expander(t("Not assessable ({count}), and how to retake", count=lost)):
            for line in withheld:
                st.markdown(widgets.plain(line))


def all_numbers(changes: Sequence[Change]) -> None:
    """The table of all changes and the remarks on them, folded."""
    if changes:
        with st.expander(t("All numbers")):
            st.dataframe(as_table(changes).drop(columns=t("Remarks")), hide_index=True)
            for remark in remarks(changes):
                st.caption(widgets.plain(remark))


def charted(table: pd.DataFrame, primary: Metric | None) -> list[tuple[str, str]]:
    """(metric, region) of every chart: the deciding measure first, then reading order."""
    # An area means something only where the outline of a scar is followed; see workflow.telling.
    shown = table if primary is Metric.SCAR_AREA else table[table["metric"] != Metric.SCAR_AREA]
    pairs = list(dict.fromkeys(zip(shown["metric"], shown["region"], strict=True)))
    return sorted(pairs, key=lambda pair: (pair[0] != primary, PRIMARY.index(Metric(pair[0]))))


def refused_sessions(table: pd.DataFrame) -> list[str]:
    """One line for each session that could not be compared at all, with the reason."""
    rows = table[table["region"] == ""].drop_duplicates("session")
    found = zip(rows["session"], pd.to_datetime(rows["date"]), rows["flags"], strict=True)
    return [
        t("Session {number} ({day}): {why}", number=number, day=widgets.when(day), why=reason)
        for number, day, reason in found
    ]


def spread(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the row of a refused session in every region of its measure, so that each chart shows the gap."""
    refused, answered = table[table["region"] == ""], table[table["region"] != ""]
    places = answered[["metric", "region"]].drop_duplicates()
    gaps = refused.drop(columns="region").merge(places, on="metric")
    return pd.concat([answered, gaps[list(table.columns)]], ignore_index=True) if len(gaps) else answered


def chart(table: pd.DataFrame, metric: str, region: str) -> None:
    """The chart of one measure, or nothing where no session has a number."""
    rows = table[(table["metric"] == metric) & (table["region"] == region)]
    if rows["sdc"].notna().any():
        st.altair_chart(charts.progress(table, metric, region), width="stretch", theme=None)
