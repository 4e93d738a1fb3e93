"""The entry script of the dashboard: who is here, that person's pages, and where a mistake becomes a sentence.

It has a folder of its own because Streamlit takes a folder ``pages`` beside the entry script for an old-style
application and opens its pages past this script.
"""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from tracker import wording
from tracker.dashboard import gate, menu, state, widgets
from tracker.dashboard.widgets.watch import watch
from tracker.errors import TrackerError
from tracker.wording import t

# Inline, because Streamlit fetches named icons for the browser's tab from another machine.
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#0b6e99'/>"
    "<path d='M3 4l4 5 3-2 3 5' fill='none' stroke='#fff' stroke-width='1.8'/></svg>"
)

wording.ask(state.language)
st.set_page_config(page_title=t("Skin progress"), page_icon=ICON, layout="wide")
widgets.style()
if not gate.installed():  # this script was started by itself: its pages would be open to every name and address
    st.error(t("Start the dashboard with: tracker serve"))
    st.stop()
try:
    here = state.me()
    st.session_state[state.LANGUAGE] = here.user.language
    entries = menu.offered(here.actor)
    if not entries:
        st.error(t("Your account has no pages yet: ask an administrator of the clinic to give it a role."))
        st.stop()
    pages = [st.Page(one.path, title=t(one.title), icon=one.icon, default=one is entries[0]) for one in entries]
    menu_of: dict[str, list[StreamlitPage]] = {}
    for one, made in zip(entries, pages, strict=True):
        menu_of.setdefault(t(one.heading) if one.heading else "", []).append(made)
    page = st.navigation(menu_of, position="top")
    # On a phone the bar at the top folds away behind an arrow, so the pages are linked once more in sight.
    with st.container(horizontal=True, key="phone_navigation"):
        for made in pages:
            st.page_link(made, label=made.title, width="content")
    watch(t(here.actor.name) if here.user.demo else here.actor.name)
    page.run()
except TrackerError as error:
    st.error(widgets.plain(str(error)))
