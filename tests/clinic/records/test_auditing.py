"""The chain of the audit log: what was edited, deleted, moved or slipped in is found, and where."""

from dataclasses import replace

import pytest

from tracker.clinic.records.auditing import Deed
from tracker.clinic.types import FIRST_PRACTICE
from tracker.clinic.workflow.guard import logged

DEED = Deed(FIRST_PRACTICE, "u" * 32, "s" * 32, "see a photo", "p" * 32, "photo 1")
MANY = 12


@pytest.fixture
def filled(clinic):
    for number in range(MANY):
        with logged(replace(DEED, objects=f"photo {number}")), clinic.store.write():
            pass
    return clinic


def run(clinic, *statements):
    with clinic.store.write() as records:
        for statement in statements:
            records.connection.exec_driver_sql(statement)


def broken(clinic):
    with clinic.store.read() as records:
        return records.first_broken_deed()


def test_what_was_written_holds_and_comes_back_newest_first(filled):
    assert broken(filled) is None
    with filled.store.read() as records:
        entries = records.deeds(FIRST_PRACTICE)
        assert [entry.number for entry in entries] == list(range(MANY, 0, -1))
        assert entries[0].deed == replace(DEED, objects=f"photo {MANY - 1}")
        assert [one.number for one in records.deeds(FIRST_PRACTICE, before=3)] == [2, 1]
        assert records.deeds(FIRST_PRACTICE, patient_id="q" * 32) == []
        assert records.deeds("another") == []


@pytest.mark.parametrize(
    "column", ["at", "practice_id", "user_id", "sign_in", "action", "result", "patient_id", "objects"]
)
@pytest.mark.parametrize("number", [1, 6, MANY])
def test_an_edited_entry_is_found(filled, column, number):
    value = "2020-01-01 00:00:00.000000" if column == "at" else "edited"
    run(filled, f"update audit set {column} = '{value}' where number = {number}")
    assert broken(filled) == number


@pytest.mark.parametrize("number", [1, 5, MANY - 1])
def test_a_deleted_entry_is_found(filled, number):
    run(filled, f"delete from audit where number = {number}")
    assert broken(filled) == number


def test_a_deleted_entry_is_found_when_the_others_move_up(filled):
    run(filled, "delete from audit where number = 5", "update audit set number = number - 1 where number > 5")
    assert broken(filled) == 5


def test_exchanged_entries_are_found(filled):
    run(
        filled,
        "update audit set number = 100 where number = 4",
        "update audit set number = 4 where number = 8",
        "update audit set number = 8 where number = 100",
    )
    assert broken(filled) == 4


@pytest.mark.parametrize("digest", ["previous", "digest"])
def test_an_inserted_entry_is_found(filled, digest):
    columns = "at, practice_id, user_id, sign_in, action, result, patient_id, objects, previous, digest"
    run(
        filled,
        *(f"update audit set number = {number + 1} where number = {number}" for number in range(MANY, 6, -1)),
        f"insert into audit (number, {columns}) select 7, {columns} from audit where number = 6",
        f"update audit set {digest} = 'x' where number = 7",
    )
    assert broken(filled) == 7


def test_a_text_cannot_slip_from_one_column_into_the_next(filled):
    run(filled, "update audit set action = 'see a photodone', result = '' where number = 3")
    assert broken(filled) == 3


def test_what_failed_leaves_no_entry_and_no_gap(filled):
    with pytest.raises(RuntimeError), logged(DEED), filled.store.write():
        raise RuntimeError
    assert broken(filled) is None
    with filled.store.read() as records:
        assert records.deeds(FIRST_PRACTICE)[0].number == MANY
