"""Looking after what is stored: the integrity check, and removing what an interrupted upload left behind."""

from tracker.clinic.access import Action
from tracker.clinic.records.files import Report
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded


@guarded(Action.BACK_UP)
def verify(clinic: Clinic) -> Report:
    """Every stored photo against its hash and its record; changes nothing."""
    with clinic.store.read() as records:
        recorded = records.all_sha256()
    return clinic.files.check(recorded)


@guarded(Action.BACK_UP)
def sweep(clinic: Clinic) -> list[str]:
    """Names of the removed files: those without a record that are older than 24 h, unfinished uploads included."""
    # Inside the write transaction no upload can add its row between the look and the deletion.
    with clinic.store.write() as records:
        return clinic.files.remove_orphans(records.all_sha256())
