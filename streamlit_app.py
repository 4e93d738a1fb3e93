"""The dashboard for an ASGI server: ``streamlit run streamlit_app.py`` or ``tracker serve``."""

import streamlit as st

from tracker.dashboard.app import ARGUMENTS

app = st.App(**ARGUMENTS)
