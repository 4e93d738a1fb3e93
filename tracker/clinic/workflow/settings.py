"""Settings of a practice: its name, and what its clinicians decided once for everybody."""

from dataclasses import dataclass

from tracker.clinic.access import Action
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput

ISOTRETINOIN = "isotretinoin_months"
ISOTRETINOIN_MONTHS = 6
"""Labels and older guidelines wait six months; newer consensus is shorter, so each clinic sets its own."""
LONGEST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a practice.

    Parameters
    ----------
    name : str
        Of the practice; may be empty.
    isotretinoin_months : int
        Isotretinoin taken within so many months is flagged at intake; 0 flags only who takes it now.
    """

    name: str
    isotretinoin_months: int


@guarded(Action.SEE_SETTINGS)
def get_settings(clinic: Clinic) -> Settings:
    """The settings of the person's practice."""
    practice = clinic.actor.practice_id
    with clinic.store.read() as records:
        months = records.practice_setting(practice, ISOTRETINOIN)
        return Settings(records.practice(practice).name, ISOTRETINOIN_MONTHS if months is None else int(months))


@guarded(Action.CHANGE_SETTINGS)
def change_settings(clinic: Clinic, settings: Settings) -> Settings:
    """The settings as they are now; raises InvalidInput."""
    if not 0 <= settings.isotretinoin_months <= LONGEST_MONTHS:
        raise InvalidInput(
            f"Months after isotretinoin: expected 0 to {LONGEST_MONTHS}, found {settings.isotretinoin_months}; "
            "correct the number."
        )
    practice = clinic.actor.practice_id
    with clinic.store.write() as records:
        records.name_practice(practice, settings.name.strip())
        records.set_practice_setting(practice, ISOTRETINOIN, int(settings.isotretinoin_months))
    return get_settings(clinic)
