"""The dashboard for an ASGI server: ``streamlit run streamlit_app.py`` or ``tracker serve``."""

from tracker.dashboard.app import app

__all__ = ["app"]
