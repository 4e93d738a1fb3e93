"""Comparison pictures to give away: of files as they are, of patients only where they consented to the purpose."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from tracker.clinic.access import Action
from tracker.clinic.records.store import Records
from tracker.clinic.types import Kind, Patient, Purpose, Series
from tracker.clinic.types.review import Exportable, ExportRecord
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.faces import landmark_network
from tracker.clinic.workflow.folders import Pair, opened
from tracker.clinic.workflow.guard import elevated, guarded, own_practice
from tracker.errors import ConsentMissing, InvalidInput
from tracker.exports.comparison import Dating, FileKind, caption, comparison, encode
from tracker.imaging import pipeline
from tracker.imaging.types import Photo


def comparison_of_files(
    pair: Pair, kind: FileKind, dating: Dating, days: tuple[date | None, date | None] = (None, None)
) -> bytes:
    """The picture of two photo files at the same crop and scale, with each measure and its noise.

    Parameters
    ----------
    pair : Pair
        Photo files.
    kind : FileKind
        JPEG or PNG; either way nothing is in the file but pixels and an sRGB profile.
    dating : Dating
        Calendar dates or the time between.
    days : tuple of date
        When each was taken; by default what the camera wrote into the photo.

    Raises
    ------
    InvalidInput
        A day is neither given nor in the photo.
    NotComparable
        The pair was refused.
    """
    before, after, region = opened(pair)
    first, second = (_day(photo, given) for photo, given in zip((before, after), days, strict=True))
    before, after = pipeline.prepare(before), pipeline.prepare(after)
    setting = pipeline.Setting(landmarks=landmark_network())
    analysis = pipeline.analyse(before, after, region=region, site=pair.site, setting=setting)
    return encode(comparison(before, after, analysis, caption(analysis, first, second, dating)), kind)


def _day(photo: Photo, given: date | None) -> date:
    if given is not None:
        return given
    if photo.captured_at is None:
        raise InvalidInput(f"{photo.name}: expected the day of capture in the photo, found none; give it as an option.")
    return photo.captured_at.date()


@dataclass(frozen=True, slots=True)
class ForExport:
    """A patient who consents to an export, for which purposes, and what can be exported; the code, no name."""

    patient: Patient
    purposes: tuple[Purpose, ...]
    series: dict[str, Series]
    comparisons: tuple[Exportable, ...]


@guarded(Action.EXPORT, analysis_id=Kind.ANALYSIS)
def export_comparison(
    clinic: Clinic, analysis_id: str, purpose: Purpose, kind: FileKind, render: Callable[[Clinic], bytes]
) -> bytes:
    """The comparison picture to give away, recorded as given away; without a valid consent nothing is drawn.

    Parameters
    ----------
    clinic : Clinic
        Where, and who.
    analysis_id : str
        Which comparison.
    purpose : Purpose
        What it is given away for.
    kind : FileKind
        What is written.
    render : callable
        Draws it, from the clinic in the program's own hands.

    Raises
    ------
    NotFound
        No such comparison, or not for this person.
    ConsentMissing
        The patient has not consented to this purpose, has withdrawn the consent, or it has expired.
    """
    with clinic.store.read() as records:
        patient_id = _patient_of(records, analysis_id)
        _consent(records, patient_id, purpose)
    data = render(elevated(clinic))
    # Drawing takes seconds, in which a consent may be withdrawn: the word that counts is the one at the handing out.
    with clinic.store.write() as records:
        consent_id = _consent(records, patient_id, purpose)
        about = analysis_id, str(kind), hashlib.sha256(data).hexdigest()
        records.add_export(patient_id, purpose, consent_id, about, clinic.actor.user_id)
    return data


@guarded(Action.SEE_EXPORTABLE)
def exportable(clinic: Clinic) -> list[ForExport]:
    """Every patient of the practice who consents to an export at this moment, by code, with their comparisons."""
    with clinic.store.read() as records:
        allowed = records.patients_for_export(own_practice(clinic))
        by_patient: dict[str, list[Exportable]] = {}
        for one in records.comparisons_for_export(list(allowed)):
            by_patient.setdefault(one.patient_id, []).append(one)
        found = []
        for patient_id, purposes in allowed.items():
            patient = replace(records.patient(patient_id), name="", birth_date=None)
            series = {one.id: one for one in records.series_of(patient_id)}
            ordered = tuple(purpose for purpose in Purpose if purpose in purposes)
            found.append(ForExport(patient, ordered, series, tuple(by_patient.get(patient_id, ()))))
        return sorted(found, key=lambda one: one.patient.code)


@guarded(Action.SEE_EXPORTABLE)
def exports_made(clinic: Clinic) -> list[tuple[str, ExportRecord]]:
    """The newest 200 pictures that left the practice, newest first, each with the code of its patient."""
    with clinic.store.read() as records:
        made = records.exports_by_practice(own_practice(clinic))
        codes = {one: records.patient(one).code for one in {export.patient_id for export in made}}
        return [(codes[export.patient_id], export) for export in made]


@guarded(Action.SEE_CONSENT, patient_id=Kind.PATIENT)
def exports_of(clinic: Clinic, patient_id: str) -> list[ExportRecord]:
    """Every picture of a patient that left the clinic, newest first; raises NotFound."""
    with clinic.store.read() as records:
        return records.exports_of(patient_id)


@guarded(Action.SEE_CONSENT, patient_id=Kind.PATIENT)
def purposes_of(clinic: Clinic, patient_id: str) -> list[Purpose]:
    """For which exports a patient consents at this moment; raises NotFound."""
    with clinic.store.read() as records:
        allowed = records.export_purposes(patient_id)
        return [purpose for purpose in Purpose if purpose in allowed]


def _patient_of(records: Records, analysis_id: str) -> str:
    photo = records.photo(records.analysis(analysis_id).baseline_photo_id)
    return records.series(records.session(photo.session_id).series_id).patient_id


def _consent(records: Records, patient_id: str, purpose: Purpose) -> str:
    """The id of the consent that allows it; raises ConsentMissing."""
    found = records.valid_consent(patient_id, purpose) if purpose.exported else ""
    if not found:
        code = records.patient(patient_id).code
        raise ConsentMissing(
            f"Export of {code}: expected a valid consent of the patient to '{purpose}', found none; "
            "ask the patient and record the consent before you export."
        )
    return found
