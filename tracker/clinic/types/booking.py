"""An appointment: a day and what for, nothing clinical."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from tracker.clinic.types.vocabulary import BookingState, SessionKind
from tracker.errors import InvalidInput

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Booking:
    """One appointment of one series.

    Parameters
    ----------
    id, series_id : str
        Random ids.
    day : date
        Clinic's calendar.
    time : str
        ``"14:30"``, or empty where only the day is agreed.
    kind : SessionKind
        What for.
    state : BookingState
        How it stands.
    created : datetime
        UTC.
    """

    id: str
    series_id: str
    day: date
    time: str
    kind: SessionKind
    state: BookingState
    created: datetime


def time_of_day(text: str) -> str:
    """``"09:05"`` of what was typed, or empty; raises InvalidInput where it is no time of day."""
    text = text.strip().replace(".", ":")
    text = f"0{text}" if re.fullmatch(r"[0-9]:[0-9]{2}", text) else text
    if text and not _TIME.fullmatch(text):
        raise InvalidInput(f"Time: expected hours and minutes like 14:30, found {text[:20]!r}; correct the time.")
    return text
