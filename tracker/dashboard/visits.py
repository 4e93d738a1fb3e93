"""The timeline of one patient: each session with what was done, and the plan of each series with what comes next."""

from datetime import date

import streamlit as st

from tracker.clinic.types import Moment, Series, SeriesPlan, SessionKind
from tracker.clinic.types.plan import Situation
from tracker.clinic.workflow import planning
from tracker.clinic.workflow.progress import SeriesEntry, SessionEntry
from tracker.dashboard import repeats, state, widgets
from tracker.dashboard.appointments import choose
from tracker.dashboard.context import PAGES, series_words
from tracker.dashboard.plan import booking_words, due_words, is_healing, session_details, visit_remarks, window_words
from tracker.errors import InvalidInput
from tracker.wording import mark, t, titled

REASONS = (
    mark("goal reached"),
    mark("the patient does not wish to go on"),
    mark("moved away or cannot be reached"),
    mark("side effect"),
    mark("pregnancy or illness"),
)
"""Offered where a series ends; any other may be typed."""


def series(entry: SeriesEntry) -> None:
    """One series: its plan, what is due, and every session from the newest to the oldest."""
    plan_of = entry.series
    st.subheader(series_words(plan_of), anchor=False)
    if plan_of.ended is not None:
        ended = t("Ended on {day}", day=widgets.when(plan_of.ended))
        st.markdown(widgets.plain(f"{ended}: {plan_of.end_reason}" if plan_of.end_reason else ended))
    else:
        st.markdown(widgets.plain(due_words(entry)))
        _due(plan_of)
    with st.container(horizontal=True):
        if st.button(t("Add photos"), key=f"add_{plan_of.id}", icon=":material/add_a_photo:"):
            state.choose_patient(plan_of.patient_id, plan_of.id)
            st.switch_page(PAGES / "upload.py")
        if plan_of.ended is None and st.button(t("Book"), key=f"book_{plan_of.id}", icon=":material/event:"):
            choose(plan_of.id)
            st.switch_page(PAGES / "bookings.py")
    _plan(plan_of)
    repeats.series_kit(plan_of.id)
    if not entry.sessions:
        widgets.empty(t("No sessions yet"), t("Add the first photos: the session is written down with them."))
    for one in reversed(entry.sessions):
        _session(one, plan_of.plan)


def _due(one: Series) -> None:
    """Windows and the next appointment; what is overdue stands out."""
    standing, today = planning.standing_of(state.clinic(), one.id), date.today()
    if standing.booking is not None:
        st.caption(widgets.plain(t("Booked: {what}", what=booking_words(standing.booking))))
    for window in planning.windows(standing):
        words = widgets.plain(window_words(window, today))
        late = window.situation(today) is Situation.OVERDUE and standing.booking is None
        st.caption(f":orange-badge[{t('Overdue')}] {words}" if late else words)


def _plan(one: Series) -> None:
    """The numbers of the plan, and ending the series."""
    with st.expander(t("Plan of this series"), icon=":material/tune:"):
        if one.ended is not None:
            if st.button(t("Go on with this series"), key=f"resume_{one.id}"):
                planning.resume_series(state.clinic(), one.id)
                st.rerun()
            return
        numbers = _numbers(one)
        before = (one.plan.planned_sessions, one.plan.interval_days, one.plan.maintenance_days)
        if st.button(t("Save the plan"), key=f"save_plan_{one.id}", disabled=numbers == before):
            planning.change_plan(state.clinic(), one.id, *numbers)
            st.rerun()
        _end(one)


def _numbers(one: Series) -> tuple[int, int, int]:
    left, middle, right = st.columns(3)
    planned = left.number_input(
        t("Planned sessions"), 1, 50, value=one.plan.planned_sessions or 1, key=f"planned_{one.id}"
    )
    days = middle.number_input(
        t("Days between sessions"), 1, 730, value=one.plan.interval_days, key=f"interval_{one.id}"
    )
    upkeep = right.number_input(
        t("Then maintenance every so many days"),
        0,
        730,
        value=one.plan.maintenance_days,
        key=f"upkeep_{one.id}",
        help=t("0 plans no maintenance."),
    )
    widgets.short_interval(int(days))
    return int(planned), int(days), int(upkeep)


def _end(one: Series) -> None:
    reason = st.selectbox(
        t("End the series because"),
        [t(reason) for reason in REASONS],
        index=None,
        accept_new_options=True,
        placeholder=t("choose or type"),
        key=f"reason_{one.id}",
    )
    if st.button(t("End this series"), key=f"end_{one.id}", disabled=not reason):
        try:
            planning.end_series(state.clinic(), one.id, str(reason))
        except InvalidInput as error:
            st.error(widgets.plain(str(error)))
            return
        st.rerun()


def _session(entry: SessionEntry, plan: SeriesPlan) -> None:
    session = entry.session
    with st.container(border=True):
        words, pictures = st.columns([2, 3])
        with words:
            title = t("Session {number} · {day}", number=session.number, day=widgets.when(session.date))
            st.markdown(f"**{title}**  \n{titled(session.kind)}")
            st.caption(widgets.plain(session_details(session, plan)))
            if is_healing(session):
                st.caption(f":orange-badge[{t('Still healing')}] {t('Kept out of the trend.')}")
            if session.notice:
                st.warning(widgets.plain(session.notice))
            for name, remark in visit_remarks(session.visit):
                with st.expander(name):
                    st.text(remark)
        with pictures:
            if not entry.photos:
                st.caption(t("No photos of this session."))
            treated = session.kind is SessionKind.TREATMENT
            after = {
                photo.id: f", {t(photo.moment)}" for photo in entry.photos if treated or photo.moment is Moment.AFTER
            }
            widgets.photo_strip(entry.photos, [f"{t(photo.view)}{after.get(photo.id, '')}" for photo in entry.photos])
