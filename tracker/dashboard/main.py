"""The entry script of the dashboard: navigation, and one place where a mistake becomes a sentence."""

from pathlib import Path

import streamlit as st

from tracker.dashboard import widgets
from tracker.errors import TrackerError

PAGES = Path(__file__).parent / "pages"

st.set_page_config(page_title="Skin progress", page_icon=":material/timeline:", layout="wide")
widgets.style()
page = st.navigation(
    [
        st.Page(PAGES / "patients.py", title="Patients", icon=":material/group:", default=True),
        st.Page(PAGES / "timeline.py", title="Timeline", icon=":material/calendar_month:"),
        st.Page(PAGES / "upload.py", title="Add photos", icon=":material/add_a_photo:"),
        st.Page(PAGES / "compare.py", title="Compare", icon=":material/compare:"),
        st.Page(PAGES / "progress.py", title="Progress", icon=":material/show_chart:"),
    ],
    position="top",
)
try:
    page.run()
except TrackerError as error:
    st.error(widgets.plain(str(error)))
