"""Photos of unchanged skin from folders, lists and uploads."""

import numpy as np
import pytest
from PIL import Image

from tracker.clinic.workflow.repeat_photos import (
    MOST_PHOTOS,
    RepeatPhoto,
    check_enough,
    grouped,
    read_repeats,
    uploaded_repeat,
)
from tracker.errors import InvalidInput, UnreadablePhoto


def many(subjects=3, seatings=2, shots=2):
    return [
        RepeatPhoto(f"s{i}", f"{j}", f"{k}.jpg", f"{i}{j}{k}".encode())
        for i in range(subjects)
        for j in range(seatings)
        for k in range(shots)
    ]


def test_a_folder_tree_gives_every_photo_its_place(tmp_path):
    for name in ("anna/1/a.jpg", "anna/1/b.PNG", "anna/2/a.jpg", "ben/1/a.jpg", "anna/1/notes.txt", ".git/1/x.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "anna/1/a_region.png")
    found = read_repeats(tmp_path, "face")
    assert [photo.title for photo in found] == ["anna/1/a.jpg", "anna/1/b.PNG", "anna/2/a.jpg", "ben/1/a.jpg"]
    assert [photo.region is not None for photo in found] == [True, False, False, False]
    assert {photo.site for photo in found} == {"face"}


def test_a_list_names_places_regions_and_sites(tmp_path):
    table = tmp_path / "repeats.csv"
    table.write_text("subject,seating,photo,region,site\nA,1,x/1.jpg,m.png,\nA,2,2.jpg,,back\n", "utf-8-sig")
    first, second = read_repeats(table, "face")
    assert (first.source, first.region, first.site) == (tmp_path / "x/1.jpg", tmp_path / "m.png", "face")
    assert (second.region, second.site) == (None, "back")


@pytest.mark.parametrize(
    ("text", "found"), [("a,b\n1,2\n", "no subject or seating or photo"), ("subject,seating,photo\n", "no photo")]
)
def test_a_list_that_says_too_little_is_refused(tmp_path, text, found):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InvalidInput, match=found):
        read_repeats(tmp_path / "t.csv")


def test_a_path_that_is_neither_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="expected a folder or a CSV file"):
        read_repeats(tmp_path / "gone")
    with pytest.raises(InvalidInput, match="found no photo"):
        read_repeats(tmp_path)


def test_three_subjects_seated_twice_are_enough():
    check_enough(many(3))
    for photos in (many(2), many(3, seatings=1), []):
        with pytest.raises(InvalidInput, match="at least 3 subjects"):
            check_enough(photos)


def test_photos_are_grouped_by_subject_and_ordered_by_seating():
    groups = grouped([*reversed(many(3)), RepeatPhoto("once", "1", "a.jpg", b"once")])
    assert [group[0].subject for group in groups] == ["s2", "s1", "s0"]  # seated once: left out
    assert [[photo.seating for photo in group] for group in groups] == [["0", "0", "1", "1"]] * 3


def test_the_same_file_twice_is_refused():
    photos = [*many(3), RepeatPhoto("s0", "1", "copy.jpg", b"000")]
    with pytest.raises(InvalidInput, match=r"copy.jpg.*s0/0/0.jpg again"):
        grouped(photos)


def test_two_photos_of_one_name_are_refused():
    with pytest.raises(InvalidInput, match=r"s0/0/0.jpg: expected one photo of this name"):
        grouped([*many(3), RepeatPhoto("s0", "0", "0.jpg", b"another")])


def test_too_many_photos_of_one_subject_are_refused():
    with pytest.raises(InvalidInput, match=f"at most {MOST_PHOTOS}"):
        grouped(many(3, seatings=2, shots=MOST_PHOTOS))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadablePhoto, match=r"s/1/a.jpg.*check the path"):
        grouped([*many(3), RepeatPhoto("s", "1", "a.jpg", tmp_path / "gone.jpg")])


def test_an_upload_must_be_a_photo(photo_bytes):
    assert uploaded_repeat("A", "1", "x.jpg", photo_bytes(1)).title == "A/1/x.jpg"
    with pytest.raises(UnreadablePhoto, match=r"x\.jpg"):
        uploaded_repeat("A", "1", "x.jpg", b"no photo")
