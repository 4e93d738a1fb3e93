"""Every use case asks: all of them, for every role, on objects that are one's own, another's, elsewhere, gone."""

import importlib
import inspect
import pkgutil
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

import tracker.clinic.workflow as package
from tracker.clinic.access import TABLE, Action, Scope
from tracker.clinic.records import schema
from tracker.clinic.records.auditing import DEED
from tracker.clinic.types import (
    FIRST_PRACTICE,
    Actor,
    BodySite,
    BookingState,
    Indication,
    Kind,
    Purpose,
    Role,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import guard, intake, photos
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import NOT_FOUND, USE_CASES, elevated, guarded
from tracker.errors import NotFound

MODULES = [importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)]
UNGUARDED = {
    "tracker.clinic.workflow.review.noise_source": "words about a comparison that was read already",
    "tracker.clinic.workflow.seeing.look": "runs in a background thread for what outline_of and a page asked for",
    "tracker.clinic.workflow.seeing.stored": "asks for a photo that the page was allowed to show",
    "tracker.clinic.workflow.seeing.outline_in": "takes no clinic",
}
DOORS = ("door", "guard", "demo_accounts")
"""Modules that are there before anybody is known, or that do the asking."""
ROLES = (Role.CLINICIAN, Role.STAFF, Role.PATIENT, Role.ADMIN)
PLACES = ("own", "other", "elsewhere", "deleted", "missing")


def public_functions():
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__}.{name}", function


def test_no_function_on_a_clinic_forgets_to_ask():
    for name, function in public_functions():
        parameters = list(inspect.signature(function).parameters.values())
        if not parameters or parameters[0].annotation not in (Clinic, "Clinic"):
            continue
        if name.split(".")[-2] in DOORS or name in UNGUARDED:
            continue
        assert name in USE_CASES, f"{name} does not say which action it is: decorate it with @guarded"


def test_every_id_that_a_use_case_takes_is_looked_up():
    for one in USE_CASES.values():
        named = dict(one.objects)
        for parameter in inspect.signature(one.function).parameters:
            if parameter.endswith("_id"):
                assert parameter in named or parameter in ("kit_id",), f"{one.name}: {parameter} is not looked up"


@pytest.fixture(scope="module")
def places(tmp_path_factory, photo_bytes):
    """A store with the same objects for three patients, and ids of objects that were deleted."""
    with Clinic.open(tmp_path_factory.mktemp("matrix") / "clinic") as clinic:
        with clinic.store.write() as records:
            there = records.add_practice("There").id
        ids = {
            "own": objects(clinic, photo_bytes(1), FIRST_PRACTICE, released=True),
            "other": objects(clinic, photo_bytes(2), FIRST_PRACTICE),
            "elsewhere": objects(clinic, photo_bytes(3), there, released=True),
            "deleted": objects(clinic, photo_bytes(4), FIRST_PRACTICE, released=True),
            "missing": dict.fromkeys(Kind, "0" * 32),
        }
        delete(clinic, ids["deleted"])
        yield clinic, ids


def objects(clinic, photo, practice_id, *, released=False):
    """One object of each kind of a new patient; with a consent to exports and everything released, or not."""
    inside = clinic.acting(Actor("", "", practice_id, frozenset({Role.OPERATOR})))
    patient = intake.add_patient(inside)
    series = intake.add_series(inside, patient.id, SeriesPlan(Indication.REDNESS, BodySite.FACE))
    session = intake.add_session(inside, series.id, Visit(date(2026, 3, 1), SessionKind.BASELINE))
    stored = photos.add_photo(inside, session.id, photo, "x.jpg", View.FRONTAL)
    with clinic.store.write() as records:
        analysis = dict.fromkeys(("baseline_photo_id", "followup_photo_id"), stored.id)
        analysis |= dict.fromkeys(("baseline_sha256", "followup_sha256"), stored.sha256)
        analysis |= dict.fromkeys(("region_digest", "version", "weights_hash", "kit_digest", "reason", "retake"), "")
        analysis |= {"status": "REFUSED", "changes": [], "flags": []}
        analysis_id = records.add(schema.analyses, analysis, parent="baseline_photo_id")
        mine, of_series = {"patient_id": patient.id, "author_id": ""}, {"series_id": series.id, "author_id": ""}
        day = date(2026, 3, 1)
        diary = mine | {"day": day, "levels": {}, "words": "", "photo_name": ""}
        booking = of_series | {"day": day, "time": "", "kind": SessionKind.TREATMENT, "state": BookingState.BOOKED}
        comment = of_series | {"text": "x", "author": ""}
        release = mine | {"photo_id": stored.id, "region": "", "withdrawn_by": ""}
        if not released:
            release["withdrawn"] = datetime.now(UTC)
        else:
            given = mine | {"purpose": Purpose.TEACHING, "given": True, "how": ""}
            records.add(schema.consents, given, parent="patient_id")
        return {
            Kind.PATIENT: patient.id,
            Kind.SERIES: series.id,
            Kind.SESSION: session.id,
            Kind.PHOTO: stored.id,
            Kind.ANALYSIS: analysis_id,
            Kind.DIARY: records.add(schema.diary, diary, parent="patient_id"),
            Kind.BOOKING: records.add(schema.bookings, booking, parent="series_id"),
            Kind.COMMENT: records.add(schema.comments, comment, parent="series_id"),
            Kind.RELEASE: records.add(schema.releases, release, parent="patient_id"),
            Kind.USER: records.add_user(f"user of {patient.code}", "", frozenset({Role.STAFF}), practice_id).id,
        }


def delete(clinic, ids):
    with clinic.store.write() as records:
        of_patient = ("consents", "releases", "diary")
        of_series = ("bookings", "comments")
        delete_from = {name: schema.metadata.tables[name] for name in (*of_patient, *of_series)}
        for name in of_patient:
            table = delete_from[name]
            records.connection.execute(sa.delete(table).where(table.c.patient_id == ids[Kind.PATIENT]))
        for name in of_series:
            table = delete_from[name]
            records.connection.execute(sa.delete(table).where(table.c.series_id == ids[Kind.SERIES]))
        for kind, table in (
            (Kind.ANALYSIS, schema.analyses),
            (Kind.PHOTO, schema.photos),
            (Kind.SESSION, schema.sessions),
            (Kind.SERIES, schema.series),
            (Kind.PATIENT, schema.patients),
            (Kind.USER, schema.users),
        ):
            records.connection.execute(sa.delete(table).where(table.c.id == ids[kind]))


def expected(action, role, place, kind):
    """What the table says: the objects of ``own`` are released and consented to, those of ``other`` are not."""
    scope = TABLE[action].get(role)
    if scope is None or place in ("elsewhere", "deleted", "missing"):
        return False
    if kind is Kind.USER:  # an account is of the practice, not of a patient
        return scope is Scope.PRACTICE
    return {
        Scope.PRACTICE: True,
        Scope.CONSENTED: place == "own",
        Scope.SELF: place == "own",
        Scope.RELEASED: place == "own" and kind in (Kind.PHOTO, Kind.ANALYSIS),
    }[scope]


def actor(role, ids):
    own = ids["own"][Kind.PATIENT] if role is Role.PATIENT else ""
    return Actor("u", "", FIRST_PRACTICE, frozenset({role}), own, "s")


COMBINATIONS = sorted({(one.action, kind) for one in USE_CASES.values() for _, kind in one.objects})
WITHOUT = sorted({one.action for one in USE_CASES.values() if not one.objects})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("action", "kind"), COMBINATIONS, ids=lambda one: one.name)
def test_each_role_reaches_what_the_table_says_and_nothing_else(places, action, kind, role):
    clinic, ids = places

    @guarded(action, object_id=kind)
    def stand_in(clinic, object_id):
        return object_id

    for place in PLACES:
        asked = clinic.acting(actor(role, ids))
        if expected(action, role, place, kind):
            assert stand_in(asked, ids[place][kind]) == ids[place][kind]
        else:
            with pytest.raises(NotFound) as refusal:
                stand_in(asked, ids[place][kind])
            assert str(refusal.value) == NOT_FOUND  # forbidden, deleted and never there: the same words


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", WITHOUT, ids=lambda one: one.name)
def test_lists_and_settings_are_for_those_of_the_practice_who_may(places, action, role):
    clinic, ids = places

    @guarded(action)
    def stand_in(clinic):
        return "done"

    allowed = TABLE[action].get(role) is Scope.PRACTICE
    if allowed:
        assert stand_in(clinic.acting(actor(role, ids))) == "done"
    else:
        with pytest.raises(NotFound):
            stand_in(clinic.acting(actor(role, ids)))


def test_nobody_reaches_anything_without_a_role(places):
    clinic, ids = places
    nobody = clinic.acting(Actor("u", "", FIRST_PRACTICE, frozenset()))
    for call in (intake.get_patient, intake.list_series):
        with pytest.raises(NotFound):
            call(nobody, ids["own"][Kind.PATIENT])
    with pytest.raises(NotFound):
        intake.list_patients(nobody)


def test_two_objects_must_both_be_allowed(places):
    clinic, ids = places

    @guarded(Action.SEE_PHOTO, first_id=Kind.PHOTO, second_id=Kind.PHOTO)
    def both(clinic, first_id, second_id):
        return True

    mine = clinic.acting(actor(Role.PATIENT, ids))
    own, other = ids["own"][Kind.PHOTO], ids["other"][Kind.PHOTO]
    assert both(mine, own, second_id=own)
    for pair in ((own, other), (other, own)):
        with pytest.raises(NotFound):
            both(mine, *pair)


def test_lists_hold_the_patients_of_the_own_practice_only(places):
    clinic, ids = places
    listed = {one.id for one in intake.list_patients(clinic.acting(actor(Role.CLINICIAN, ids)))}
    assert ids["own"][Kind.PATIENT] in listed
    assert ids["elsewhere"][Kind.PATIENT] not in listed
    code = intake.get_patient(clinic, ids["elsewhere"][Kind.PATIENT]).code
    assert intake.find_patient(clinic.acting(actor(Role.CLINICIAN, ids)), code) is None
    assert intake.find_patient(clinic, code) is not None


def entries(clinic, **wanted):
    with clinic.store.read() as records:
        found = records.deeds(FIRST_PRACTICE, most=10_000)
    return [one for one in found if all(getattr(one.deed, name) == value for name, value in wanted.items())]


def test_refusals_changes_and_looks_are_in_the_log_with_ids_only(places):
    clinic, ids = places
    who = Actor("user-7", "Dr Planted", FIRST_PRACTICE, frozenset({Role.CLINICIAN}), "", "sign-in-7")
    own, inside = ids["own"][Kind.PATIENT], clinic.acting(who)
    intake.add_series(inside, own, SeriesPlan(Indication.SCAR, BodySite.HANDS))
    (written,) = entries(clinic, user_id="user-7", action=Action.WRITE_RECORD)
    assert (written.deed.result, written.deed.patient_id, written.deed.sign_in) == ("done", own, "sign-in-7")
    assert written.deed.objects == f"patient {own}"
    with pytest.raises(NotFound):
        intake.get_patient(inside, ids["elsewhere"][Kind.PATIENT])
    (refused,) = entries(clinic, user_id="user-7", result="refused")
    assert refused.deed.objects == f"patient {ids['elsewhere'][Kind.PATIENT]}"
    for _ in range(3):
        intake.list_sessions(inside, ids["own"][Kind.SERIES])
    assert len(entries(clinic, user_id="user-7", action=Action.SEE_RECORD)) == 1  # the same look
    with clinic.store.read() as records:
        assert records.first_broken_deed() is None
        rows = records.connection.execute(sa.select(schema.audit)).all()
    assert "Planted" not in str(rows)


def test_a_use_case_that_fails_leaves_no_entry_of_a_change(places):
    clinic, _ = places
    who = clinic.acting(Actor("user-8", "", FIRST_PRACTICE, frozenset({Role.CLINICIAN}), "", "s8"))
    with pytest.raises(Exception, match="expected"):
        intake.add_patient(who, "x" * 100)
    assert entries(clinic, user_id="user-8") == []
    assert DEED.get() is None


def test_what_is_done_for_somebody_carries_the_name_and_not_the_rights(places):
    clinic, ids = places
    mine = clinic.acting(actor(Role.PATIENT, ids))
    with pytest.raises(NotFound):
        intake.list_sessions(mine, ids["own"][Kind.SERIES])
    assert intake.list_sessions(elevated(mine), ids["own"][Kind.SERIES])
    assert elevated(mine).actor.user_id == mine.actor.user_id
    assert not mine.actor.has(Role.OPERATOR)


def test_looking_goes_on_where_the_log_cannot_be_written(places, monkeypatch):
    from tracker.errors import StoreUnavailable

    clinic, ids = places

    def full(*_):
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(guard, "_write", full)
    who = clinic.acting(Actor("user-9", "", FIRST_PRACTICE, frozenset({Role.CLINICIAN}), "", "s9"))
    assert intake.get_patient(who, ids["own"][Kind.PATIENT])
