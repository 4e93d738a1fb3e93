"""The diary: words and levels of a day, and a photo from home that is kept safe and apart."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from tracker.clinic.records import files
from tracker.clinic.types import FIRST_PRACTICE, Actor, Purpose, Role
from tracker.clinic.types.own import DiaryDraft, Reaction
from tracker.clinic.workflow import consents, diary, intake, photos, review, upkeep
from tracker.errors import ConsentMissing, InvalidInput, NotFound, UnreadablePhoto

TODAY = datetime.now(UTC).astimezone().date()
LEVELS = {Reaction.REDNESS: 2, Reaction.SWELLING: 0, Reaction.SORENESS: 1, Reaction.FLAKING: 3}


@pytest.fixture
def own(clinic, series):
    return clinic.acting(Actor("u1", "P", FIRST_PRACTICE, frozenset({Role.PATIENT}), series.patient_id))


def test_an_entry_comes_back_as_it_was_written(own, series):
    draft = DiaryDraft(TODAY - timedelta(1), LEVELS, "  <b>warm</b>\0 ")
    entry = diary.write(own, series.patient_id, draft)
    assert entry.levels == LEVELS
    assert entry.words == "<b>warm</b>"
    assert entry.photo_sha256 == ""
    later = diary.write(own, series.patient_id, DiaryDraft(TODAY, {}, "well"))
    assert diary.entries(own, series.patient_id) == [later, entry]


def test_a_photo_from_home_is_kept_unaltered_and_shown_without_metadata(
    clinic, own, series, sessions, as_jpeg, skin_like
):
    exif = Image.Exif()
    exif[0x010E] = "Ada Lovelace"
    data = as_jpeg(skin_like(7), exif=exif)
    entry = diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS, "", data, "../../<b>me</b>.jpg"))
    assert entry.photo_name == "b>.jpg"
    assert clinic.files.read(entry.photo_sha256) == data
    shown = diary.home_photo(own, entry.id, 100)
    assert b"Ada" not in shown
    assert Image.open(io.BytesIO(shown)).size[0] == 100
    assert diary.home_photo(own, entry.id, 100) == shown
    for session in sessions:
        assert photos.list_photos(clinic, session.id) == []
    assert review.suggested_pairs(clinic, series.id) == []


def test_integrity_check_and_sweep_know_the_photos_from_home(clinic, own, series, photo_bytes, monkeypatch):
    entry = diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS, "", photo_bytes(7), "a.jpg"))
    monkeypatch.setattr(files, "ORPHAN_AGE_S", -1.0)
    assert upkeep.sweep(clinic) == []
    found = upkeep.verify(clinic)
    assert found.sound
    assert found.strangers == ()
    with clinic.store.read() as records:
        assert records.all_sha256() == {entry.photo_sha256}
        assert records.count_photos() == 1
    clinic.files.fs.rm_file(clinic.files.path(entry.photo_sha256))
    assert upkeep.verify(clinic).missing == (entry.photo_sha256,)


def test_what_is_no_photo_is_refused_and_nothing_is_stored(clinic, own, series):
    with pytest.raises(UnreadablePhoto):
        diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS, "", b"<svg/>", "a.svg"))
    assert diary.entries(own, series.patient_id) == []
    assert list(clinic.files.listing()) == []


def test_without_consent_to_photos_words_are_still_welcome(own, series, photo_bytes):
    consents.withdraw(own, series.patient_id, Purpose.TREATMENT)
    with pytest.raises(ConsentMissing):
        diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS, "", photo_bytes(1), "a.jpg"))
    assert diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS)).levels == LEVELS


def test_levels_days_and_length_have_limits(own, series, monkeypatch):
    with pytest.raises(InvalidInput, match="0 to 3"):
        DiaryDraft(TODAY, {Reaction.REDNESS: 4})
    with pytest.raises(InvalidInput, match="at most 2000"):
        DiaryDraft(TODAY, {}, "x" * 2001)
    with pytest.raises(InvalidInput, match="found nothing"):
        diary.write(own, series.patient_id, DiaryDraft(TODAY, {}, "  "))
    for day in (TODAY + timedelta(1), TODAY - timedelta(400)):
        with pytest.raises(InvalidInput, match="Day"):
            diary.write(own, series.patient_id, DiaryDraft(day, LEVELS))
    monkeypatch.setattr(diary, "MOST_PER_DAY", 1)
    diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS))
    with pytest.raises(InvalidInput, match="at most 1 entries a day"):
        diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS))


def test_an_entry_without_a_photo_has_none_to_show(own, series):
    entry = diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS))
    with pytest.raises(NotFound):
        diary.home_photo(own, entry.id)
    with pytest.raises(NotFound):
        diary.home_photo(own, "0" * 32)
    with pytest.raises(InvalidInput, match="Preview width"):
        diary.home_photo(own, entry.id, 9)


def test_nobody_reads_or_writes_another_diary(clinic, own, series, photo_bytes):
    entry = diary.write(own, series.patient_id, DiaryDraft(TODAY, LEVELS, "", photo_bytes(1), "a.jpg"))
    other = intake.add_patient(clinic)
    stranger = clinic.acting(Actor("u2", "B", FIRST_PRACTICE, frozenset({Role.PATIENT}), other.id))
    staff = clinic.acting(Actor("s", "S", FIRST_PRACTICE, frozenset({Role.STAFF, Role.ADMIN})))
    for someone in (stranger, staff):
        for call in (
            lambda who: diary.entries(who, series.patient_id),
            lambda who: diary.home_photo(who, entry.id),
            lambda who: diary.write(who, series.patient_id, DiaryDraft(TODAY, LEVELS)),
        ):
            with pytest.raises(NotFound):
                call(someone)
    doctor = clinic.acting(Actor("d", "D", FIRST_PRACTICE, frozenset({Role.CLINICIAN})))
    assert diary.entries(doctor, series.patient_id) == [entry]
    assert diary.home_photo(doctor, entry.id)
    with pytest.raises(NotFound):  # a diary is the patient's own: the clinic reads it
        diary.write(doctor, series.patient_id, DiaryDraft(TODAY, LEVELS))
