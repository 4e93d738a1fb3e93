"""Which kit judges a comparison, choosing it, and what should be known about it."""

from collections.abc import Iterable
from datetime import date

from tracker.clinic.access import Action
from tracker.clinic.records import kits as stored
from tracker.clinic.records.store import Records
from tracker.clinic.types import OLD_DAYS, Kind, Kit, scope_sentence
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import NotFound
from tracker.imaging.change import TEST_RETEST_PAIRS
from tracker.imaging.pipeline import PIPELINE_VERSION

AUTOMATIC = ""
"""The newest kit whose camera took the photos."""
DEFAULTS = stored.DEFAULTS
"""The noise that ships with the program, whatever kits there are."""


def kit_for(records: Records, series_id: str, cameras: Iterable[str] = ()) -> Kit | None:
    """The kit whose noise judges photos of a series; None for the defaults that ship with the program.

    In this order: the kit chosen for the series; the clinic's kit, unless the photos name another camera; the newest
    kit whose camera took all photos. Kits measured by another pipeline version are passed over: their noise is that of
    other numbers.

    Parameters
    ----------
    records : Records
        Inside a transaction.
    series_id : str
        Which.
    cameras : iterable of str
        As the compared photos name them; empty where they do not.

    Raises
    ------
    NotFound
        No such series.
    """
    named = {camera.strip().casefold() for camera in cameras}
    usable = [kit for kit in records.kits() if kit.version == PIPELINE_VERSION]
    chosen = records.kit_of_series(series_id)
    if chosen is not None and chosen in usable:
        return chosen
    setting = records.setting(stored.KIT_SETTING)
    if setting == DEFAULTS:
        return None
    for kit in usable:
        if kit.id == setting and not _other_camera(kit, named):
            return kit
    return next((kit for kit in usable if kit.camera and named == {kit.camera.strip().casefold()}), None)


@guarded(Action.SEE_KITS)
def list_kits(clinic: Clinic) -> list[Kit]:
    """All kits, the newest measurement first."""
    with clinic.store.read() as records:
        return records.kits()


@guarded(Action.SEE_KITS)
def clinic_choice(clinic: Clinic) -> str:
    """The id of the clinic's kit, ``"defaults"``, or AUTOMATIC."""
    with clinic.store.read() as records:
        chosen = records.setting(stored.KIT_SETTING)
        return chosen if chosen == DEFAULTS or chosen in {kit.id for kit in records.kits()} else AUTOMATIC


def in_use(kits: Iterable[Kit], choice: str) -> set[str]:
    """The ids of the kits that judge some photos while the clinic's choice stands."""
    if choice == DEFAULTS:
        return set()
    usable = [kit for kit in kits if kit.version == PIPELINE_VERSION]
    if any(kit.id == choice and not kit.camera for kit in usable):
        return {choice}  # a kit without a camera judges all photos
    newest = {kit.camera.casefold(): kit.id for kit in reversed(usable) if kit.camera}
    newest |= {kit.camera.casefold(): kit.id for kit in usable if kit.id == choice}
    return set(newest.values())


@guarded(Action.SEE_KITS)
def cameras_without_kit(clinic: Clinic) -> list[str]:
    """The cameras of stored photos that the defaults judge although there are kits: none of these is of that camera."""
    kits, choice = list_kits(clinic), clinic_choice(clinic)
    used = [kit for kit in kits if kit.id in in_use(kits, choice)]
    known = {kit.camera.casefold() for kit in used}
    if choice == DEFAULTS or "" in known:  # chosen so; a kit without a camera judges them all
        return []
    with clinic.store.read() as records:
        return [camera for camera in records.cameras() if camera.casefold() not in known]


@guarded(Action.MEASURE_KIT)
def choose_kit(clinic: Clinic, choice: str) -> None:
    """Judge from now on by a kit (its id), by ``"defaults"``, or AUTOMATIC; raises NotFound."""
    with clinic.store.write() as records:
        if choice not in (DEFAULTS, AUTOMATIC):
            records.kit(choice)
        records.set_setting(stored.KIT_SETTING, choice)


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def kit_of_series(clinic: Clinic, series_id: str) -> str:
    """The id of the kit that was chosen for one series, empty where the clinic's choice holds; raises NotFound."""
    with clinic.store.read() as records:
        kit = records.kit_of_series(series_id)
    return "" if kit is None else kit.id


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES)
def choose_kit_of_series(clinic: Clinic, series_id: str, kit_id: str | None) -> None:
    """Judge one series by a kit, or by the clinic's choice (None); raises NotFound."""
    with clinic.store.write() as records:
        records.choose_kit_of_series(series_id, kit_id)


@guarded(Action.SEE_KITS)
def find_kit(clinic: Clinic, name: str) -> Kit:
    """The kit with that name.

    Raises
    ------
    NotFound
        With the names that there are.
    """
    with clinic.store.read() as records:
        kit = records.kit_named(name)
        if kit is None:
            known = ", ".join(one.name for one in records.kits()) or "no kit at all"
            raise NotFound(f"Kit {name}: expected the name of a stored kit, found {known}; check the name.")
        return kit


def kit_doubts(kit: Kit, today: date, cameras: Iterable[str] = ()) -> list[str]:
    """What a person should know before trusting a kit, in sentences; nothing where all is well."""
    doubts = []
    age = kit.age_days(today)
    if age > OLD_DAYS:
        doubts.append(f"It was measured {age} days ago: lamps age, so measure it again after {OLD_DAYS} days.")
    if kit.version != PIPELINE_VERSION:
        doubts.append("It was measured with another version of this program and is not used: measure it again.")
    others = sorted({one for one in cameras if one and one.casefold() != kit.camera.casefold()})
    if kit.camera and others:
        doubts.append(f"It was measured with {kit.camera}, but there are photos of {', '.join(others)}.")
    if kit.apart < TEST_RETEST_PAIRS:
        doubts.append(scope_sentence(kit.apart))
    return doubts


def _other_camera(kit: Kit, named: set[str]) -> bool:
    """Whether the photos name a camera, and it is not the kit's."""
    return bool(kit.camera) and bool(named - {"", kit.camera.strip().casefold()})
