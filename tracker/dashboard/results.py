"""What the compare and progress pages show of a comparison: order, overlays, export."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from tracker.dashboard import pictures, widgets
from tracker.dashboard.widgets.viewer import LayerView
from tracker.exports.comparison import PRIVACY, Dating, FileKind
from tracker.exports.overlay import REDNESS_RANGE_H, TEXTURE_BAND_MM, TEXTURE_RANGE
from tracker.exports.table import in_order
from tracker.imaging.types import Change, Metric

_LEGENDS = {
    pictures.Layer.PHOTO: ("Photo", ""),
    pictures.Layer.OUTLINES: ("Area", "The outline shows the skin that was measured, in each photo."),
    pictures.Layer.REDNESS: (
        "Redness",
        f"Orange: redder than the middle of the area in the same photo, violet: paler; full colour at "
        f"{REDNESS_RANGE_H:.0f} H. It shows where the redness lies; how much it changed is said above.",
    ),
    pictures.Layer.TEXTURE: (
        "Texture",
        f"Violet: smooth, yellow: rough, for relief of {TEXTURE_BAND_MM[0]} to {TEXTURE_BAND_MM[1]} mm; full colour "
        f"at a local contrast of {TEXTURE_RANGE:.0%}. Light from another side looks like another texture.",
    ),
}


def split(changes: Sequence[Change], primary: Metric | None) -> tuple[list[Change], list[Change]]:
    """The changes of the measure that decides, and the others, both in reading order."""
    ordered = in_order(changes)
    return [one for one in ordered if one.metric == primary], [one for one in ordered if one.metric != primary]


def layers(analysis_id: str, aligned: bool) -> list[LayerView]:
    """The pictures of a comparison; overlays only where both photos lie in one frame."""
    found = []
    for layer, (label, legend) in _LEGENDS.items():
        if aligned or layer is pictures.Layer.PHOTO:
            before, after = (f"/img/{analysis_id}/{side}/{layer}" for side in pictures.Side)
            found.append(LayerView(label, before, after, legend))
    return found


def export_controls(analysis_id: str, site: str) -> None:
    """The choice of dates and the link that saves the comparison picture."""
    with st.expander("Export this comparison as a picture"):
        datings = list(Dating)
        dating = st.radio("Caption", datings, index=1, key="export_dating", horizontal=True)
        st.caption(
            PRIVACY
            + (" This is a face: export it only as far as the patient agreed." if pictures.is_face(site) else "")
        )
        address = f"/export/comparison/{analysis_id}?dates={dating.replace(' ', '%20')}"
        for kind, label in ((FileKind.JPEG, "Save as JPEG"), (FileKind.PNG, "Save as PNG")):
            widgets.download_link(f"{address}&kind={kind}", label)


def charted(table: pd.DataFrame, primary: Metric | None) -> list[tuple[str, str]]:
    """(metric, region) of every chart: the deciding measure first, then reading order."""
    pairs = list(dict.fromkeys(zip(table["metric"], table["region"], strict=True)))
    order = list(Metric)
    return sorted(pairs, key=lambda pair: (pair[0] != primary, order.index(Metric(pair[0]))))
