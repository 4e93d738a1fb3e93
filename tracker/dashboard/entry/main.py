"""The entry script of the dashboard: navigation, and one place where a mistake becomes a sentence.

It has a folder of its own because Streamlit takes a folder ``pages`` beside the entry script for an old-style
application and opens its pages past this script.
"""

import streamlit as st

from tracker.dashboard import gate, widgets
from tracker.dashboard.context import PAGES
from tracker.errors import TrackerError

# Inline, because Streamlit fetches named icons for the browser's tab from another machine.
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#0b6e99'/>"
    "<path d='M3 4l4 5 3-2 3 5' fill='none' stroke='#fff' stroke-width='1.8'/></svg>"
)

st.set_page_config(page_title="Skin progress", page_icon=ICON, layout="wide")
widgets.style()
if not gate.installed():  # this script was started by itself: its pages would be open to every name and address
    st.error("Start the dashboard with: tracker serve")
    st.stop()
pages = [
    st.Page(PAGES / "patients.py", title="Patients", icon=":material/group:", default=True),
    st.Page(PAGES / "timeline.py", title="Timeline", icon=":material/calendar_month:"),
    st.Page(PAGES / "upload.py", title="Add photos", icon=":material/add_a_photo:"),
    st.Page(PAGES / "compare.py", title="Compare", icon=":material/compare:"),
    st.Page(PAGES / "progress.py", title="Progress", icon=":material/show_chart:"),
    st.Page(PAGES / "outcomes.py", title="Outcomes", icon=":material/groups:"),
    st.Page(PAGES / "repeatability.py", title="Repeatability", icon=":material/straighten:"),
]
page = st.navigation(pages, position="top")
# On a phone the bar at the top folds away behind an arrow, so the pages are linked once more in sight.
with st.container(horizontal=True, key="phone_navigation"):
    for one in pages:
        st.page_link(one, label=one.title, width="content")
try:
    page.run()
except TrackerError as error:
    st.error(widgets.plain(str(error)))
