"""``python -m tracker.dashboard``: what ``tracker serve`` becomes."""

import argparse
import sys

from tracker.clinic.workflow.clinic import default_home
from tracker.dashboard.server import ADDRESS, serve
from tracker.errors import TrackerError


def main() -> int:
    """Exit status: 0 after a normal stop, 2 on a mistake that the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m tracker.dashboard", description="Serve the dashboard.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default=ADDRESS)
    parser.add_argument("--browser", action="store_true", help="open the dashboard in a browser")
    told = parser.parse_args()
    try:
        serve(default_home(), told.port, open_browser=told.browser, address=told.address)
    except TrackerError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
