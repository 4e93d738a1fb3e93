"""Starting the dashboard on this computer, with the settings that must not be forgotten."""

import os
import socket
import threading
import time
import webbrowser
from pathlib import Path
from typing import Any

from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state
from tracker.dashboard.gate import MAX_UPLOAD_MB
from tracker.errors import InvalidInput

ADDRESS = "127.0.0.1"

SETTINGS: dict[str, Any] = {
    "client.showErrorDetails": "none",  # a traceback shows paths and may show data
    "client.toolbarMode": "viewer",
    "client.allowedOrigins": [],
    "server.address": ADDRESS,
    "server.allowedHosts": ["localhost", ADDRESS, "[::1]"],
    "server.maxUploadSize": MAX_UPLOAD_MB,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.disconnectedSessionTTL": 30,  # uploaded bytes stay in memory that long after a tab is closed
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.showEmailPrompt": False,
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
    "logger.level": "warning",
    # Neutral greys, so that the eye judges skin and not the page; one blue for what can be pressed.
    "theme.base": "light",
    "theme.primaryColor": "#0b6e99",
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#f1f2f3",
    "theme.textColor": "#24282c",
    "theme.borderColor": "#d5d8db",
    "theme.font": "sans-serif",
    "theme.baseFontSize": 16,
    "theme.baseRadius": "0.4rem",
}


def serve(home: Path, port: int = 8501, *, open_browser: bool = False, address: str = ADDRESS) -> None:
    """Serve the dashboard over a clinic's folder until it is stopped.

    Parameters
    ----------
    home : Path
        Folder of the embedded store.
    port : int
        On this computer.
    open_browser : bool
        Open the page as soon as it answers.
    address : str
        Only 127.0.0.1 is accepted until there are accounts.

    Raises
    ------
    InvalidInput
        Another address, or the port is taken.
    StoreUnavailable
        The store cannot be opened.
    """
    if address != ADDRESS:
        raise InvalidInput(
            f"Address {address}: expected {ADDRESS}, because without accounts everyone on the network could see the "
            f"photos; leave the address out."
        )
    _must_be_free(port)
    os.environ["TRACKER_HOME"] = str(home)
    Clinic.open(home).close()
    from tracker.dashboard.app import build  # configures Streamlit on import, so not before the checks

    if open_browser:
        threading.Thread(target=_show, args=(port,), daemon=True).start()
    try:
        build().run(config={**SETTINGS, "server.port": port})
    finally:
        state.close_all()


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            raise InvalidInput(
                f"Port {port}: expected a free port, found it taken (is the dashboard already running?); "
                f"choose another one with --port."
            ) from None


def _show(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) == 0:
                webbrowser.open(f"http://{ADDRESS}:{port}")
                return
        time.sleep(0.1)
