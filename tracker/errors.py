"""The one family of errors that a user can cause or mend.

Every message is one sentence that names the thing, what was expected, what was found and what to do.
Programmer errors stay plain exceptions.
"""


class TrackerError(Exception):
    """A mistake or a condition that the user can mend; shown as it is, never as a traceback."""


class InvalidInput(TrackerError):
    """An argument, a form field or a table row that cannot be used."""


class UnreadablePhoto(TrackerError):
    """A file that is not a photo this program accepts."""


class NotComparable(TrackerError):
    """Two photos that cannot carry a comparison.

    Parameters
    ----------
    reason : str
        Why, in plain words.
    retake : str
        How to take the photo again so that it would work.
    """

    def __init__(self, reason: str, retake: str) -> None:
        super().__init__(f"{reason} {retake}".strip())
        self.reason = reason
        self.retake = retake


class NotFound(TrackerError):
    """A record that is not there, or that this person may not see: the answer is the same."""


class StoreUnavailable(TrackerError):
    """The record store or the photo store cannot be reached, is full, or is busy: nothing was saved."""


class NetworkUnavailable(TrackerError):
    """A network that cannot run: the extra is not installed, or its weights are missing, changed or unreadable."""


class ConsentMissing(TrackerError):
    """An export for which the patient has not consented."""
