"""What to do and to avoid in the days after needling, in the clinic's own words, and what holds for a patient today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import HealingPhase, Kind, Series, SessionKind
from tracker.clinic.types.own import Aftercare, AftercareRule
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput
from tracker.wording import mark, t

SETTING = "aftercare"
MOST_RULES = 40
MOST_CHARACTERS = 300
"""Of one line; longer ones are not read on a phone."""
# A rule that names hours holds until the last of them has passed at any time of day: 72 hours after an afternoon end
# on the afternoon of day 3.
_RULES = (
    (0, None, mark("Protect the treated skin from the sun, SPF 30 or higher, every day."), ""),
    (0, 2, "", mark("No make-up for the first 24 to 48 hours.")),
    (0, 3, "", mark("No active ingredients for 2 to 3 days: retinoids, acids, vitamin C.")),
    (0, 3, "", mark("No pools or saunas for 72 hours.")),
)
_CALL = (
    mark("redness that spreads"),
    mark("pus"),
    mark("fever"),
    mark("blisters"),
    mark("pain that grows"),
)


@dataclass(frozen=True, slots=True)
class Today:
    """Where a patient is in healing, and what holds today.

    Parameters
    ----------
    series : Series or None
        The one that was needled last; None before the first needling.
    needled : date or None
        When.
    days : int or None
        Whole days since then.
    phase : HealingPhase
        What the skin is doing.
    do, avoid, call : tuple of str
        Of the clinic's aftercare; empty before the first needling.
    """

    series: Series | None
    needled: date | None
    days: int | None
    phase: HealingPhase
    do: tuple[str, ...]
    avoid: tuple[str, ...]
    call: tuple[str, ...]


def defaults() -> Aftercare:
    """The text of a clinic that has not written its own, in the language of this moment."""
    rules = (
        AftercareRule(first, last, t(do) if do else "", t(avoid) if avoid else "") for first, last, do, avoid in _RULES
    )
    return Aftercare(tuple(rules), tuple(t(one) for one in _CALL))


@guarded(Action.SEE_SETTINGS)
def aftercare_of(clinic: Clinic) -> Aftercare:
    """The text of the own practice; the defaults where it has not written any."""
    with clinic.store.read() as records:
        return _stored(records, clinic.actor.practice_id) or defaults()


@guarded(Action.SEE_SETTINGS)
def is_own_text(clinic: Clinic) -> bool:
    """Whether the practice wrote its own text: that is shown as it is, in whatever language it was written."""
    with clinic.store.read() as records:
        return _stored(records, clinic.actor.practice_id) is not None


@guarded(Action.CHANGE_SETTINGS)
def change_aftercare(clinic: Clinic, text: Aftercare) -> Aftercare:
    """The text as stored; every patient of the practice reads it from now on.

    Raises
    ------
    InvalidInput
        Too many or too long lines, or nothing about when to call.
    """
    lines = [line for rule in text.rules for line in (rule.do, rule.avoid)] + list(text.call)
    longest = max((len(line) for line in lines), default=0)
    if longest > MOST_CHARACTERS or len(lines) > 3 * MOST_RULES:
        raise InvalidInput(
            f"Aftercare: expected at most {3 * MOST_RULES} lines of at most {MOST_CHARACTERS} characters, found "
            f"{len(lines)} lines of up to {longest}; shorten it."
        )
    call = tuple(line.strip() for line in text.call if line.strip())
    if not call:
        raise InvalidInput("Aftercare: expected when a patient should call, found nothing; write at least one line.")
    rules = sorted(text.rules, key=lambda rule: rule.from_day)  # lines of one day stay in the clinic's order
    kept = Aftercare(tuple(rules), call)
    with clinic.store.write() as records:
        records.set_practice_setting(clinic.actor.practice_id, SETTING, _to_json(kept))
    return kept


@guarded(Action.CHANGE_SETTINGS)
def back_to_defaults(clinic: Clinic) -> Aftercare:
    """The program's own text, which counts again from now on."""
    with clinic.store.write() as records:
        records.set_practice_setting(clinic.actor.practice_id, SETTING, None)
    return defaults()


@guarded(Action.SEE_OWN, patient_id=Kind.PATIENT)
def today_for(clinic: Clinic, patient_id: str, today: date | None = None) -> Today:
    """Where the patient is in healing today, by the newest needling of any series; raises NotFound.

    Parameters
    ----------
    clinic : Clinic
        Where; its actor is the patient.
    patient_id : str
        Who.
    today : date, optional
        Default: this day.
    """
    day = today or datetime.now(UTC).astimezone().date()
    with clinic.store.read() as records:
        text = _stored(records, records.patient(patient_id).practice_id) or defaults()
        needled = last_needling(records, patient_id, day)
    if needled is None:
        return Today(None, None, None, HealingPhase.NOT_NEEDLED, (), (), ())
    series, when = needled
    days = (day - when).days
    do, avoid = text.on_day(days)
    return Today(series, when, days, HealingPhase.after(days), do, avoid, text.call)


def last_needling(records: Records, patient_id: str, day: date) -> tuple[Series, date] | None:
    """The series that was needled last, and when, not later than a day; None before the first."""
    done = [
        (session.date, number, series)
        for number, series in enumerate(records.series_of(patient_id))
        for session in records.sessions_of(series.id)
        if session.kind is SessionKind.TREATMENT and session.date <= day
    ]
    if not done:
        return None
    when, _, series = max(done, key=lambda one: one[:2])
    return series, when


def _stored(records: Records, practice_id: str) -> Aftercare | None:
    found = records.practice_setting(practice_id, SETTING)
    return _from_json(found) if isinstance(found, dict) else None


def _to_json(text: Aftercare) -> dict[str, Any]:
    rules = [{"from": one.from_day, "to": one.to_day, "do": one.do, "avoid": one.avoid} for one in text.rules]
    return {"rules": rules, "call": list(text.call)}


def _from_json(found: dict[str, Any]) -> Aftercare:
    rules = (AftercareRule(one["from"], one["to"], one["do"], one["avoid"]) for one in found["rules"])
    return Aftercare(tuple(rules), tuple(found["call"]))
