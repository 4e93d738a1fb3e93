"""Outlines on the compare page: proposed, accepted, corrected, drawn anew, refused; and what networks saw."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tracker import phantom
from tracker.clinic.jobs import Executor, Outcome
from tracker.clinic.types import (
    AnalysisStatus,
    BodySite,
    Indication,
    RegionOrigin,
    Seen,
    SeriesPlan,
    SessionKind,
    View,
    Visit,
)
from tracker.clinic.workflow import intake, photos, review, seeing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.sight import see_job
from tracker.dashboard import drawing, pictures, results, sights, state, widgets
from tracker.imaging import networks, pipeline
from tracker.imaging.types import Metric

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGE = str(Path(state.__file__).parent / "pages" / "compare.py")
SIZES = (13.0, 11.0, 9.0)
"""Length of the scar at three sessions, mm."""


class Inline(Executor):
    """The jobs in this thread; ``answer`` stands in for what is seen, where one is given."""

    answer: Outcome[Seen] | None = None

    def map(self, function, items, progress=None):
        for item in items:
            stands_in = self.answer is not None and function is see_job
            yield self.answer if stands_in else Outcome(function(item))


def rim(shot, size):
    """Corners round the scar, px."""
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return shot.geometry.to_photo(np.stack([1 + size / 2 * np.cos(turn), 1 + 0.3 * size * np.sin(turn)], 1))


@pytest.fixture(scope="session")
def scar_home(tmp_path_factory):
    """One scar at three sessions, drawn on at the first."""
    home = tmp_path_factory.mktemp("scar")
    with Clinic.open(home) as clinic:
        patient = intake.add_patient(clinic)
        plan = SeriesPlan(Indication.SCAR, BodySite.FOREARM, primary_metric=Metric.SCAR_AREA)
        series = intake.add_series(clinic, patient.id, plan)
        for turn, size in enumerate(SIZES):
            mark = phantom.Lesion(phantom.Kind.HYPERTROPHIC, (1.0, 1.0), size, size * 0.6, 0.3, blood=3.0, seed=4)
            spec = phantom.SceneSpec(phantom.SITES["forearm"], 45, (60.0, 45.0), 7.0, (mark,))
            pose = phantom.Pose(rotation_deg=1.5 * turn, shift_mm=(0.8 * turn, 0.0))
            shot = phantom.photograph(phantom.make_scene(spec, 3), phantom.Visit(pose=pose), turn)
            kind = SessionKind.TREATMENT if turn == 0 else SessionKind.FOLLOW_UP
            session = intake.add_session(clinic, series.id, Visit(date(2026, 3, 2) + timedelta(45 * turn), kind))
            record = photos.add_photo(clinic, session.id, phantom.jpeg(shot.encoded), f"{turn}.jpg", View.CLOSE_UP)
            if turn == 0:
                photos.save_region(clinic, record.id, rim(shot, size), "Dr A")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(networks, "installed", lambda: False)
            review.measure_series(clinic, series.id, executor=Inline(workers=1))
    return home


@pytest.fixture
def workers(monkeypatch):
    """All work in this process, outlines by colour."""
    inline = Inline(workers=1)
    monkeypatch.setattr(review, "WORKERS", inline)
    monkeypatch.setattr(seeing, "WORKERS", inline)
    monkeypatch.setattr(networks, "installed", lambda: False)
    return inline


@pytest.fixture
def home(at_home, scar_home, tmp_path, workers):
    """A copy of the scar's clinic, to change at will."""
    copy = shutil.copytree(scar_home, tmp_path / "clinic")
    at_home(copy)
    return copy


def opened():
    return settled(AppTest.from_file(MAIN, default_timeout=120).run().switch_page(PAGE).run())


def settled(app):
    """The page after the workers are done, as its own fragment would draw it again."""
    for one in list(seeing.GLANCES._running.values()):
        one.exception(60)
    return app.run()


def later(app):
    """The page with the scar of the later photo in the editor."""
    return settled(app.radio(key="draw_target").set_value(drawing.Target.FOLLOWUP).run())


def said(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.get("html"))
    texts = (str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)
    return unescape("\n".join(texts)).replace("\\", "")


def taken():
    """The photos of the three sessions."""
    clinic = state.clinic()
    (series,) = intake.list_series(clinic, intake.list_patients(clinic)[0].id)
    return [photos.list_photos(clinic, one.id)[0] for one in intake.list_sessions(clinic, series.id)]


def starts(app):
    (box,) = [one for one in app.selectbox if one.label == "Start from"]
    return box


def edits(monkeypatch, made):
    """Let the editor answer once what a person made of the start it was given."""
    answers = [made]

    def editor(canvas, polygon, *, start, turn, key):
        return answers.pop()(polygon, start) if answers else None

    monkeypatch.setattr(widgets, "outline_editor", editor)


@pytest.mark.slow
def test_a_proposal_is_offered_and_accepted_to_the_pixel_and_measured(home):
    app = later(opened())
    assert not app.exception
    assert starts(app).options[0].startswith("Proposal of the program by colour")
    assert "carried over" in starts(app).options[1]
    app.button(key="accept_FOLLOWUP").click().run()
    assert not app.exception
    clinic, photo = state.clinic(), taken()[2]
    kept = photos.current_region(clinic, photo.id)
    with clinic.store.read() as records:
        sighting = records.sighting(kept.source_id)
    assert (kept.region.full(photo.size) == sighting.seen.outline.region().full(photo.size)).all()
    assert (kept.origin, kept.author, kept.polygon) == (RegionOrigin.ACCEPTED, "Dr Test", None)
    assert kept.proposer == f"colours {pipeline.PIPELINE_VERSION}"
    assert "accepted by Dr Test on" in said(app)
    compared = review.compare(clinic, taken()[0].id, photo.id)
    assert compared.analysis.correction.area_px == kept.region.area_px
    (scar,) = [one for one in results.layers(compared, compared.record.changes) if one.label == "Scar"]
    assert "Orange: the outline that a person drew or accepted" in scar.legend


@pytest.mark.slow
def test_a_corrected_outline_is_kept_through_a_new_version_and_prompts_the_next_session(home, monkeypatch):
    clinic = state.clinic()
    first, second, third = taken()
    app = opened()
    {box.label: box for box in app.selectbox}["Later"].select_index(1).run()
    app = later(app)
    edits(monkeypatch, lambda polygon, start: widgets.Outlined(polygon + np.array([6.0, 0.0]), start, False))
    app.run()
    assert not app.exception
    kept = photos.current_region(clinic, second.id)
    assert (kept.origin, kept.author, len(kept.polygon) > 3) == (RegionOrigin.CORRECTED, "Dr Test", True)
    assert "corrected by Dr Test on" in said(app)
    measured = review.compare(clinic, first.id, second.id)
    assert measured.analysis.correction.area_px == kept.region.area_px

    monkeypatch.setattr(pipeline.analysis, "PIPELINE_VERSION", "newer")
    monkeypatch.setattr(pipeline, "PIPELINE_VERSION", "newer")
    again = review.compare(clinic, first.id, second.id)
    assert again.record.version == "newer" != measured.record.version
    assert again.record.id != measured.record.id
    assert (again.analysis.correction.mask == kept.region.mask).all()
    assert photos.current_region(clinic, second.id).id == kept.id
    assert review.load_analysis(clinic, measured.record.id).record.version == measured.record.version  # kept beside it

    wanted = seeing.outline_of(clinic, third.id)
    assert (wanted.prompt.region_id, wanted.prompt.earlier.id) == (kept.id, second.id)
    found = seeing.look(clinic, wanted)
    assert found.status is AnalysisStatus.DONE, found.seen.reason
    assert found.prompt_id == kept.id
    app = later(opened())
    assert starts(app).options[0].startswith("Proposal of")
    assert photos.current_region(clinic, third.id) is None  # shown for acceptance, not taken


@pytest.mark.slow
def test_an_outline_drawn_anew_is_drawn_and_earlier_ones_stay_on_record(home, monkeypatch):
    app = later(opened())
    edits(monkeypatch, lambda polygon, start: widgets.Outlined(polygon, widgets.ANEW, False))
    app.run()
    photo = taken()[2]
    assert photos.current_region(state.clinic(), photo.id).origin is RegionOrigin.DRAWN
    app.button(key="back_FOLLOWUP").click().run()
    assert photos.current_region(state.clinic(), photo.id) is None
    history = photos.list_regions(state.clinic(), photo.id)
    assert [one.region.area_px > 0 for one in history] == [True, False]
    assert "History of this area (2)" in said(app)
    assert any(option.startswith("Earlier: drawn") for option in starts(app).options)
    assert "taken back" in said(app)


@pytest.mark.slow
def test_a_rough_drawing_points_and_is_not_stored(home, monkeypatch):
    app = later(opened())
    photo = taken()[2]
    grown = lambda polygon: polygon.mean(0) + 1.3 * (polygon - polygon.mean(0))  # noqa: E731
    edits(monkeypatch, lambda polygon, start: widgets.Outlined(grown(polygon), start, True))
    app.run()
    assert photos.list_regions(state.clinic(), photo.id) == []
    assert starts(app).options[0] == "Your rough drawing"
    app = settled(app)
    assert starts(app).options[0].startswith("Proposal of")
    app.button(key="accept_FOLLOWUP").click().run()
    assert photos.current_region(state.clinic(), photo.id).origin is RegionOrigin.ACCEPTED
    assert "Your rough drawing" not in starts(app).options


def test_a_refusal_says_why_and_the_session_before_can_still_be_corrected(home, workers):
    workers.answer = Outcome(Seen(proposer="colours", reason="It hardly differs.", retake="Draw it by hand."))
    app = later(opened())
    assert "The program proposes no edge here. It hardly differs. Draw it by hand." in said(app)
    assert "Outline of the scar, earlier photo and later photo: It hardly differs. Draw it by hand." in said(app)
    assert starts(app).options == ["The outline of the session before, carried over", "Nothing: draw it anew"]
    assert not [one for one in app.button if one.key == "accept_FOLLOWUP"]


def test_a_failed_look_is_a_sentence_and_can_be_done_again(home, workers):
    workers.answer = Outcome(None, "its process was killed, most likely because memory ran out")
    app = opened()
    assert "its process was killed" in said(app)
    assert not app.exception
    workers.answer = Outcome(Seen(reason="Nothing there."))
    settled(app.button(key="again_outline").click().run())
    assert "Nothing there." in said(app.run())
    assert "its process was killed" not in said(app)


def test_while_a_worker_looks_the_page_says_so_and_is_there(home, monkeypatch):
    monkeypatch.setattr(seeing.GLANCES, "at", lambda *_: None)
    app = AppTest.from_file(MAIN, default_timeout=120).run().switch_page(PAGE).run()
    assert not app.exception
    assert "the program is looking at the photos" in said(app)
    assert [one for one in app.get("html") if "spt-verdict" in one.proto.body]


def plan(site=BodySite.FACE):
    return SeriesPlan(Indication.REDNESS, site, primary_metric=Metric.REDNESS)


def test_without_the_extra_a_face_series_says_what_is_missing(home):
    (face,) = sights.of_pair(state.clinic(), [one.id for one in taken()[:2]], plan(), Metric.REDNESS)
    assert face.wanted == (None, None)
    assert not face.pending
    assert "no neural networks" in sights.NOT_INSTALLED
    assert sights.layers("x", [face]) == []
    assert sights.of_pair(state.clinic(), [], plan(BodySite.BACK), Metric.REDNESS) == []


def test_a_face_that_was_found_is_a_layer_and_one_that_was_not_a_reason(home, workers, monkeypatch):
    monkeypatch.setattr(networks, "installed", lambda: True)
    monkeypatch.setattr(networks, "weights_hash", lambda name: "3f2a91c0" * 8)
    first, second = taken()[:2]
    clinic = state.clinic()
    workers.answer = Outcome(Seen({"chin": (100.0, 90.0)}, 0.9, proposer="face-landmarks-v1"))
    seeing.look(clinic, seeing.face_of(first.id))
    workers.answer = Outcome(Seen(proposer="face-landmarks-v1", reason="No face was found.", retake="Whole face."))
    seeing.look(clinic, seeing.face_of(second.id))
    (face,) = sights.of_pair(clinic, [first.id, second.id], plan(), Metric.REDNESS)
    assert sights.refusals(face) == ["Face landmarks, later photo: No face was found. Whole face."]
    (layer,) = sights.layers("x", [face])
    assert layer.label == "Landmarks"
    assert "the face network face-landmarks-v1 (weights 3f2a91c0)" in layer.legend
    assert "does not recognise anyone" in layer.legend
    again = replace(face, found=(face.found[1], face.found[1]))
    assert sights.refusals(again) == ["Face landmarks, earlier photo and later photo: No face was found. Whole face."]
    assert sights.layers("x", [again]) == []


@pytest.mark.slow
def test_the_soft_outline_leaves_the_server_as_a_picture_of_its_own(home):
    clinic = state.clinic()
    first, _, third = taken()
    compared = review.compare(clinic, first.id, third.id)
    plain = pictures.comparison_side(clinic, compared.record.id, pictures.Side.AFTER, pictures.Layer.SOFT)
    assert plain == pictures.comparison_side(clinic, compared.record.id, pictures.Side.AFTER, pictures.Layer.PHOTO)
    seeing.look(clinic, seeing.outline_of(clinic, third.id))
    seen = pictures.comparison_side(clinic, compared.record.id, pictures.Side.AFTER, pictures.Layer.SOFT)
    assert seen != plain
