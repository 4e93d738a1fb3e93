"""The start page of a clinician: what waits, the most urgent first, each line with one button to where it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from tracker.clinic.records.finding import Who
from tracker.clinic.types import Reply, flags_of
from tracker.clinic.types.plan import Standing, Step
from tracker.clinic.workflow.agenda import Agenda, Flagged, Open
from tracker.clinic.workflow.bookings import Appointment
from tracker.clinic.workflow.planning import Next
from tracker.dashboard import state, widgets
from tracker.dashboard.context import PAGES, plan_words
from tracker.dashboard.plan import booking_words, window_words
from tracker.wording import n, t

CONSENTS, INTAKE = "consents.py", "intake.py"
SESSION, BOOKINGS, COMPARE, PATIENTS = "upload.py", "bookings.py", "compare.py", "patients.py"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, and where a click on its button leads."""

    who: Who
    words: str
    button: str
    page: str
    series_id: str = ""
    session_id: str = ""
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the page; ``more`` is the page that shows all of it, empty where there is none.

    ``people`` tells lists of who comes from lists of what the records lack.
    """

    name: str
    title: str
    lines: tuple[Line, ...]
    total: int
    more: str = ""
    people: bool = True


def sections(agenda: Agenda) -> list[Section]:
    """The lists that have anything in them, in order of urgency."""
    made = [
        _section(agenda, "today", t("Today's appointments"), agenda.today, _comes, BOOKINGS),
        _section(agenda, "unclosed", t("Did they come?"), agenda.unclosed, _unclosed, BOOKINGS),
        _section(agenda, "overdue", t("Overdue, without an appointment"), agenda.overdue, _due, BOOKINGS),
        _section(agenda, "due", t("Due this week, without an appointment"), agenda.due, _due, BOOKINGS),
        _section(agenda, "flagged", t("Checklist to look at before the next treatment"), agenda.flagged, _flagged),
        _section(agenda, "without_consent", t("No consent to photos on record"), agenda.without_consent, _consent),
        _section(agenda, "never_compared", t("Photos that were never compared"), agenda.never_compared, _compare),
        _section(agenda, "release_waiting", t("Nothing released to the patient yet"), agenda.release_waiting, _release),
    ]
    return [one for one in made if one.total]


def show(shown: Sequence[Section]) -> None:
    """All lists: who comes beside what the records lack; one below the other on a phone."""
    halves = [[one for one in shown if one.people], [one for one in shown if not one.people]]
    halves = [half for half in halves if half]
    with st.container(key="day"):
        places = st.columns([3, 2] if len(halves) > 1 else 1, gap="large")
    for place, half in zip(places, halves, strict=True):
        with place:
            for section in half:
                _list(section)


def _list(section: Section) -> None:
    st.subheader(f"{section.title} ({section.total})", anchor=False)
    for number, line in enumerate(section.lines):
        with st.container(border=True, key=f"dayline_{section.name}_{number}"):
            left, right = st.columns([3, 1] if section.people else [3, 2], vertical_alignment="center")
            who = f"{line.who.code} · {line.who.name}" if line.who.name else line.who.code
            mark = f":orange-badge[{t('Flag')}] " if line.doubt else ""
            left.markdown(f"**{widgets.plain(who)}**  \n{mark}{widgets.plain(line.words)}")
            if right.button(line.button, key=f"go_{section.name}_{number}", width="stretch", help=line.who.code):
                go(line.page, line.who.id, line.series_id, line.session_id)
    if (rest := section.total - len(section.lines)) > 0:
        words = n("{count} more", "{count} more", rest)
        if section.more and (PAGES / section.more).exists():
            st.page_link(PAGES / section.more, label=words, icon=":material/arrow_forward:")
        else:
            st.caption(words)


def go(page: str, patient_id: str, series_id: str = "", session_id: str = "") -> None:
    """Open a page about this patient, this series, this session."""
    state.choose_patient(patient_id, series_id)
    if session_id:
        state.keep(state.LATER, session_id)
    if page == BOOKINGS:
        state.keep(state.BOOKED_SERIES, series_id)
    st.switch_page(PAGES / (page if (PAGES / page).exists() else INTAKE))


def _section(
    agenda: Agenda, name: str, title: str, found: Sequence[object], line: Callable[..., Line], more: str = ""
) -> Section:
    return Section(name, title, tuple(line(one) for one in found), agenda.totals[name], more, people=bool(more))


def _title(standing: Standing) -> str:
    return plan_words(standing.plan)


def _comes(one: Appointment) -> Line:
    words = f"{booking_words(one.booking)} · {_title(one.standing)}"
    return Line(one.who, words, t("Open session"), SESSION, one.booking.series_id)


def _unclosed(one: Appointment) -> Line:
    words = f"{booking_words(one.booking)} · {_title(one.standing)}"
    return Line(one.who, words, t("Say whether they came"), BOOKINGS, one.booking.series_id)


def _due(one: Next) -> Line:
    words = f"{_title(one.standing)} · {window_words(one.window)}"
    if one.window.step is Step.FIRST:
        return Line(one.who, words, t("Plan it"), BOOKINGS, one.standing.series_id)
    return Line(one.who, words, t("Book"), BOOKINGS, one.standing.series_id)


def _flagged(one: Flagged) -> Line:
    if one.checklist is None:
        return Line(one.who, t("Not asked yet."), t("Ask"), INTAKE)
    answers, months = one.checklist.answers, one.checklist.months
    words = list(flags_of([answer for answer in answers if answer.reply is Reply.YES], months))
    unknown = sum(answer.reply is Reply.UNKNOWN for answer in answers)
    if unknown:
        words.append(n("{count} answer is not known.", "{count} answers are not known.", unknown))
    return Line(one.who, " ".join(words), t("Look"), INTAKE, doubt=True)


def _consent(one: Open) -> Line:
    return Line(one.who, t("Ask before the next photos are taken."), t("Record a consent"), CONSENTS)


def _compare(one: Open) -> Line:
    words = t("Session of {day}", day=widgets.when(one.waiting.day))
    return Line(one.who, words, t("Compare"), COMPARE, one.waiting.series_id, one.waiting.session_id)


def _release(one: Open) -> Line:
    words = t("Compared, session of {day}", day=widgets.when(one.waiting.day))
    return Line(one.who, words, t("Review"), COMPARE, one.waiting.series_id, one.waiting.session_id)
