from datetime import date

import streamlit as st

from tracker.clinic.workflow import bookings, intake, planning
from tracker.dashboard import appointments, state, widgets
from tracker.dashboard.appointments import SHOWN
from tracker.wording import t

clinic = state.clinic()
st.title(t("Bookings"))
if not intake.find_patients(clinic, "", 1).total:
    widgets.empty(t("No patients yet"), t("A clinician adds the patient and plans a series; then it can be booked."))
    st.stop()
with st.container():  # always there, so that the tabs below stay the same tabs when the form opens
    appointments.told()
    standing = appointments.chosen()
    if standing is not None:
        appointments.form(standing)

agreed, total = bookings.agreed(clinic, 2 * SHOWN)
listed = planning.due_patients(clinic, most=SHOWN)
first, second, third, fourth = st.tabs(
    [
        t("Appointments ({count})", count=total),
        t("Overdue ({count})", count=listed.overdue_total),
        t("Due this week ({count})", count=listed.due_total),
        t("Search"),
    ]
)
with first:
    appointments.agreed(agreed, total, date.today())
with second:
    if not listed.overdue:
        widgets.empty(t("Nobody is overdue"), t("Whoever misses the due window of a treatment is listed here."))
    appointments.due(listed.overdue, listed.overdue_total, "overdue")
with third:
    if not listed.due:
        widgets.empty(t("Nobody is due this week"), t("Whoever is due and has no appointment is listed here."))
    appointments.due(listed.due, listed.due_total, "due")
with fourth:
    appointments.search()
