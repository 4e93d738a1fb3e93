"""The audit log as a table that a person reads, and as cards on a phone."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from tracker.clinic.records.auditing import DONE, FAILED, REFUSED
from tracker.clinic.workflow import audit_log
from tracker.clinic.workflow.audit_log import PAGE, Line
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state, widgets
from tracker.wording import capital, mark, t, when

AT_ONCE = 20_000
"""So long a chain is checked while the page is drawn (0.2 s); a longer one when somebody asks for it."""
DOOR = (mark("sign in"), mark("sign out"), mark("set a password by a one-time link"), mark("offer the first account"))
"""What the log calls things that are done at the door; every other action is in the table of who may do what."""
_RESULTS = {DONE: mark("done"), REFUSED: mark("refused"), FAILED: mark("failed")}


def chain(clinic: Clinic, newest: int) -> None:
    """Whether the log is as it was written."""
    long = newest > AT_ONCE
    if long and not st.button(t("Check the whole log for changes"), key="check_chain"):
        return
    with st.spinner(t("Checking every entry")):
        broken = audit_log.first_break(clinic)
    if broken is None:
        st.success(t("The log is unbroken: no entry was altered, removed or moved."), icon=":material/verified:")
    else:
        st.error(
            t(
                "The log was altered: entry {number} does not follow from the one before. Keep this computer as it is, "
                "and compare with the last backup.",
                number=broken,
            ),
            icon=":material/gpp_bad:",
        )


def entries(clinic: Clinic) -> Sequence[Line]:
    """The chosen part of the log, with the way to older entries."""
    code = st.text_input(t("Only about the patient with this code"), key="audit_patient", placeholder="P-001").strip()
    if st.session_state.get(state.AUDIT_CODE) != code:
        st.session_state[state.AUDIT_CODE] = code
        st.session_state[state.AUDIT_BEFORE] = 0
    before = int(st.session_state.get(state.AUDIT_BEFORE, 0))
    found = audit_log.list_lines(clinic, patient_code=code, before=before)
    if found:
        st.html(table(found))
    else:
        widgets.empty(t("No entries"), t("Nothing was done that this filter shows."))
    with st.container(horizontal=True):
        if before and st.button(t("Newest"), key="audit_newest"):
            _go(0)
        if len(found) == PAGE and st.button(t("Older"), key="audit_older"):
            _go(found[-1].number)
    return found


def table(lines: Sequence[Line]) -> str:
    """Entries as HTML; everything that a person named is escaped."""
    heads = (t("When"), t("Who"), t("What"), t("Patient"), t("About"), t("Result"))
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return f'<table class="spt-audit"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_row, lines))}</tbody></table>'


def _row(line: Line) -> str:
    at = line.at.astimezone()
    result = t(_RESULTS.get(line.result, line.result))
    kind = "" if line.result == DONE else ' class="refused"'
    cells = (
        (t("When"), f"{when(at.date())}, {at:%H:%M:%S}"),
        (t("Who"), line.who),
        (t("What"), capital(t(line.action))),
        (t("Patient"), line.patient),
        (t("About"), line.about),
        (t("Result"), result),
    )
    body = "".join(f'<td data-name="{escape(name)}">{escape(text)}</td>' for name, text in cells)
    return f"<tr{kind}>{body}</tr>"


def _go(before: int) -> None:
    st.session_state[state.AUDIT_BEFORE] = before
    st.rerun()
