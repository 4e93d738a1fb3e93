"""How content patients are, in their own opinion: asked of them alone, kept beside what was measured, never mixed."""

from datetime import UTC, datetime

from tracker.clinic.access import Action
from tracker.clinic.types import Gais, Kind
from tracker.clinic.types.own import Rating
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded


@guarded(Action.WRITE_DIARY, series_id=Kind.SERIES)
def rate(clinic: Clinic, series_id: str, gais: Gais, words: str = "") -> Rating:
    """The patient's rating of today; earlier ones stay, the last counts.

    Parameters
    ----------
    clinic : Clinic
        Where; its actor is the patient.
    series_id : str
        Of which series.
    gais : Gais
        Five grades, from very much improved to worse.
    words : str
        In the patient's own words; may be empty.

    Raises
    ------
    InvalidInput
        The words are too long.
    NotFound
        No such series.
    """
    with clinic.store.write() as records:
        records.series(series_id)
        day = datetime.now(UTC).astimezone().date()
        return records.add_rating(series_id, day, gais, words, clinic.actor.user_id)


@guarded(Action.SEE_DIARY, series_id=Kind.SERIES)
def ratings(clinic: Clinic, series_id: str) -> list[Rating]:
    """Every rating of a series in the order in which they were given; raises NotFound."""
    with clinic.store.read() as records:
        records.series(series_id)
        return records.ratings_of(series_id)
