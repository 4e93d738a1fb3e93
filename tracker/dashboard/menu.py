"""Which pages there are, for whom, and under which heading."""

from dataclasses import dataclass
from pathlib import Path

from tracker.clinic.access import Action, may_at_all
from tracker.clinic.types import Actor, Role
from tracker.wording import mark

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page.

    Parameters
    ----------
    file : str
        In the folder of pages.
    title, icon, heading : str
        In the menu; entries without a heading stand first, by themselves.
    action : Action
        Who may do this to anything is offered the page; what may be seen on it is asked again for each object.
    only : Role or None
        A page written for one role, which another role that may do the same does not need.
    """

    file: str
    title: str
    icon: str
    heading: str
    action: Action
    only: Role | None = None

    @property
    def path(self) -> Path:
        """Of the script."""
        return PAGES / self.file


_RECORD, _CLINIC, _HOUSE = mark("Record"), mark("Clinic"), mark("Administration")
ENTRIES = (
    Entry("today.py", mark("Today"), ":material/today:", "", Action.SEE_RECORD),
    Entry("patients.py", mark("Patients"), ":material/group:", "", Action.SEE_RECORD),
    Entry("intake.py", mark("Intake"), ":material/assignment_ind:", _RECORD, Action.SEE_RECORD),
    Entry("timeline.py", mark("Timeline"), ":material/calendar_month:", _RECORD, Action.SEE_RECORD),
    Entry("upload.py", mark("Add photos"), ":material/add_a_photo:", _RECORD, Action.ADD_PHOTO),
    Entry("compare.py", mark("Compare"), ":material/compare:", _RECORD, Action.COMPARE),
    Entry("progress.py", mark("Progress"), ":material/show_chart:", _RECORD, Action.COMPARE),
    Entry("recovery.py", mark("Recovery"), ":material/healing:", _RECORD, Action.COMPARE),
    Entry("consents.py", mark("Consents"), ":material/approval:", _RECORD, Action.SEE_RECORD),
    Entry("bookings.py", mark("Bookings"), ":material/event:", "", Action.BOOK),
    Entry("exports.py", mark("Exports"), ":material/ios_share:", "", Action.EXPORT),
    Entry("blinded.py", mark("Blinded review"), ":material/visibility_off:", _CLINIC, Action.RATE),
    Entry("outcomes.py", mark("Outcomes"), ":material/groups:", _CLINIC, Action.SEE_REPORT),
    Entry("repeatability.py", mark("Repeatability"), ":material/straighten:", _CLINIC, Action.MEASURE_KIT),
    Entry("own_today.py", mark("Today"), ":material/today:", "", Action.SEE_OWN, Role.PATIENT),
    Entry("own_progress.py", mark("My progress"), ":material/compare:", "", Action.SEE_OWN, Role.PATIENT),
    Entry("own_diary.py", mark("Diary"), ":material/edit_note:", "", Action.SEE_OWN, Role.PATIENT),
    Entry("own_data.py", mark("Consents and data"), ":material/approval:", "", Action.SEE_OWN, Role.PATIENT),
    Entry("accounts.py", mark("Accounts"), ":material/manage_accounts:", _HOUSE, Action.MANAGE_USERS),
    Entry("settings.py", mark("Settings"), ":material/tune:", _HOUSE, Action.CHANGE_SETTINGS),
    Entry("audit.py", mark("Audit log"), ":material/history:", _HOUSE, Action.SEE_AUDIT),
    Entry("store.py", mark("Store"), ":material/database:", _HOUSE, Action.BACK_UP),
    Entry("account.py", mark("My account"), ":material/account_circle:", "", Action.OWN_ACCOUNT),
)


def offered(actor: Actor) -> list[Entry]:
    """The pages of a person, in the order of the menu."""
    return [
        one
        for one in ENTRIES
        if may_at_all(actor, one.action) and (one.only is None or actor.has(one.only)) and one.path.exists()
    ]
