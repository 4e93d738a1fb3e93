"""The page of appointments: who should come, who will, and booking. Nothing clinical is shown here."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from tracker.clinic.records.finding import Who
from tracker.clinic.types import Booking, SessionKind
from tracker.clinic.types.plan import Standing, Step, Window
from tracker.clinic.workflow import bookings, intake, planning
from tracker.clinic.workflow.bookings import Appointment
from tracker.clinic.workflow.planning import Next
from tracker.dashboard import state, widgets
from tracker.dashboard.context import plan_words
from tracker.dashboard.plan import booking_words, next_words, window_words
from tracker.errors import InvalidInput, NotFound
from tracker.wording import t, titled

SHOWN = 15
_NOTICE = "booking_notice"  # told once, on the run after the one that booked


def chosen() -> Standing | None:
    """The series for which an appointment is being made; None where none is chosen or it may not be seen."""
    series_id = st.session_state.get(state.BOOKED_SERIES)
    if not series_id:
        return None
    try:
        return planning.standing_of(state.clinic(), series_id)
    except NotFound:
        forget()
        return None


def choose(series_id: str, booking_id: str = "") -> None:
    """Make an appointment for this series, or move this one."""
    state.keep(state.BOOKED_SERIES, series_id)
    state.keep(state.MOVED_BOOKING, booking_id)


def forget() -> None:
    """Close the form."""
    for key in (state.BOOKED_SERIES, state.MOVED_BOOKING):
        st.session_state.pop(key, None)


def form(standing: Standing) -> None:
    """Day, time and purpose of an appointment of the chosen series."""
    moved = str(st.session_state.get(state.MOVED_BOOKING, ""))
    with st.container(border=True, key="booking_form"):
        who = intake.get_patient(state.clinic(), standing.patient_id)
        name = f"{who.code} · {who.name}" if who.name else who.code
        verb = t("Move the appointment of {who}", who=name) if moved else t("An appointment for {who}", who=name)
        st.markdown(f"**{widgets.plain(verb)}**  \n{widgets.plain(plan_words(standing.plan))}")
        windows = [window_words(one) for one in planning.windows(standing)]
        st.caption(widgets.plain(" · ".join(windows)) or t("Nothing is due"))
        left, middle, right = st.columns(3)
        first = _first_day(standing)
        key = f"{standing.series_id}_{moved}"
        day = left.date_input(t("Day"), value=first, min_value=date.today(), format=t("YYYY-MM-DD"), key=f"day_{key}")
        time = middle.text_input(t("Time (optional)"), placeholder="14:30", max_chars=5, key=f"time_{key}")
        kind = SessionKind.TREATMENT
        if not moved:
            kinds = list(SessionKind)
            kind = right.selectbox(
                t("What for"), kinds, index=kinds.index(_kind(standing)), format_func=titled, key=f"kind_{key}"
            )
        early = planning.too_early(standing, day) if kind is SessionKind.TREATMENT else ""
        if early:
            st.warning(widgets.plain(early))
        save, drop = st.columns(2)
        if save.button(t("Move it") if moved else t("Book it"), type="primary", key="save_booking", width="stretch"):
            _save(standing.series_id, moved, (day, time, kind))
        if drop.button(t("Close"), key="close_booking", width="stretch"):
            forget()
            st.rerun()


def told() -> None:
    """What was just booked, once."""
    if words := st.session_state.pop(_NOTICE, ""):
        st.success(widgets.plain(words))


def agreed(found: Sequence[Appointment], total: int, today: date) -> None:
    """Appointments by day, with what can be done about each."""
    groups = {
        t("Did they come?"): [one for one in found if one.booking.day < today],
        t("Today"): [one for one in found if one.booking.day == today],
        t("To come"): [one for one in found if one.booking.day > today],
    }
    for title, some in groups.items():
        if some:
            st.subheader(title, anchor=False)
        for one in some:
            _appointment(one, came=one.booking.day <= today)
    if not found:
        widgets.empty(t("No appointments"), t("Book one from the lists, or search for the patient."))
    if total > len(found):
        st.caption(t("{count} more, later.", count=total - len(found)))


def due(found: Sequence[Next], total: int, name: str) -> None:
    """Patients who should come, with a button to book each."""
    for number, one in enumerate(found):
        words = f"{plan_words(one.standing.plan)} · {window_words(one.window)}"
        if _row(one.who, words, [t("Book")], f"{name}_{number}") == 0:
            choose(one.standing.series_id)
            st.rerun()
    if total > len(found):
        st.caption(t("{count} more.", count=total - len(found)))


def search() -> None:
    """Any patient by code or name, to book any running series."""
    wanted = st.text_input(t("Search by code or name"), key="booking_search", placeholder="P-001").strip()
    if not wanted:
        return
    found = intake.find_patients(state.clinic(), wanted, SHOWN)
    steps = planning.next_steps(state.clinic(), [one.id for one in found.patients])
    running = [
        (person, standing, window)
        for person in found.patients
        for standing, window in steps.get(person.id, [])
        if standing.ended is None
    ]
    if not running:
        widgets.empty(t("Nobody found"), t("No patient with a running series has these letters in code or name."))
    for number, (person, standing, window) in enumerate(running):
        _found(person, standing, window, number)
    if found.total > SHOWN:
        st.caption(t("{count} more: type a part of the code or name to narrow the list.", count=found.total - SHOWN))


def _found(person: Who, standing: Standing, window: Window | None, number: int) -> None:
    words = f"{plan_words(standing.plan)} · {next_words(standing, window)}"
    if _row(person, words, [t("Book")], f"search_{number}") == 0:
        choose(standing.series_id)
        st.rerun()


def _appointment(one: Appointment, *, came: bool) -> None:
    clinic, booking = state.clinic(), one.booking
    words = f"{booking_words(booking)} · {plan_words(one.standing.plan)}"
    labels = [t("Came"), t("Did not come")] if came else []
    pressed = _row(one.who, words, [*labels, t("Move"), t("Cancel it")], f"at_{booking.id}")
    if pressed is None:
        return
    if pressed == len(labels):
        choose(booking.series_id, booking.id)
    elif pressed == len(labels) + 1:
        bookings.cancel(clinic, booking.id)
    elif pressed == 0:
        bookings.mark_kept(clinic, booking.id)
    else:
        bookings.mark_missed(clinic, booking.id)
    st.rerun()


def _row(who: Who, words: str, labels: Sequence[str], key: str) -> int | None:
    """A line with buttons; the number of the one that was pressed."""
    with st.container(border=True, key=f"row_{key}"):
        left, right = st.columns([3, 2], vertical_alignment="center")
        name = f"{who.code} · {who.name}" if who.name else who.code
        left.markdown(f"**{widgets.plain(name)}**  \n{widgets.plain(words)}")
        with right.container(horizontal=True, horizontal_alignment="right"):
            pressed = [st.button(label, key=f"{key}_{at}", help=who.code) for at, label in enumerate(labels)]
    return pressed.index(True) if any(pressed) else None


def _save(series_id: str, moved: str, wanted: tuple[date, str, SessionKind]) -> None:
    clinic, (day, time, kind) = state.clinic(), wanted
    try:
        made = bookings.move(clinic, moved, day, time) if moved else bookings.book(clinic, series_id, day, time, kind)
    except InvalidInput as error:
        st.error(widgets.plain(str(error)))
        return
    st.session_state[_NOTICE] = _booked(made.booking, made.notice)
    forget()
    st.rerun()


def _booked(booking: Booking, notice: str) -> str:
    words = t("Booked: {what}", what=booking_words(booking))
    return f"{words}. {notice}" if notice else words


def _first_day(standing: Standing) -> date:
    """The planned day where it still lies ahead, else tomorrow."""
    window = planning.next_window(standing, date.today())
    tomorrow = date.today() + timedelta(1)
    return max(window.due, tomorrow) if window is not None else tomorrow


def _kind(standing: Standing) -> SessionKind:
    window = planning.next_window(standing, date.today())
    steps = {Step.BASELINE: SessionKind.BASELINE, Step.OUTCOME: SessionKind.FOLLOW_UP}
    return SessionKind.FOLLOW_UP if window is None else steps.get(window.step, SessionKind.TREATMENT)
