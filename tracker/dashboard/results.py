"""What the compare and progress pages show of a comparison: order, overlays, export."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from tracker.clinic.workflow.review import Comparison
from tracker.dashboard import pictures, widgets
from tracker.exports import charts
from tracker.exports.basis import behind, left_out_words, photos_words
from tracker.exports.comparison import PRIVACY, Dating, FileKind
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

NOT_MEASURED = (
    "Not measured from a photo: elasticity of the skin, and depth or volume of scars. A flat picture does not show "
    "them; they need a suction meter and a 3-D scan."
)
CORRECTED_LEGEND = (
    "Blue: the outline drawn on the earlier photo, carried over. Orange: the outline that a person drew or accepted on "
    "the later photo, on which the verdict about the area rests."
)
REFERENCE_LEGEND = " White dashes: the untreated skin that was drawn, against which its colour was measured."
PROPOSED_LEGEND = " Its colour was measured against untreated skin that the program found; draw it below to choose it."
_SCALES = {
    pictures.Layer.REDNESS: widgets.Scale(
        f"{REDNESS_RANGE_H:.0f} H paler", f"{REDNESS_RANGE_H:.0f} H redder", colour_scale(REDNESS_COLOURS)
    ),
    pictures.Layer.TEXTURE: widgets.Scale("smooth", "rough", colour_scale(TEXTURE_COLOURS)),
}
_LEGENDS = {
    pictures.Layer.PHOTO: ("Photo", ""),
    pictures.Layer.OUTLINES: ("Area", "The outline shows the skin that was measured, in each photo."),
    pictures.Layer.REDNESS: (
        "Redness",
        "Against the skin around the area in the same photo. It shows where the redness lies; how much it changed is "
        "said above.",
    ),
    pictures.Layer.SCAR: (
        "Scar",
        "Blue: the outline drawn on the earlier photo, carried over. Orange: the same outline moved in or out evenly, "
        "until it holds the area that was measured: the measurement tells how much is left, not where the edge runs.",
    ),
    pictures.Layer.TEXTURE: (
        "Texture",
        f"Relief of {TEXTURE_BAND_MM[0]} to {TEXTURE_BAND_MM[1]} mm, yellow from a local contrast of "
        f"{TEXTURE_RANGE:.0%}. Light from another side looks like another texture.",
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
        if layer is pictures.Layer.OUTLINES:
            legend += REFERENCE_LEGEND if drawn else PROPOSED_LEGEND
        if layer is pictures.Layer.SCAR and corrected:
            legend = CORRECTED_LEGEND
        before, after = (f"/img/{analysis_id}/{side}/{layer}" for side in pictures.Side)
        found.append(widgets.LayerView(label, before, after, legend, _SCALES.get(layer)))
    return found


def chosen_photos(whole: Comparison) -> Comparison:
    """The mean of a visit with several photos, or the one pair that is chosen."""
    if not whole.pairs:
        return whole
    words = [photos_words(whole.averaged).capitalize() if whole.averaged else "All photos"]
    words += [f"Photo {number} of {len(whole.pairs)} alone" for number in range(1, len(whole.pairs) + 1)]
    picked = st.selectbox("Photos of the later visit", range(len(words)), format_func=words.__getitem__, key="photos")
    return whole if picked == 0 else whole.pairs[picked - 1]


def basis(compared: Comparison, noise: str) -> None:
    """What the numbers rest on: photos, reference skin, repeat noise; and which photos were left out."""
    reference = None if compared.analysis is None else compared.analysis.reference
    st.caption(widgets.plain(behind(compared.averaged, reference, noise)))
    lost = left_out_words(compared.averaged, [one.record.changes for one in compared.pairs])
    for number, one in enumerate(compared.pairs, 1):
        if one.record.reason:
            lost.append(f"Photo {number}: {one.record.reason} {one.record.retake}")
    if lost:
        with st.expander("Photos that were left out of a measure, and why"):
            for line in lost:
                st.markdown(widgets.plain(line))


def comparability(flags: Sequence[Flag], changes: Sequence[Change]) -> None:
    """What stands against comparing two photos: each reason, what it spoils of what is shown, and how to retake."""
    shown = dict.fromkeys(change.metric for change in changes if change.metric not in CROSS_CHECKS)
    notes = []
    for flag in flags:
        spoiled = [metric_words(metric).lower() for metric in shown if metric in flag.withholds]
        what = f"Not assessable because of it: {', '.join(spoiled)}." if spoiled else ""
        notes.append(widgets.Note(flag.reason, what, flag.retake))
    widgets.notes(
        "How well the two photos shown below can be compared", notes, "Nothing was found that stands against it."
    )


def not_measured() -> None:
    """What no photo can tell, said where someone would look for it."""
    st.caption(NOT_MEASURED)


def photos_only(before_id: str, after_id: str) -> list[widgets.LayerView]:
    """Both photos as they were taken, where there is nothing to draw on them."""
    return [
        widgets.LayerView("Photo", f"/img/{before_id}?w={pictures.WIDTH}", f"/img/{after_id}?w={pictures.WIDTH}", "")
    ]


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
        st.subheader("Other measures", anchor=False)
        widgets.verdict_cards(changed)
        widgets.verdict_sentences(unchanged, Verdict.NO_DETECTABLE_CHANGE)
    if withheld:
        lost = sum(change.verdict is Verdict.NOT_ASSESSABLE for change in shown)
        with st.expander(f"Not assessable ({lost}), and how to retake"):
            for line in withheld:
                st.markdown(widgets.plain(line))


def all_numbers(changes: Sequence[Change]) -> None:
    """The table of all changes and the remarks on them, folded."""
    if changes:
        with st.expander("All numbers"):
            st.dataframe(as_table(changes).drop(columns="Remarks"), hide_index=True)
            for remark in remarks(changes):
                st.caption(widgets.plain(remark))


def export_controls(analysis_id: str, site: str, scope: pictures.Scope) -> None:
    """The choice of dates and the link that saves the comparison picture."""
    with st.expander("Export this comparison as a picture"):
        datings = list(Dating)
        dating = st.radio("Caption", datings, index=1, key="export_dating", horizontal=True)
        st.caption(
            PRIVACY
            + (" This is a face: export it only as far as the patient agreed." if pictures.is_face(site) else "")
        )
        address = f"/export/comparison/{analysis_id}?dates={dating.replace(' ', '%20')}&of={scope}"
        for kind, label in ((FileKind.JPEG, "Save as JPEG"), (FileKind.PNG, "Save as PNG")):
            widgets.download_link(f"{address}&kind={kind}", label)


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
    return [f"Session {number} ({widgets.when(day)}): {reason}" for number, day, reason in found]


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
