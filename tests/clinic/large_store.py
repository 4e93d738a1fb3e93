"""A store as large as a busy practice's, made by bulk inserts: 2,000 patients, 8,000 sessions, 40,000 photos."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.types import (
    FIRST_PRACTICE,
    AnalysisStatus,
    BodySite,
    BookingState,
    Booster,
    Indication,
    Moment,
    Purpose,
    Sector,
    SessionKind,
    View,
)

VIEWS = (View.FRONTAL, View.LEFT_OBLIQUE, View.RIGHT_OBLIQUE, View.LEFT_LATERAL, View.RIGHT_LATERAL)
SESSIONS = 4


class _Rows:
    """Rows of every table, and random ids that are the same each time."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.now = datetime.now(UTC)
        names = "patients series sessions photos analyses releases users candidacies consents bookings"
        self.rows = {name: [] for name in names.split()}

    def key(self):
        return UUID(bytes=self.random.bytes(16)).hex

    def add(self, name, make, *values, **named):
        row = make(self.key(), *values, self.now, **named)
        self.rows[name].append(row)
        return row["id"]


def fill(clinic, today: date, patients: int = 2_000, seed: int = 1) -> None:
    """Patients with one series of four sessions 35 days apart, five photos each; most sessions are compared."""
    into = _Rows(seed)
    for number in range(patients):
        patient = into.add("patients", _patient, number, clinic.store.sealer)
        indication = list(Indication)[number % len(Indication)]
        series = into.add("series", _series, patient, indication, ended=number % 10 == 0)
        _sessions(into, patient, series, today - timedelta(int(into.random.integers(0, 160))))
        if number % 2:
            into.add("users", _user, patient, number)
            into.add("candidacies", _candidacy, patient)
        if number % 3:
            into.add("consents", _consent, patient)
        if number % 20 == 1:
            into.add("bookings", _booking, series, today + timedelta(number // 20 % 14))
    with clinic.store.write() as records:
        for name, some in into.rows.items():
            records.connection.execute(sa.insert(getattr(schema, name)), some)


def _sessions(into, patient, series, last):
    frontal = ""
    for place in range(SESSIONS):
        day = last - timedelta(35 * (SESSIONS - 1 - place))
        kind = SessionKind.BASELINE if place == 0 else SessionKind.TREATMENT
        session = into.add("sessions", _session, series, place + 1, day, kind)
        taken = [into.add("photos", _photo, session, order, view, day) for order, view in enumerate(VIEWS, 1)]
        frontal = frontal or taken[0]
        if place and into.random.random() < 0.9:
            into.add("analyses", _analysis, frontal, taken[0], place)
            if into.random.random() < 0.8:
                into.add("releases", _release, patient, taken[0], place)


def _patient(patient, number, sealer, now):
    name = sealer.seal(f"Person {number:04d}", f"patients.name {patient}")
    return {
        "id": patient,
        "code": f"P-{number:04d}",
        "created": now,
        "practice_id": FIRST_PRACTICE,
        "name_sealed": name,
    }


def _series(series, patient, indication, now, *, ended):
    return {
        "id": series,
        "patient_id": patient,
        "sequence": 1,
        "indication": indication,
        "site": BodySite.FACE,
        "detail": "",
        "planned_sessions": indication.planned_sessions,
        "interval_days": 35,
        "primary_metric": indication.primary_metric,
        "created": now,
        "ended": date(2026, 1, 1) if ended else None,
    }


def _session(session, series, place, day, kind, now):
    return {
        "id": session,
        "series_id": series,
        "sequence": place,
        "date": day,
        "kind": kind,
        "device": "pen",
        "needle_depth_mm": 1.5,
        "serum": "",
        "notes": "",
        "created": now,
        "sector": Sector.COSMETIC,
        "zones": [],
        "booster": Booster.NONE,
    }


def _photo(photo, session, order, view, day, now):
    return {
        "id": photo,
        "session_id": session,
        "sequence": order,
        "view": view,
        "moment": Moment.BEFORE,
        "sha256": photo * 2,
        "name": f"{order}.jpg",
        "width": 3000,
        "height": 4000,
        "captured_at": datetime.combine(day, time(9)),
        "camera": "phone",
        "flags": [],
        "created": now,
    }


def _analysis(analysis, before, after, place, now):
    return {
        "id": analysis,
        "baseline_photo_id": before,
        "followup_photo_id": after,
        "sequence": place,
        "baseline_sha256": before * 2,
        "followup_sha256": after * 2,
        "region_digest": "",
        "version": "3",
        "weights_hash": "",
        "status": AnalysisStatus.DONE,
        "reason": "",
        "retake": "",
        "changes": [],
        "flags": [],
        "created": now,
        "kit_digest": "",
    }


def _consent(consent, patient, now):
    return {
        "id": consent,
        "patient_id": patient,
        "sequence": 1,
        "purpose": Purpose.TREATMENT,
        "given": True,
        "expires": None,
        "how": "on paper",
        "author_id": "",
        "created": now,
    }


def _release(release, patient, photo, place, now):
    return {
        "id": release,
        "patient_id": patient,
        "sequence": place,
        "photo_id": photo,
        "region": "",
        "author_id": "",
        "created": now,
        "withdrawn_by": "",
    }


def _user(user, patient, number, now):
    return {
        "id": user,
        "practice_id": FIRST_PRACTICE,
        "login": f"person{number}",
        "name": "",
        "roles": ["PATIENT"],
        "patient_id": patient,
        "password_hash": "",
        "totp_step": 0,
        "language": "en",
        "hide_numbers": False,
        "demo": False,
        "created": now,
    }


def _candidacy(candidacy, patient, now):
    replies = {"COLD_SORES": {"reply": "YES", "note": ""}, "KELOID": {"reply": "NO", "note": ""}}
    return {
        "id": candidacy,
        "patient_id": patient,
        "sequence": 1,
        "answers": {"months": 6, "replies": replies},
        "note": "",
        "author_id": "",
        "created": now,
    }


def _booking(booking, series, day, now):
    return {
        "id": booking,
        "series_id": series,
        "sequence": 1,
        "day": day,
        "time": "14:30",
        "kind": SessionKind.TREATMENT,
        "state": BookingState.BOOKED,
        "author_id": "",
        "created": now,
    }
