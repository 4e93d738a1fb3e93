"""Form fields for patients, series and sessions."""

from datetime import date

import streamlit as st

from tracker.clinic.types import INTERVAL_DAYS, BodySite, Indication, SeriesPlan, SessionKind, Visit
from tracker.wording import t, titled

PHOTO_ENDINGS = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif"]


def patient_inputs(key: str) -> tuple[str, str]:
    """Code and name of a patient, both may be empty."""
    left, right = st.columns(2)
    code = left.text_input(t("Code"), key=f"{key}_code", placeholder=t("next free number"), max_chars=40)
    name = right.text_input(t("Name (optional)"), key=f"{key}_name", max_chars=100)
    return code.strip(), name.strip()


def plan_inputs(key: str) -> SeriesPlan:
    """The plan of a treatment series; numbers start at what is usual for the indication."""
    left, right = st.columns(2)
    indications, sites = list(Indication), list(BodySite)
    indication = left.selectbox(t("Indication"), indications, key=f"{key}_indication", format_func=titled)
    site = right.selectbox(t("Body site"), sites, key=f"{key}_site", format_func=titled)
    detail = st.text_input(
        t("Where exactly (optional)"), key=f"{key}_detail", placeholder=t("left cheek"), max_chars=60
    )
    left, right = st.columns(2)
    number = left.number_input(
        t("Planned sessions"), 1, 50, value=indication.planned_sessions, key=f"{key}_number_{indication.name}"
    )
    days = right.number_input(t("Days between sessions"), 1, 730, value=INTERVAL_DAYS, key=f"{key}_interval")
    return SeriesPlan(indication, site, detail.strip(), int(number), int(days))


def visit_inputs(key: str, kind: SessionKind) -> Visit:
    """The details of a session."""
    left, right = st.columns(2)
    day = left.date_input(t("Date"), value="today", key=f"{key}_date", max_value=date.today(), format="YYYY-MM-DD")
    kinds = list(SessionKind)
    chosen = right.selectbox(t("Kind"), kinds, index=kinds.index(kind), key=f"{key}_kind", format_func=titled)
    left, right = st.columns(2)
    device = left.text_input(t("Device (optional)"), key=f"{key}_device", max_chars=80)
    depth = right.number_input(
        t("Needle depth, mm (optional)"), 0.1, 4.0, value=None, step=0.1, format="%.1f", key=f"{key}_depth"
    )
    serum = st.text_input(t("Serum (optional)"), key=f"{key}_serum", max_chars=120)
    notes = st.text_area(t("Notes (optional)"), key=f"{key}_notes", max_chars=2000, height=80)
    return Visit(day, chosen, device.strip(), depth, serum.strip(), notes.strip())
