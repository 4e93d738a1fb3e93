import streamlit as st

from tracker.clinic.workflow import agenda as workflow
from tracker.dashboard import day, state, widgets
from tracker.dashboard.context import PAGES
from tracker.wording import t

FEW, MANY = 4, 25  # of each list: what one looks at first, and what still loads at once

st.title(t("Today"))
many = bool(st.session_state.get("today_many"))
found = workflow.agenda(state.clinic(), most=MANY if many else FEW)
if not found.patients:
    hint = t("Add the first one: a code is enough. Then comes the checklist, the plan and the first photos.")
    widgets.empty(t("No patients yet"), hint)
    st.page_link(PAGES / "patients.py", label=t("Add a patient"), icon=":material/person_add:")
    st.stop()

shown = day.sections(found)
if not shown:
    widgets.empty(t("Nothing waits today"), t("Nobody is due or overdue, and every photo has been compared."))
    st.page_link(PAGES / "patients.py", label=t("All patients"), icon=":material/group:")
else:
    day.show(shown)
if many or any(section.total > FEW for section in shown):
    st.toggle(t("Longer lists"), key="today_many")
