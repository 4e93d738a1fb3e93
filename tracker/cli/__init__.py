"""The command line: the same use cases as the dashboard, from a shell.

Every command takes ``--json``: one JSON object per line on stdout and nothing else there. Exit status 0 when the
command answered (a refusal is an answer), 2 on a user's mistake, with one sentence on stderr.
"""

import sys

import typer

from tracker.cli.outcomes import register as register_outcomes
from tracker.cli.photos import register as register_photos
from tracker.cli.repeatability import register as register_repeatability
from tracker.cli.store import register as register_store
from tracker.cli.users import register as register_users
from tracker.errors import TrackerError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
register_photos(app)
register_store(app)
register_repeatability(app)
register_outcomes(app)
register_users(app)


def main() -> None:
    """Run the command line; a user's mistake ends as one sentence and exit status 2."""
    try:
        app()
    except TrackerError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        raise SystemExit(130) from None
