"""Pictures: found by id, clean, never for an id that is not there."""

import io
from functools import partial

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware

from tracker.clinic.workflow import intake, photos, review
from tracker.dashboard import state
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
    "path", ["/img/none", "/img/none/before/photo", "/export/comparison/none", "/img/..%2f..%2fetc%2fpasswd"]
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


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_export_is_a_clean_file_with_a_random_name(get, compared, kind):
    response = get(f"/export/comparison/{compared.record.id}?kind={kind}&dates=dates")
    image = opened(response)
    assert image.format == kind.upper()
    assert image.info["icc_profile"] == SRGB_PROFILE
    name = response.headers["content-disposition"]
    assert name.startswith('attachment; filename="comparison-')
    assert "Roe" not in name
    assert "P-001" not in name
    assert name != get(f"/export/comparison/{compared.record.id}?kind={kind}").headers["content-disposition"]
