"""The patient's own diary of reactions, with a photo from home where there is one.

A photo from home has another camera, another light and no card: it is kept and shown, never compared, never measured,
and never becomes a photo of a session.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from tracker.clinic.access import Action
from tracker.clinic.types import Kind
from tracker.clinic.types.own import DiaryDraft, DiaryEntry
from tracker.clinic.workflow import previews
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput, NotFound
from tracker.imaging import decode
from tracker.wording import t

MOST_PER_DAY = 20
"""Entries written on one day: far more than anybody writes, and a limit to what an account can fill the disk with."""
OLDEST_DAYS = 366


@guarded(Action.WRITE_DIARY, patient_id=Kind.PATIENT)
def write(clinic: Clinic, patient_id: str, draft: DiaryDraft) -> DiaryEntry:
    """The stored entry; returns only when its photo and its row are safely on disk.

    Parameters
    ----------
    clinic : Clinic
        Where; its actor is the patient.
    patient_id : str
        Whose diary.
    draft : DiaryDraft
        What to store.

    Raises
    ------
    UnreadablePhoto
        Not a photo this program accepts; nothing was stored.
    ConsentMissing
        There is a photo, and the consent to photos was withdrawn.
    InvalidInput
        Nothing to store, a day that is still to come or long past, or too many entries today.
    StoreUnavailable
        Full, busy or unreachable; nothing was stored.
    """
    _check_day(draft.day)
    if not draft.levels and not draft.words.strip() and draft.photo is None:
        raise InvalidInput(
            t("Diary: expected a reaction, some words or a photo, found nothing; add at least one of them.")
        )
    sha256, data = "", draft.photo
    if data is not None:
        draft = replace(draft, photo_name=previews.shown_name(draft.photo_name))
        with clinic.store.read() as records:
            records.refuse_unwanted_photo(patient_id)
        photo = decode.open_photo(data, name=draft.photo_name)
        sha256 = clinic.files.put(data)  # the file before the row: a row never names a file that is not there
        previews.keep(clinic.cache, sha256, previews.WIDTH, previews.jpeg(photo, previews.WIDTH))
    with clinic.store.write() as records:
        written = [one for one in records.diary_of(patient_id) if one.created.astimezone().date() == _today()]
        if len(written) >= MOST_PER_DAY:
            raise InvalidInput(
                t("Diary: expected at most {most} entries a day, found one more; go on tomorrow.", most=MOST_PER_DAY)
            )
        if data is not None:
            records.refuse_unwanted_photo(patient_id)
            if not clinic.files.exists(sha256):  # swept since, as an orphan that lay there for a day
                clinic.files.put(data)
        return records.add_diary_entry(patient_id, draft, sha256, clinic.actor.user_id)


@guarded(Action.SEE_DIARY, patient_id=Kind.PATIENT)
def entries(clinic: Clinic, patient_id: str) -> list[DiaryEntry]:
    """A patient's diary, the newest day first; raises NotFound."""
    with clinic.store.read() as records:
        records.patient(patient_id)
        return records.diary_of(patient_id)


@guarded(Action.SEE_DIARY, entry_id=Kind.DIARY)
def home_photo(clinic: Clinic, entry_id: str, width: int = 640) -> bytes:
    """The photo of an entry as JPEG of at most that width, made of pixels alone; raises NotFound where it has none."""
    previews.check_width(width)
    with clinic.store.read() as records:
        entry = records.diary_entry(entry_id)
    if not entry.photo_sha256:
        raise NotFound("Diary entry: expected one with a photo, found none; go back to the diary.")
    sha256, name = entry.photo_sha256, f"the photo of {entry.day}"
    opened = clinic.files.read
    return previews.preview(clinic.cache, sha256, width, lambda: decode.open_photo(opened(sha256), name=name))


def _check_day(day: date) -> None:
    ago = (_today() - day).days
    if not 0 <= ago <= OLDEST_DAYS:
        raise InvalidInput(t("Day: expected today or a day of the last year, found {day}; correct it.", day=day))


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
