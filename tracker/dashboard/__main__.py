"""``python -m tracker.dashboard``: what ``tracker serve`` becomes."""

import argparse
import sys
from pathlib import Path

from tracker.clinic.workflow.clinic import default_home
from tracker.dashboard.server import ADDRESS, Network, serve
from tracker.errors import TrackerError


def main() -> int:
    """Exit status: 0 after a normal stop, 2 on a mistake that the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m tracker.dashboard", description="Serve the dashboard.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default=ADDRESS)
    parser.add_argument("--certificate", type=Path, help="PEM file, for TLS")
    parser.add_argument("--key", type=Path, help="PEM file of the certificate's key")
    parser.add_argument("--name", default="", help="by which the server is asked for")
    parser.add_argument("--browser", action="store_true", help="open the dashboard in a browser")
    told = parser.parse_args()
    try:
        network = Network(told.address, told.port, told.certificate, told.key, told.name)
        serve(default_home(), network, open_browser=told.browser)
    except TrackerError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
