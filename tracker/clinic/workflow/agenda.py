"""What the start page tells a clinician: who comes, who should come, and what of the records waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.clinic.access import Action
from tracker.clinic.records.agenda import Waiting
from tracker.clinic.records.finding import Who
from tracker.clinic.records.store import Records
from tracker.clinic.types import Booking, Candidacy
from tracker.clinic.types.plan import Standing
from tracker.clinic.workflow import planning
from tracker.clinic.workflow.bookings import Appointment
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded, own_practice
from tracker.clinic.workflow.kept import Kept
from tracker.clinic.workflow.planning import Next

SHOWN = 8
"""Of each list on the start page: what a person can begin with before it is looked at again."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A patient whose newest checklist has something that no treatment followed yet; None where nobody asked."""

    who: Who
    checklist: Candidacy | None


@dataclass(frozen=True, slots=True)
class Open:
    """Something in the records that waits, with whose it is."""

    who: Who
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Agenda:
    """The start page: the first of each list, and how many each has.

    Parameters
    ----------
    patients : int
        Of the practice; 0 means that everything is still to begin.
    today, unclosed : tuple of Appointment
        Of this day, and of days that have passed without anybody saying whether the patient came.
    overdue, due : tuple of Next
        Who should come and has no appointment.
    flagged : tuple of Flagged
        Checklists to look at, then patients whom nobody asked yet.
    without_consent, never_compared, release_waiting : tuple of Open
        See :class:`tracker.clinic.records.agenda.AgendaQueries`.
    totals : dict of str to int
        How many each list has, by its name here.
    """

    patients: int
    today: tuple[Appointment, ...]
    unclosed: tuple[Appointment, ...]
    overdue: tuple[Next, ...]
    due: tuple[Next, ...]
    flagged: tuple[Flagged, ...]
    without_consent: tuple[Open, ...]
    never_compared: tuple[Open, ...]
    release_waiting: tuple[Open, ...]
    totals: dict[str, int]


@guarded(Action.SEE_RECORD)
def agenda(clinic: Clinic, today: date | None = None, most: int = SHOWN) -> Agenda:
    """What waits in the practice today; a few queries over sets, and only the names that are shown are opened."""
    day = today or date.today()
    return AGENDAS.of(clinic, (day, most), lambda: _gathered(clinic, day, most))


AGENDAS: Kept[Agenda] = Kept(16)
"""2,000 patients take a fifth of a second, at every return to the start page."""


def _gathered(clinic: Clinic, day: date, most: int) -> Agenda:
    practice = own_practice(clinic)
    with clinic.store.read() as records:
        standings = records.standings(practice)
        booked = [one for _, one in records.agreed_bookings(practice)]
        due = planning.due_list(standings, day)
        found = _Found(
            {"today": [one for one in booked if one.day == day], "unclosed": [one for one in booked if one.day < day]},
            {"overdue": due.overdue, "due": due.due},
            {
                "without_consent": records.without_consent(day, practice),
                "never_compared": records.never_compared(practice),
                "release_waiting": records.release_waiting(practice),
            },
            _flagged(records, practice, standings),
        )
        by_series = {one.series_id: one for one in standings}
        known = records.whos(_shown(found, by_series, most))
        patients, checked = records.count_patients(practice), records.newest_candidacies(found.flagged[:most])
    comes = {name: _appointments(some[:most], by_series, known) for name, some in found.bookings.items()}
    opened = {
        name: tuple(Open(known[one.patient_id], one) for one in some[:most]) for name, some in found.waiting.items()
    }
    return Agenda(
        patients=patients,
        today=comes["today"],
        unclosed=comes["unclosed"],
        overdue=planning.named(due.overdue[:most], known),
        due=planning.named(due.due[:most], known),
        flagged=tuple(Flagged(known[one], checked.get(one)) for one in found.flagged[:most]),
        without_consent=opened["without_consent"],
        never_compared=opened["never_compared"],
        release_waiting=opened["release_waiting"],
        totals=found.totals,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that waits, whole and without names."""

    bookings: dict[str, list[Booking]]
    steps: dict[str, tuple[Next, ...]]
    waiting: dict[str, list[Waiting]]
    flagged: list[str]

    @property
    def totals(self) -> dict[str, int]:
        lists = (self.bookings, self.steps, self.waiting)
        return {name: len(some) for one in lists for name, some in one.items()} | {"flagged": len(self.flagged)}


def _shown(found: _Found, by_series: dict[str, Standing], most: int) -> set[str]:
    """The patients of the first of each list: only their names are opened."""
    return {
        *found.flagged[:most],
        *(one.who.id for some in found.steps.values() for one in some[:most]),
        *(one.patient_id for some in found.waiting.values() for one in some[:most]),
        *(by_series[one.series_id].patient_id for some in found.bookings.values() for one in some[:most]),
    }


def _flagged(records: Records, practice: str, standings: Sequence[Standing]) -> list[str]:
    """Patients with flags that no treatment followed, who comes first first; then those whom nobody asked."""
    recent, never = records.unanswered(practice)
    comes = {one.patient_id: one.booking.day for one in reversed(standings) if one.booking is not None}
    flagged = sorted(records.flagged(recent), key=lambda one: comes.get(one, date.max))
    return [*flagged, *sorted((one.patient_id for one in never), key=lambda one: comes.get(one, date.max))]


def _appointments(
    found: Sequence[Booking], by_series: dict[str, Standing], known: dict[str, Who]
) -> tuple[Appointment, ...]:
    return tuple(
        Appointment(one, known[by_series[one.series_id].patient_id], by_series[one.series_id]) for one in found
    )
