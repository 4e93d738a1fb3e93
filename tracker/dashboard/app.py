"""The ASGI application: Streamlit behind the gate, beside the picture routes."""

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from tracker.dashboard import capture, door, oidc, own_routes, routes
from tracker.dashboard.faults import log_fault, log_without_ids
from tracker.dashboard.gate import Gate
from tracker.wording import t

ROUTES = [*routes.ROUTES, *own_routes.ROUTES, *capture.ROUTES, *door.ROUTES, *oidc.ROUTES]
"""Everything that is answered beside Streamlit; what a patient's pixels come in or leave by is in the first three."""
log_without_ids()
SCRIPT = Path(__file__).parent / "entry" / "main.py"


def tell_fault(fault: Exception) -> bool:
    """Log a fault of the program and say so on the page, without details: they could hold a name or a path.

    Returns
    -------
    bool
        True: Streamlit's own box, which offers to search for the message on the web, is not shown.
    """
    log_fault("A page failed", fault)
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
