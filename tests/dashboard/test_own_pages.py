"""The patient's pages: empty, typical and failing; nothing of another patient, no number where they are hidden."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tracker.clinic.records.files import PhotoFiles
from tracker.clinic.types import BodySite, Gais, Indication, Purpose, SeriesPlan, SessionKind, Visit
from tracker.clinic.types.own import ConsentStanding, DiaryDraft, Reaction
from tracker.clinic.workflow import aftercare, consents, diary, intake, photos, rating, releasing, review
from tracker.dashboard import state
from tracker.errors import StoreUnavailable
from tracker.imaging.types import Verdict

MAIN = Path(state.__file__).parent / "entry" / "main.py"
PAGES = MAIN.parents[1] / "pages"
OWN = ("own_today.py", "own_progress.py", "own_diary.py", "own_data.py")
TODAY = datetime.now(UTC).astimezone().date()


def said(app):
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.error, app.warning, app.success)
    kinds = (*kinds, app.info, app.get("html"))
    return "\n".join(str(getattr(one, "value", None) or one.proto.body) for kind in kinds for one in kind)


def open_page(page):
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    app.switch_page(str(PAGES / page)).run()
    assert not app.exception
    return app


@pytest.fixture
def two(at_home, tmp_path):
    """Two patients, each needled three days ago; the first is signed in."""
    at_home(tmp_path)
    clinic = state.opened()
    found = []
    for number in (1, 2):
        patient = intake.add_patient(clinic, f"P-00{number}", f"Name-{number}")
        plan = SeriesPlan(Indication.REDNESS, BodySite.FACE, f"part {number}")
        series = intake.add_series(clinic, patient.id, plan)
        visit = Visit(TODAY - timedelta(3), SessionKind.TREATMENT, "secret pen", 1.5, "", f"note-{number}")
        intake.add_session(clinic, series.id, visit)
        found.append((patient, series))
    at_home(tmp_path, ("PATIENT",), found[0][0].id)
    return found


@pytest.fixture
def nobody_yet(at_home, tmp_path):
    """A patient of whom nothing is recorded."""
    at_home(tmp_path)
    patient = intake.add_patient(state.opened(), "P-001")
    at_home(tmp_path, ("PATIENT",), patient.id)
    return patient


EMPTY = {
    "own_today.py": "No treatment yet",
    "own_progress.py": "Your clinic has not released photos yet",
    "own_diary.py": "Nothing written yet",
    "own_data.py": "Nothing to ask yet",
}


@pytest.mark.parametrize("page", OWN)
def test_empty_pages_say_what_comes(nobody_yet, page):
    app = open_page(page)
    assert not app.error
    assert EMPTY[page] in said(app)


@pytest.mark.parametrize("page", OWN)
def test_nothing_clinical_and_nothing_of_another_is_shown(two, page):
    text = said(open_page(page))
    for hidden in ("Name-2", "P-002", "part 2", "note-1", "secret pen", "1.5 mm"):
        assert hidden not in text


@pytest.mark.parametrize("page", OWN)
def test_a_clinician_who_opens_one_is_sent_away(at_home, tmp_path, page):
    at_home(tmp_path)
    app = AppTest.from_file(MAIN, default_timeout=60).run()
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page(str(PAGES / page))


def test_today_tells_the_phase_what_to_do_and_when_to_come(two):
    text = said(open_page("own_today.py"))
    assert "3 days after your treatment" in text
    assert re.search(r'aria-current="step"><span>Early healing', text)
    assert "SPF 30" in text
    assert "No pools or saunas for 72 hours." in text
    assert "No make-up" not in text
    assert "fever" in text
    assert "Next treatment: between" in text


def test_today_reads_the_clinics_own_text_and_escapes_it(two):
    rules = (aftercare.AftercareRule(0, None, do="Cool <b>gently</b>"),)
    aftercare.change_aftercare(state.opened(), aftercare.Aftercare(rules, ("<script>x</script>",)))
    text = said(open_page("own_today.py"))
    assert "Cool &lt;b&gt;gently&lt;/b&gt;" in text
    assert "<script" not in text
    assert "SPF" not in text


def test_the_diary_takes_an_entry_and_shows_it(two):
    app = open_page("own_diary.py")
    app.radio(key="diary_redness_0").set_value(2)
    app.text_area(key="diary_text_0").set_value("warm <img src=x onerror=alert(1)>")
    app.button(key="FormSubmitter:diary_0-Save").click().run()
    assert not app.exception
    assert "Saved in your diary." in said(app)
    assert "warm &lt;img src=x" in said(app)
    assert "Redness: <b>moderate</b>" in said(app)
    assert app.text_area(key="diary_text_1").value == ""
    entries = diary.entries(state.opened(), two[0][0].id)
    assert [one.levels[Reaction.REDNESS] for one in entries] == [2]
    assert diary.entries(state.opened(), two[1][0].id) == []


def test_a_broken_photo_is_a_sentence_and_what_was_typed_stays(two):
    app = open_page("own_diary.py")
    app.text_area(key="diary_text_0").set_value("kept")
    app.file_uploader(key="diary_photo_0").set_value([("cut.jpg", b"\xff\xd8\xff no photo", "image/jpeg")])
    app.button(key="FormSubmitter:diary_0-Save").click().run()
    assert len(app.error) == 1
    assert "Traceback" not in app.error[0].value
    assert app.text_area(key="diary_text_0").value == "kept"
    assert diary.entries(state.opened(), two[0][0].id) == []


def test_a_full_disk_is_said_in_the_diary(two, drawn_photo, monkeypatch):
    def full(*_):
        raise StoreUnavailable("The photo store is full: expected room for the photo; nothing was saved.")

    monkeypatch.setattr(PhotoFiles, "put", full)
    app = open_page("own_diary.py")
    app.file_uploader(key="diary_photo_0").set_value([("me.jpg", drawn_photo, "image/jpeg")])
    app.button(key="FormSubmitter:diary_0-Save").click().run()
    assert "full" in app.error[0].value


def test_the_photo_from_home_is_shown_by_address_and_named_not_comparable(two, drawn_photo):
    app = open_page("own_diary.py")
    app.file_uploader(key="diary_photo_0").set_value([("me.jpg", drawn_photo, "image/jpeg")])
    app.button(key="FormSubmitter:diary_0-Save").click().run()
    entry = diary.entries(state.opened(), two[0][0].id)[0]
    assert f'src="/img/diary/{entry.id}?w=640"' in said(app)
    assert "not comparable" in said(app)
    assert not app.get("imgs")


def test_after_a_withdrawal_the_diary_takes_words_alone(two):
    patient = two[0][0]
    consents.withdraw(state.opened(), patient.id, Purpose.TREATMENT, "signed form")
    app = open_page("own_diary.py")
    assert not app.get("file_uploader")
    assert "only words are kept" in said(app)


def test_consents_are_given_and_withdrawn_after_a_clear_question(two):
    patient = two[0][0]
    app = open_page("own_data.py")
    assert said(app).count("Nothing on record") == len(Purpose)
    app.button(key="ask_MARKETING").click().run()
    assert standing(patient, Purpose.MARKETING) is ConsentStanding.NONE
    assert "withdraw this at any time" in said(app)
    app.button(key="leave_MARKETING").click().run()
    assert standing(patient, Purpose.MARKETING) is ConsentStanding.NONE
    app.button(key="ask_MARKETING").click().run()
    app.button(key="confirm_MARKETING").click().run()
    assert standing(patient, Purpose.MARKETING) is ConsentStanding.GIVEN
    with state.opened().store.write() as records:
        consent = records.valid_consent(patient.id, Purpose.MARKETING)
        records.add_export(patient.id, Purpose.MARKETING, consent, ("a" * 32, "jpeg", "0" * 64), "")
    app.button(key="ask_MARKETING").click().run()
    assert "it cannot be called back" in said(app)
    assert "no further picture leaves the clinic" in said(app)
    app.button(key="confirm_MARKETING").click().run()
    assert standing(patient, Purpose.MARKETING) is ConsentStanding.WITHDRAWN
    assert "1 picture had left the clinic before." in said(app)
    assert standing(two[1][0], Purpose.MARKETING) is ConsentStanding.NONE


def standing(patient, purpose):
    return next(one.standing for one in consents.consents_of(state.opened(), patient.id) if one.purpose is purpose)


def test_satisfaction_is_asked_once_treated_and_kept(two):
    series = two[0][1]
    app = open_page("own_data.py")
    key = f"gais_{series.id}_0"
    app.button(key=f"FormSubmitter:rating_{series.id}_0-Save my answer").click().run()
    assert "Choose one of the five answers" in said(app)
    app.radio(key=key).set_value(Gais.IMPROVED)
    app.button(key=f"FormSubmitter:rating_{series.id}_0-Save my answer").click().run()
    assert [one.gais for one in rating.ratings(state.opened(), series.id)] == [Gais.IMPROVED]
    assert "Your answer is saved." in said(app)


def test_everything_is_a_link_to_the_own_archive(two):
    assert 'href="/export/everything"' in said(open_page("own_data.py"))


@pytest.fixture(scope="module")
def drawn_photo():
    from tracker import phantom

    spec = phantom.SceneSpec(phantom.SITES["patch"], 45, (60, 45), 6.0)
    return phantom.jpeg(phantom.photograph(phantom.make_scene(spec, 1), phantom.Visit(), 1).encoded)


@pytest.fixture
def released(at_home, drawn_home):
    """The drawn clinic with its patient signed in and everything of one comparison released; taken back afterwards."""
    at_home(drawn_home)
    clinic = state.opened()
    patient = intake.list_patients(clinic)[0]
    series = intake.list_series(clinic, patient.id)[0]
    taken = [photos.list_photos(clinic, one.id)[0] for one in intake.list_sessions(clinic, series.id)]
    compared = review.compare_visits(clinic, taken[0].id, taken[2].id).record
    waiting = [one for one in releasing.releasable(clinic, patient.id).numbers if one.analysis_id == compared.id]
    for photo in (taken[0], taken[2]):
        releasing.release_photo(clinic, photo.id)
    for one in waiting:
        releasing.release_number(clinic, one.analysis_id, one.change.metric, one.change.region)
    at_home(drawn_home, ("PATIENT",), patient.id)
    yield patient, compared, waiting
    for photo in (taken[0], taken[2]):
        releasing.withdraw_photo(clinic, photo.id)
    for one in waiting:
        releasing.withdraw_number(clinic, one.analysis_id, one.change.metric, one.change.region)


def test_progress_shows_what_was_released_in_plain_words(released):
    _, _, waiting = released
    text = said(open_page("own_progress.py"))
    assert "has not released" not in text
    assert "No change that we could have seen yet: results usually show after 4 to 6 weeks." in text
    assert text.count("We could not measure this from the photos: nothing in the photo tells its scale.") == 1
    assert text.count("In numbers") == sum(one.change.verdict is not Verdict.NOT_ASSESSABLE for one in waiting)
    assert "Jane" not in text
    assert "42 days" not in text


def test_hidden_numbers_are_in_no_line(released):
    user = state.me().user
    with state.opened().store.write() as records:
        records.change_user(user.id, hide_numbers=True)
    try:
        text = said(open_page("own_progress.py"))
    finally:
        with state.opened().store.write() as records:
            records.change_user(user.id, hide_numbers=False)
    assert "In numbers" not in text
    assert "No change that we could have seen yet" in text
    assert not re.search(r"\d+\.\d", re.sub(r"<style>.*?</style>", "", text, flags=re.S))


def test_the_clinics_page_reads_records_and_shows_the_diary(two, at_home, tmp_path):
    patient = two[0][0]
    own = state.clinic()
    diary.write(own, patient.id, DiaryDraft(TODAY, {Reaction.REDNESS: 1}, "from the patient"))
    at_home(tmp_path)
    app = open_page("consents.py")
    assert not app.error
    assert "from the patient" in said(app)
    assert f"/export/everything/{patient.id}" in said(app)
    app.button(key="FormSubmitter:record_consent-Record this").click().run()
    assert "how the patient gave or withdrew it" in said(app).replace("\\", "")
    app.text_input[0].set_value("signed form")
    app.button(key="FormSubmitter:record_consent-Record this").click().run()
    assert standing(patient, Purpose.TREATMENT) is ConsentStanding.GIVEN
    assert "Recorded." in said(app)
    assert "signed form" in said(app)
