"""The ASGI application: Streamlit behind the gate, beside the picture routes."""

import importlib
import importlib.util
import logging
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from tracker.dashboard.gate import Gate
from tracker.dashboard.routes import ROUTES as PICTURES
from tracker.wording import t

_PARTS = ("capture", "door", "oidc", "own_routes")
ROUTES = [*PICTURES]
for _part in _PARTS:
    if importlib.util.find_spec(f"tracker.dashboard.{_part}"):
        ROUTES += importlib.import_module(f"tracker.dashboard.{_part}").ROUTES
SCRIPT = Path(__file__).parent / "entry" / "main.py"
LOG = logging.getLogger(__name__)


def tell_fault(fault: Exception) -> bool:
    """Log a fault of the program and say so on the page, without details: they could hold a name or a path.

    Returns
    -------
    bool
        True: Streamlit's own box, which offers to search for the message on the web, is not shown.
    """
    LOG.error("A page failed", exc_info=fault)
    st.error(
        t("Something went wrong in the program. What was stored is safe. Load the page again; if it stays, report it.")
    )
    return True


ARGUMENTS: dict[str, Any] = {
    "script_path": SCRIPT,
    "routes": ROUTES,
    "middleware": [Middleware(Gate)],
    "on_script_error": tell_fault,
}
"""Of :class:`streamlit.App`; ``streamlit run`` only sees an application that its script makes itself."""


def build() -> st.App:
    """The application; one per process, because Streamlit keeps its runtime there."""
    return st.App(**ARGUMENTS)
