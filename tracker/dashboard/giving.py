"""Giving comparison pictures away: under which consent, with which dates, and what has left the clinic already."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from tracker.clinic.types import Purpose
from tracker.clinic.types.review import Exportable, ExportRecord
from tracker.clinic.workflow import sharing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.sharing import ForExport
from tracker.dashboard import pictures, widgets
from tracker.dashboard.context import series_words
from tracker.dashboard.menu import PAGES
from tracker.exports.comparison import PRIVACY, Dating, FileKind
from tracker.wording import n, t, titled

MOST_SHOWN = 30
"""Comparisons on one page: sixty previews are what a phone still loads at once."""
EXPORTED = [purpose for purpose in Purpose if purpose.exported]


def export_controls(clinic: Clinic, patient_id: str, analysis_id: str, site: str, scope: pictures.Scope) -> None:
    """The purpose, the dates and the links that save the comparison picture; without a consent what is missing."""
    with st.expander(t("Export this comparison as a picture")):
        allowed = sharing.purposes_of(clinic, patient_id)
        if not allowed:
            widgets.empty(
                t("No consent to an export"),
                t("Ask the patient what the picture may be used for and record the answer under Consents."),
            )
        else:
            purpose = st.selectbox(t("Purpose"), allowed, format_func=titled, key=f"export_purpose_{patient_id}")
            datings = list(Dating)
            dating = st.radio(t("Caption"), datings, index=1, key="export_dating", horizontal=True, format_func=t)
            face = t("This is a face: export it only as far as the patient agreed.") if pictures.is_face(site) else ""
            st.caption(f"{t(PRIVACY)} {face}".strip())
            with st.container(horizontal=True):
                _links(analysis_id, purpose, dating, scope)
            missing = [t(str(one)) for one in EXPORTED if one not in allowed]
            if missing:
                st.caption(t("No consent to: {purposes}. It is recorded under Consents.", purposes=", ".join(missing)))
        if (PAGES / "consents.py").exists():
            st.page_link(PAGES / "consents.py", label=t("Open the consents"), icon=":material/approval:")


def address(analysis_id: str, purpose: Purpose, dating: Dating, kind: FileKind, scope: pictures.Scope) -> str:
    """Of the route that hands the file out."""
    dates = dating.replace(" ", "%20")
    return f"/export/comparison/{analysis_id}?purpose={purpose.name}&dates={dates}&of={scope}&kind={kind}"


def _links(analysis_id: str, purpose: Purpose, dating: Dating, scope: pictures.Scope) -> None:
    for kind, label in ((FileKind.JPEG, t("Save as JPEG")), (FileKind.PNG, t("Save as PNG"))):
        widgets.download_link(address(analysis_id, purpose, dating, kind, scope), label)


def choice(people: Sequence[ForExport]) -> tuple[Purpose, list[ForExport], Dating]:
    """The purpose, who of these consented to it and is asked for, and how the picture says when."""
    known = [purpose for purpose in EXPORTED if any(purpose in one.purposes for one in people)]
    left, middle, right = st.columns(3)
    with left:
        purpose = st.selectbox(t("Purpose"), known, format_func=titled, key="exports_purpose")
    mine = {one.patient.id: one for one in people if purpose in one.purposes}
    named = {"": t("All who consented ({count})", count=len(mine))} | {k: v.patient.code for k, v in mine.items()}
    with middle:
        picked = st.selectbox(
            t("Patient"), list(named), format_func=named.__getitem__, key=f"exports_patient_{purpose.name}"
        )
    with right:
        datings = list(Dating)
        dating = st.radio(t("Caption"), datings, index=1, key="exports_dating", horizontal=True, format_func=t)
    return purpose, [one for one in mine.values() if picked in ("", one.patient.id)], dating


def consented(people: Sequence[ForExport], purpose: Purpose, dating: Dating) -> None:
    """Each patient's comparisons with both photos, small, and the links that save them."""
    shown = 0
    for one in people:
        st.subheader(one.patient.code, anchor=False)
        st.caption(t("Consented to: {purposes}.", purposes=", ".join(t(str(purpose)) for purpose in one.purposes)))
        if not one.comparisons:
            st.caption(t("No two visits of this patient have been compared yet."))
        for comparison in one.comparisons[: MOST_SHOWN - shown]:
            with st.container(border=True):
                _previews(one, comparison)
                with st.container(horizontal=True):
                    _links(comparison.analysis_id, purpose, dating, pictures.Scope.VISITS)
        shown += len(one.comparisons)
        if shown >= MOST_SHOWN:
            break
    rest = sum(len(one.comparisons) for one in people) - MOST_SHOWN
    if rest > 0:
        st.caption(t("{count} more comparisons: choose a patient to see them.", count=rest))


def _previews(one: ForExport, comparison: Exportable) -> None:
    words = series_words(one.series[comparison.series_id])
    figures = []
    for photo_id, day in zip((comparison.before_id, comparison.after_id), comparison.days, strict=True):
        label = t("Photo of {day}", day=widgets.when(day))
        figures.append(
            f'<figure><img src="/img/{photo_id}?w=400" loading="lazy" alt="{escape(label)}">'
            f"<figcaption>{escape(label)}</figcaption></figure>"
        )
    head = escape(f"{words} · {t(str(comparison.view))}")
    st.html(f'<p class="spt-dim">{head}</p><div class="spt-strip">{"".join(figures)}</div>')


def made(exports: Sequence[tuple[str, ExportRecord]]) -> None:
    """The list of what has left the clinic, newest first."""
    heads = (t("When (UTC)"), t("Patient"), t("Purpose"), t("File"), t("By"))
    rows = []
    for code, one in exports:
        when = f"{widgets.when(one.created.date())}, {one.created:%H:%M}"
        who = one.author or t("the operator of this computer")
        rows.append((when, code, titled(one.purpose), one.kind.upper(), who))
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f'<table class="spt-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    name = escape(n("{count} picture has left the clinic", "{count} pictures have left the clinic", len(rows)))
    st.html(f'<div class="spt-scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>')
