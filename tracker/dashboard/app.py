"""The ASGI application: Streamlit behind the gate, beside the picture routes."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from tracker.dashboard.gate import Gate
from tracker.dashboard.routes import ROUTES

SCRIPT = Path(__file__).parent / "entry" / "main.py"

app = st.App(SCRIPT, routes=ROUTES, middleware=[Middleware(Gate)])
