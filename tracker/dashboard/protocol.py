"""The choice of a protocol: its controls on the page, and the address of its report, which names no patient."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from tracker.clinic.types import FinalOutcome, Indication
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.outcomes import LAST, outcomes
from tracker.clinic.workflow.protocols import Protocol
from tracker.errors import NotFound
from tracker.exports.report import report_csv
from tracker.exports.report_pdf import report_pdf
from tracker.wording import t, titled

_T = TypeVar("_T", str, float, int)


class ReportKind(StrEnum):
    """What is downloaded."""

    PDF = "pdf"
    CSV = "csv"


def choice(known: Sequence[Protocol]) -> tuple[Protocol, FinalOutcome | None]:
    """The protocol and the session that counts, chosen among what patients have followed; ``known`` is not empty."""
    indications = list(dict.fromkeys(one.indication for one in known))
    with st.container(key="protocol_of_page"):
        left, right = st.columns(2)
    indication = left.selectbox(t("Indication"), indications, format_func=titled, key="outcomes_indication")
    ats = [LAST, *FinalOutcome]
    at = right.selectbox(t("Session of each patient"), ats, format_func=titled, key="outcomes_at")
    mine = [one for one in known if one.indication is indication]
    with st.expander(t("Device, needle depth, interval")):
        device = _part(t("Device"), [one.device for one in mine], key=f"outcomes_device_{indication.name}")
        depth = _part(t("Needle depth, mm"), [one.depth_mm for one in mine], key=f"outcomes_depth_{indication.name}")
        days = _part(
            t("Planned interval, days"), [one.interval_days for one in mine], key=f"outcomes_{indication.name}"
        )
    return Protocol(indication, device, depth, days), None if at == LAST else FinalOutcome(at)


def as_rows(figures: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Key figures as a table of two columns; patients' states that nobody is in are left out."""
    columns = [t("Figure"), t("Found")]
    return pd.DataFrame([row for row in figures if row[1] != "0"], columns=columns).set_index(columns[0])


def address(wanted: Protocol, at: FinalOutcome | None, kind: str) -> str:
    """Where the report of a protocol is fetched."""
    parts = {"indication": wanted.indication.name, "kind": kind}
    parts |= {} if at is None else {"at": at.name}
    asked = {"device": wanted.device, "depth": wanted.depth_mm, "interval": wanted.interval_days}
    return f"/export/report?{urlencode(parts | {name: value for name, value in asked.items() if value is not None})}"


def report_file(clinic: Clinic, query: Mapping[str, str]) -> tuple[bytes, ReportKind]:
    """The file behind such an address.

    Raises
    ------
    NotFound
        A part of the address is no word or number that this program knows.
    """
    try:
        kind = ReportKind(query.get("kind", ReportKind.PDF))
        at = FinalOutcome[query["at"]] if "at" in query else None
        depth = float(query["depth"]) if "depth" in query else None
        days = int(query["interval"]) if "interval" in query else None
        wanted = Protocol(Indication[query["indication"]], query.get("device"), depth, days)
    except (KeyError, ValueError):
        raise NotFound("Not found.") from None
    report = outcomes(clinic, wanted, at)
    return (report_pdf(report) if kind is ReportKind.PDF else report_csv(report)), kind


def _part(label: str, found: Sequence[_T | None], key: str) -> _T | None:
    """One part of the protocol, or None for any."""
    options: list[_T | None] = [None]
    options += sorted({one for one in found if one is not None})
    return st.selectbox(label, options, format_func=_part_words, key=key)


def _part_words(part: str | float | None) -> str:
    return t("Any") if part is None else str(part) or t("Not written down")
