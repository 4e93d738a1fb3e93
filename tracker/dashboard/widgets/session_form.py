"""The form in which a session is written down: what for, and for a treatment with what, how deep and where."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from tracker.clinic.types import BodySite, Booster, Sector, SessionKind, Visit, Zone
from tracker.clinic.types.record import MOST_PASSES, MOST_ZONES, ZONE_DEPTH_MM
from tracker.wording import mark, t, titled

USUAL_DEPTH_MM = 1.0
"""Where a new row begins; published studies of needling have a median of 1.5, faces are needled less deep."""
PARTS = {
    BodySite.FACE: (mark("forehead"), mark("around the eyes"), mark("nose"), mark("cheeks"), mark("chin")),
    BodySite.NECK: (mark("front"), mark("nape")),
}
"""Names that are offered for zones of a site; any other may be typed."""


def visit_inputs(key: str, kind: SessionKind, site: BodySite = BodySite.OTHER, last: Visit | None = None) -> Visit:
    """The details of a session; those of a treatment only where it is one.

    Parameters
    ----------
    key : str
        Of the fields on the page.
    kind : SessionKind
        That is offered first.
    site : BodySite
        Whose parts are offered as zones.
    last : Visit, optional
        The treatment before, whose device is offered again, and its zones at a click.
    """
    left, right = st.columns(2)
    day = left.date_input(t("Date"), value="today", key=f"{key}_date", max_value=date.today(), format=t("YYYY-MM-DD"))
    kinds = list(SessionKind)
    chosen = right.selectbox(t("Kind"), kinds, index=kinds.index(kind), key=f"{key}_kind", format_func=titled)
    if chosen is not SessionKind.TREATMENT:
        return Visit(day, chosen, notes=_notes(key))
    device, sector = _tool(key, last)
    depth, zones = _depths(key, site, last)
    booster, serum, anaesthetic = _added(key)
    reaction = st.text_area(t("Reaction of the skin (optional)"), key=f"{key}_reaction", max_chars=2000, height=68)
    done = (booster, anaesthetic, reaction.strip())
    return Visit(day, chosen, device, depth, serum, _notes(key), sector, zones, *done)


def _tool(key: str, last: Visit | None) -> tuple[str, Sector]:
    """Device, and under which rules it was used; both begin as last time."""
    left, right = st.columns(2)
    device = left.text_input(
        t("Device (optional)"), value=last.device if last else "", key=f"{key}_device", max_chars=80
    )
    sectors = list(Sector)
    sector = right.selectbox(
        t("Done as"),
        sectors,
        index=sectors.index(last.sector) if last else 0,
        key=f"{key}_sector",
        format_func=titled,
        help=t("Under which rules the needling was done."),
    )
    return device.strip(), sector


def _added(key: str) -> tuple[Booster, str, str]:
    """What was worked in, its product, and what was given against pain."""
    left, right = st.columns(2)
    boosters = list(Booster)
    booster = left.selectbox(t("Worked in"), boosters, key=f"{key}_booster", format_func=titled)
    serum = right.text_input(
        t("Product (optional)"), key=f"{key}_serum", max_chars=120, help=t("Name and batch of serum or PRP kit.")
    )
    anaesthetic = st.text_input(
        t("Anaesthetic (optional)"), key=f"{key}_anaesthetic", max_chars=120, placeholder=t("product, how long")
    )
    return booster, serum.strip(), anaesthetic.strip()


def _notes(key: str) -> str:
    return st.text_area(t("Notes (optional)"), key=f"{key}_notes", max_chars=2000, height=80).strip()


def _depths(key: str, site: BodySite, last: Visit | None) -> tuple[float | None, tuple[Zone, ...]]:
    """One depth for all, or one row for each zone."""
    rows: list[int] = st.session_state.setdefault(f"{key}_rows", [])
    depth = None
    if not rows:
        depth = st.number_input(
            t("Needle depth, mm (optional)"), 0.1, 4.0, value=None, step=0.1, format="%.1f", key=f"{key}_depth"
        )
    zones = tuple(zone for row in list(rows) if (zone := _zone(f"{key}_{row}", row, rows, site)) is not None)
    with st.container(horizontal=True):
        new = max(rows, default=st.session_state.get(f"{key}_last_row", 0)) + 1
        if len(rows) < MOST_ZONES and st.button(t("Add a zone"), key=f"{key}_add_zone", icon=":material/add:"):
            st.session_state[f"{key}_last_row"] = new
            rows.append(new)
            st.rerun()
        before = () if rows or last is None else last.zones
        if before and st.button(t("Zones as last time"), key=f"{key}_same_zones", icon=":material/history:"):
            _fill(key, rows, before, new)
            st.rerun()
    return depth, zones


def _fill(key: str, rows: list[int], zones: Sequence[Zone], first: int) -> None:
    for row, zone in enumerate(zones, first):
        rows.append(row)
        st.session_state[f"{key}_{row}_name"] = zone.name
        st.session_state[f"{key}_{row}_mm"] = zone.depth_mm
        st.session_state[f"{key}_{row}_passes"] = zone.passes
    st.session_state[f"{key}_last_row"] = rows[-1]


def _zone(key: str, row: int, rows: list[int], site: BodySite) -> Zone | None:
    """One row of the table of zones; None while it has no name."""
    least, most = ZONE_DEPTH_MM
    with st.container(key=f"{key}_zone_row"):
        name_at, depth_at, passes_at, remove_at = st.columns([4, 2, 2, 1], vertical_alignment="bottom")
    offered = [t(part) for part in PARTS.get(site, ())]
    known = st.session_state.get(f"{key}_name")
    options = offered if known in (None, "", *offered) else [*offered, known]
    name = name_at.selectbox(
        t("Zone"), options, index=None, key=f"{key}_name", accept_new_options=True, placeholder=t("choose or type")
    )
    st.session_state.setdefault(f"{key}_mm", USUAL_DEPTH_MM)
    depth = depth_at.number_input(t("Depth, mm"), least, most, step=0.1, format="%.1f", key=f"{key}_mm")
    passes = passes_at.number_input(t("Passes"), 1, MOST_PASSES, key=f"{key}_passes")
    if remove_at.button(
        t("Remove"), key=f"{key}_remove", icon=":material/delete:", help=t("Remove this zone"), width="stretch"
    ):
        rows.remove(row)
        st.rerun()
    return Zone(str(name).strip()[:60], round(depth, 2), int(passes)) if name and str(name).strip() else None
