from importlib import import_module
from importlib.util import find_spec

import streamlit as st

from tracker.clinic.workflow import settings
from tracker.clinic.workflow.settings import LONGEST_MONTHS, Settings
from tracker.dashboard import people, state
from tracker.wording import t

st.title(t("Settings"))
clinic = state.clinic()
now = settings.get_settings(clinic)
name = st.text_input(t("Name of the clinic"), now.name, key="practice_name", max_chars=200)
months = st.number_input(
    t("Flag isotretinoin that was taken within so many months"),
    0,
    LONGEST_MONTHS,
    now.isotretinoin_months,
    key="isotretinoin_months",
    help=t("At intake it is flagged for the clinician, who decides. 0 flags only who takes it at that time."),
)
if st.button(t("Save the settings"), type="primary", key="save_settings") and people.attempt(
    lambda: settings.change_settings(clinic, Settings(name, int(months)))
):
    st.success(t("Saved."))
if find_spec("tracker.dashboard.aftercare_editor"):
    st.subheader(t("Aftercare"), anchor=False)
    import_module("tracker.dashboard.aftercare_editor").editor()
