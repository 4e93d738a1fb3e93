"""Starting the dashboard, with the settings that must not be forgotten."""

import os
import socket
import sys
import threading
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.clinic.workflow import door
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state
from tracker.dashboard.gate import HOSTS, IDENTITY_HEADER, MAX_UPLOAD_MB
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
    # What the gate says of who is asking becomes st.user; nobody with another sign-in can join a session.
    "server.trustedUserHeaders": {IDENTITY_HEADER.decode(): "sign_in"},
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


@dataclass(frozen=True, slots=True)
class Network:
    """Where the dashboard answers.

    Parameters
    ----------
    address : str
        To bind; anything but this computer's own needs TLS.
    port : int
        On it.
    certificate, key : Path or None
        PEM files.
    name : str
        By which the clinic's people ask for it: ``"skin.clinic.example"``.
    """

    address: str = ADDRESS
    port: int = 8501
    certificate: Path | None = None
    key: Path | None = None
    name: str = ""

    def check(self) -> None:
        """Raise InvalidInput where photos or passwords would cross a network in the open."""
        if (self.certificate is None) != (self.key is None):
            raise InvalidInput("TLS: expected a certificate and its key, found only one of them; give both.")
        for file in (self.certificate, self.key):
            if file is not None and not file.is_file():
                raise InvalidInput(f"{file}: expected a PEM file, found none; check the path.")
        if self.address != ADDRESS and not (self.certificate and self.name):
            raise InvalidInput(
                f"Address {self.address}: expected {ADDRESS} where there is no TLS, because passwords and photos would "
                "cross the network in the open; give a certificate, its key and the server's name."
            )

    @property
    def url(self) -> str:
        """What to open."""
        scheme, host = ("https", self.name or ADDRESS) if self.certificate else ("http", ADDRESS)
        return f"{scheme}://{host}:{self.port}"

    @property
    def settings(self) -> dict[str, Any]:
        """Of Streamlit."""
        told = SETTINGS | {"server.port": self.port, "server.address": self.address}
        if self.name:
            told["server.allowedHosts"] = [*SETTINGS["server.allowedHosts"], self.name]
        if self.certificate and self.key:
            told |= {"server.sslCertFile": str(self.certificate), "server.sslKeyFile": str(self.key)}
        return told


HERE = Network()
"""This computer alone."""


def serve(home: Path, network: Network = HERE, *, open_browser: bool = False) -> None:
    """Serve the dashboard over a clinic's folder until it is stopped; a new one prints the link to its first account.

    Parameters
    ----------
    home : Path
        Folder of the embedded store.
    network : Network
        Where it answers.
    open_browser : bool
        Open the page as soon as it answers.

    Raises
    ------
    InvalidInput
        An address without TLS that is not this computer's own, or the port is taken.
    StoreUnavailable
        The store cannot be opened.
    """
    network.check()
    _must_be_free(network.address, network.port)
    os.environ["TRACKER_HOME"] = str(home)
    os.environ[HOSTS] = f"{os.environ.get(HOSTS, '')} {network.name}".strip()
    with Clinic.open(home) as clinic:
        link = door.first_link(clinic)
    page = f"{network.url}/setup/{link}" if link else network.url
    if link:
        sys.stdout.write(
            f"Nobody has an account yet. Set up the first one within 48 h, this link works once:\n{page}\n"
        )
        sys.stdout.flush()
    from tracker.dashboard.app import build  # configures Streamlit on import, so not before the checks

    if open_browser:
        threading.Thread(target=_show, args=(network.port, page), daemon=True).start()
    try:
        build().run(config=network.settings)
    finally:
        state.close_all()


def _must_be_free(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            raise InvalidInput(
                f"Port {port}: expected a free port, found it taken (is the dashboard already running?); "
                f"choose another one with --port."
            ) from None


def _show(port: int, page: str) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) == 0:
                webbrowser.open(page)
                return
        time.sleep(0.1)
