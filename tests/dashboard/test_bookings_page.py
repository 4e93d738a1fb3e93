"""Appointments as staff books them: empty, typical, failing; nothing clinical is shown."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.types import BodySite, BookingState, Indication, SeriesPlan, SessionKind, Visit
from tracker.clinic.workflow import bookings, intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state

MAIN = Path(state.__file__).parent / "entry" / "main.py"
TODAY = date.today()


def said(app):
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.warning, app.error, app.success, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


def needled(clinic, name, days):
    person = intake.add_patient(clinic, name=name)
    series = intake.add_series(clinic, person.id, SeriesPlan(Indication.SCAR, BodySite.ARMS))
    visit = Visit(TODAY - timedelta(days), SessionKind.TREATMENT, notes="SECRET NOTE", reaction="SECRET REACTION")
    intake.add_session(clinic, series.id, visit)
    return series.id


@pytest.fixture
def late(tmp_path):
    with Clinic.open(tmp_path) as clinic:
        needled(clinic, "Bea", 10)
        return needled(clinic, "Late <i>Lee</i>", 60)


@pytest.fixture
def staff(at_home, tmp_path, late):
    at_home(tmp_path, ("STAFF",))
    return AppTest.from_file(MAIN, default_timeout=60).run()


def test_empty(at_home, tmp_path):
    at_home(tmp_path, ("STAFF",))
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    assert not app.exception
    assert "No patients yet" in said(app)


def test_lists_and_nothing_clinical(staff):
    words = said(staff)
    assert "No appointments" in words
    assert "overdue since" in words
    assert "Nobody is due this week" in words
    assert "SECRET" not in words
    assert "<i>Lee</i>" not in words


def test_booking_from_the_overdue_list_then_moving_and_cancelling(staff, late):
    staff.button(key="overdue_0_0").click().run()
    assert "An appointment for" in said(staff)
    day = TODAY + timedelta(3)
    staff.date_input(key=f"day_{late}_").set_value(day)
    staff.text_input(key=f"time_{late}_").set_value("9:15")
    staff.button(key="save_booking").click().run()
    assert not staff.exception
    assert "Booked" in staff.success[0].value
    (booking,) = bookings.bookings_of(state.opened(), late)
    assert (booking.day, booking.time) == (day, "09:15")
    assert "Nobody is overdue" in said(staff)
    staff.button(key=f"at_{booking.id}_0").click().run()
    assert "Move the appointment of" in said(staff)
    staff.date_input(key=f"day_{late}_{booking.id}").set_value(day + timedelta(1))
    staff.button(key="save_booking").click().run()
    old, moved = bookings.bookings_of(state.opened(), late)
    assert (old.state, moved.day) == (BookingState.CANCELLED, day + timedelta(1))
    staff.button(key=f"at_{moved.id}_1").click().run()
    assert bookings.bookings_of(state.opened(), late)[1].state is BookingState.CANCELLED


def test_whether_the_patient_came(at_home, tmp_path, late):
    with Clinic.open(tmp_path) as clinic:
        kept, missed = (bookings.book(clinic, late, TODAY, time).booking for time in ("08:00", "09:00"))
    at_home(tmp_path, ("STAFF",))
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    app.button(key=f"at_{kept.id}_0").click().run()
    app.button(key=f"at_{missed.id}_1").click().run()
    states = [one.state for one in bookings.bookings_of(state.opened(), late)]
    assert states == [BookingState.KEPT, BookingState.MISSED]


def test_a_slip_is_a_sentence_and_too_early_is_said(staff):
    staff.text_input(key="booking_search").set_value("bea").run()
    staff.button(key="search_0_0").click().run()
    (day,) = [one for one in staff.date_input if one.key.startswith("day_")]
    day.set_value(TODAY + timedelta(1)).run()
    assert any("at least 28 are advised" in one.value for one in staff.warning)
    (time,) = [one for one in staff.text_input if one.key.startswith("time_")]
    time.set_value("25:00")
    staff.button(key="save_booking").click().run()
    assert not staff.exception
    assert len(staff.error) == 1
    assert "hours and minutes" in staff.error[0].value
    staff.button(key="close_booking").click().run()
    assert "An appointment for" not in said(staff)


def test_nobody_found(staff):
    staff.text_input(key="booking_search").set_value("zzz").run()
    assert "Nobody found" in said(staff)
