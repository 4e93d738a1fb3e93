"""Pictures: found by id, clean, never for an id that is not there."""

import hashlib
import io
import shutil
from datetime import date
from functools import partial

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker.clinic.records import schema
from tracker.clinic.types import Indication, Purpose
from tracker.clinic.types.review import Scale
from tracker.clinic.workflow import blinded, intake, photos, releasing, review, sharing
from tracker.dashboard import blinding, state
from tracker.dashboard.gate import Gate
from tracker.dashboard.routes import ROUTES
from tracker.exports.comparison import SRGB_PROFILE

APP = Starlette(routes=ROUTES, middleware=[Middleware(Gate)])


@pytest.fixture
def get(asgi, at_home, drawn_home):
    return partial(asgi, APP, headers={"cookie": at_home(drawn_home)})


@pytest.fixture
def records(get):
    clinic = state.clinic()
    series = intake.list_series(clinic, intake.list_patients(clinic)[0].id)[0]
    return [photos.list_photos(clinic, session.id)[0] for session in intake.list_sessions(clinic, series.id)]


@pytest.fixture
def compared(records):
    return review.compare(state.clinic(), records[0].id, records[-1].id)


def opened(response):
    assert response.status == 200, response.text
    assert response.headers["cache-control"] == "private, no-store"
    return Image.open(io.BytesIO(response.body))


def test_preview_has_the_asked_width_and_no_metadata(get, records):
    image = opened(get(f"/img/{records[0].id}?w=300"))
    assert image.width == 300
    assert not image.getexif()


@pytest.mark.parametrize("width", ["1", "99999", "-5", "x", "1e3"])
def test_absurd_width_is_a_sentence(get, records, width):
    response = get(f"/img/{records[0].id}?w={width}")
    assert response.status == 422
    assert "expected 64 to 2000" in response.text


@pytest.mark.parametrize(
    "path",
    ["/img/none", "/img/none/before/photo", "/export/comparison/none?purpose=TEACHING", "/img/..%2f..%2fetc%2fpasswd"],
)
def test_what_is_not_there_is_not_found(get, path):
    response = get(path)
    assert response.status == 404
    assert response.text in ("Not found.", "Not Found")


def test_both_sides_lie_in_one_frame(get, compared):
    assert compared.analysis is not None
    sides = [opened(get(f"/img/{compared.record.id}/{side}/photo")) for side in ("before", "after")]
    assert sides[0].size == sides[1].size
    first, second = (np.asarray(side.convert("L"), float) for side in sides)
    card = (slice(300, 500), slice(350, 650))  # the card lies in both photos at other places and angles
    assert np.corrcoef(first[card].ravel(), second[card].ravel())[0, 1] > 0.9


@pytest.mark.parametrize("layer", ["outlines", "redness", "texture", "scar"])
def test_overlays_change_the_measured_skin_only(get, compared, layer):
    plain = np.asarray(opened(get(f"/img/{compared.record.id}/before/photo")), int)
    drawn = np.asarray(opened(get(f"/img/{compared.record.id}/before/{layer}")), int)
    changed = np.abs(plain - drawn).max(-1) > 25
    box = compared.analysis.regions[0].box
    margin = 30
    inside = changed[max(0, box.top - margin) : box.bottom + margin, max(0, box.left - margin) : box.right + margin]
    assert inside.sum() > 200
    assert changed.sum() == inside.sum()


def test_unknown_layer_is_not_found(get, compared):
    assert get(f"/img/{compared.record.id}/before/secret").status == 404
    assert get(f"/img/{compared.record.id}/behind/photo").status == 404


def consent(patient_id, purpose=Purpose.TEACHING, *, given=True, expires=None):
    values = {"purpose": purpose, "given": given, "expires": expires, "how": "form", "author_id": ""}
    with state.opened().store.write() as records:
        records.add(schema.consents, {"patient_id": patient_id} | values, parent="patient_id")


@pytest.fixture
def own(asgi, at_home, drawn_home, tmp_path):
    """A function that answers as somebody with a role in a copy of the clinic; the pair; and the patient."""
    home = shutil.copytree(drawn_home, tmp_path / "clinic")
    at_home(home)
    clinic = state.clinic()
    patient = intake.list_patients(clinic)[0]
    series = intake.list_series(clinic, patient.id)[0]
    taken = [photos.list_photos(clinic, session.id)[0] for session in intake.list_sessions(clinic, series.id)]
    record = review.compare(clinic, taken[0].id, taken[-1].id).record

    def answer(path, role="CLINICIAN"):
        cookie = at_home(home, (role,), patient.id if role == "PATIENT" else "")
        return asgi(APP, path, headers={"cookie": cookie})

    return answer, record, patient


@pytest.mark.parametrize("role", ["CLINICIAN", "STAFF"])
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_export_is_a_clean_file_with_a_random_name_and_is_recorded(own, kind, role):
    get, record, patient = own
    consent(patient.id)
    address = f"/export/comparison/{record.id}?purpose=TEACHING&kind={kind}&dates=dates"
    response = get(address, role)
    image = opened(response)
    assert image.format == kind.upper()
    assert image.info["icc_profile"] == SRGB_PROFILE
    name = response.headers["content-disposition"]
    assert name.startswith('attachment; filename="comparison-')
    assert "Roe" not in name
    assert "P-001" not in name
    assert name != get(address, role).headers["content-disposition"]
    made = sharing.exports_of(state.clinic(), patient.id)
    assert [(one.kind, one.author, one.purpose) for one in made] == [(kind, "Dr Test", Purpose.TEACHING)] * 2
    assert made[0].sha256 == hashlib.sha256(response.body).hexdigest()


@pytest.mark.parametrize("case", ["none", "other", "expired", "withdrawn"])
@pytest.mark.parametrize("role", ["CLINICIAN", "STAFF"])
def test_without_a_valid_consent_nothing_leaves(own, case, role):
    get, record, patient = own
    if case != "none":
        consent(patient.id, Purpose.MARKETING)
    if case == "expired":
        consent(patient.id, expires=date(2026, 1, 1))
    if case == "withdrawn":
        consent(patient.id)
        assert get(f"/export/comparison/{record.id}?purpose=TEACHING", role).status == 200
        consent(patient.id, given=False)
    response = get(f"/export/comparison/{record.id}?purpose=TEACHING", role)
    unknown = case == "none" and role == "STAFF"
    assert response.status == (404 if unknown else 403)
    assert "record the consent" in response.text or unknown
    assert response.headers["cache-control"] == "private, no-store"


def test_an_export_without_a_purpose_is_a_sentence(own):
    get, record, patient = own
    consent(patient.id)
    for query in ("", "?purpose=", "?purpose=secret", "?purpose=teaching%20of%20professionals"):
        response = get(f"/export/comparison/{record.id}{query}")
        assert response.status == 422
        assert "expected a purpose" in response.text
    assert get(f"/export/comparison/{record.id}?purpose=TREATMENT").status == 403


@pytest.mark.parametrize("role", ["PATIENT", "ADMIN"])
def test_patients_and_administrators_export_nothing(own, role):
    get, record, patient = own
    consent(patient.id)
    assert get(f"/export/comparison/{record.id}?purpose=TEACHING", role).status == 404


def test_a_patient_sees_released_photos_and_no_map_of_numbers(own):
    get, record, _ = own
    side = f"/img/{record.id}/after"
    assert get(f"{side}/photo", "PATIENT").status == 404
    for photo_id in (record.baseline_photo_id, record.followup_photo_id):
        releasing.release_photo(state.opened(), photo_id)
    assert get(f"{side}/photo", "PATIENT").status == 200
    assert get(f"/img/{record.followup_photo_id}", "PATIENT").status == 200
    assert get(f"{side}/redness", "PATIENT").status == 404
    releasing.withdraw_photo(state.opened(), record.followup_photo_id)
    assert get(f"{side}/photo", "PATIENT").status == 404
    assert get(f"/img/{record.followup_photo_id}", "PATIENT").status == 404


def test_a_blinded_picture_is_for_its_rater_alone_and_tells_no_order(own):
    get, record, _ = own
    get("/img/none")  # somebody is signed in
    clinic = state.clinic()
    pair = blinded.BlindedPair(record.baseline_photo_id, record.followup_photo_id, True, Scale.GAIS, Indication.REDNESS)
    token = blinding.hide(clinic, pair)
    left, right = (opened(get(f"/img/blinded/{token}/{side}")) for side in ("left", "right"))
    assert left.size == right.size
    for photo_id in (record.baseline_photo_id, record.followup_photo_id, record.id):
        assert photo_id not in token
    assert get(f"/img/blinded/{token}/before").status == 404
    assert get("/img/blinded/guess/left").status == 404
    for role in ("STAFF", "PATIENT", "ADMIN"):
        assert get(f"/img/blinded/{token}/left", role).status == 404
    blinding.forget(token)
    assert get(f"/img/blinded/{token}/left").status == 404
