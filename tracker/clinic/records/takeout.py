"""Every row about one person, ready to be written as JSON; nothing about anybody else, and no secret."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries

ABOUT = {
    "patients": "The person: code, name, birth date, skin type.",
    "series": "Courses of treatment: what, where, how many sessions were planned and how far apart.",
    "sessions": "Visits, with what was done and the notes of the clinic.",
    "photos": "Photos taken at the clinic; 'file' is the original in this archive.",
    "regions": "Areas drawn on a photo; 'file' is a black and white picture of the area in this archive.",
    "sightings": "What the program saw in a photo.",
    "analyses": "Comparisons of two photos with every measured change.",
    "gradings": "What a rater said of two photos without knowing which came first.",
    "comments": "Remarks of the clinic.",
    "candidacies": "Answers of the checklist before treatment.",
    "bookings": "Appointments.",
    "releases": "What the clinic let the person see, and since when no more.",
    "consents": "What was consented to or withdrawn; the newest row of a purpose counts.",
    "exports": "Pictures that left the clinic under a consent.",
    "ratings": "How content the person is, in the person's own words.",
    "diary": "The person's diary; 'file' is the photo from home in this archive.",
    "users": "The person's account; passwords are not kept as such and are left out.",
    "sign_ins": "When the account was signed in.",
    "audit": "What was done with this record, and when; without who did it.",
}
"""What each list holds; the order of the file."""
LEFT_OUT = {
    "artefacts": "intermediate results of a comparison, which can be computed again from the photos",
    "attempts": "failed sign-ins, by a hash that names nobody",
    "invitations": "one-time links",
    "kits": "the noise of the clinic's equipment, about no person",
    "practice_settings": "about no person",
    "practices": "about no person",
    "settings": "about no person",
}
"""Tables that hold nothing of a person, with the reason; a test goes through all tables."""
_OTHERS = {"author_id", "author", "withdrawn_by", "user_id", "sign_in", "previous", "digest", "token_hash"}
"""Who of the clinic did it, which is about that person; and what only the program needs."""
_HIDDEN = {
    "photos": {"name"},  # given by the clinic's computer, and may name anybody
    "users": {"password_hash", "totp_sealed", "totp_step", "subject"},
    "regions": {"proposer"},
}


def rows_of_person(records: Queries, patient_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about a patient by table, in the order of :data:`ABOUT`, with values that JSON can hold.

    Parameters
    ----------
    records : Queries
        Inside a transaction.
    patient_id : str
        Who.
    """
    mine = _conditions(patient_id)
    found = {name: list(_rows(records, name, mine[name])) for name in ABOUT}
    for row in found["patients"]:
        row |= _opened(records, row["id"])
    return found


def _conditions(patient_id: str) -> dict[str, sa.ColumnElement[bool]]:
    tables = schema.metadata.tables

    def within(name: str, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return sa.select(tables[name].c.id).where(condition)

    series = tables["series"].c.patient_id == patient_id
    sessions = tables["sessions"].c.series_id.in_(within("series", series))
    photos = tables["photos"].c.session_id.in_(within("sessions", sessions))
    users = tables["users"].c.patient_id == patient_id
    found = {"patients": tables["patients"].c.id == patient_id, "users": users}
    found |= {"series": series, "sessions": sessions, "photos": photos}
    found["analyses"] = tables["analyses"].c.baseline_photo_id.in_(within("photos", photos))
    found["sign_ins"] = tables["sign_ins"].c.user_id.in_(within("users", users))
    for name in ("regions", "sightings"):
        found[name] = tables[name].c.photo_id.in_(within("photos", photos))
    for name in ("gradings", "comments", "bookings", "ratings"):
        found[name] = tables[name].c.series_id.in_(within("series", series))
    for name in ("candidacies", "releases", "consents", "exports", "diary", "audit"):
        found[name] = tables[name].c.patient_id == patient_id
    return found


def _rows(records: Queries, name: str, condition: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    table = schema.metadata.tables[name]
    hidden = _OTHERS | _HIDDEN.get(name, set())
    columns = [one for one in table.c if one.name not in hidden and not isinstance(one.type, sa.LargeBinary)]
    order = table.c["number" if name == "audit" else "created"]
    for row in records.connection.execute(sa.select(*columns).where(condition).order_by(order)):
        yield {key: _plain(value) for key, value in row._mapping.items()}


def _opened(records: Queries, patient_id: str) -> dict[str, str]:
    """Name and birth date, which are sealed in the store."""
    row = records.one(schema.patients, patient_id, "Patient")
    sealed = (("name", row.name_sealed), ("birth", row.birth_sealed))
    return {
        key: "" if value is None else records.sealer.open(value, f"patients.{key} {patient_id}")
        for key, value in sealed
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no such numbers
    return value.isoformat() if isinstance(value, date | datetime) else value
