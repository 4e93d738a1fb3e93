"""Queries about consents, the diary and the patient's own rating."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema
from tracker.clinic.records.people import Queries, short
from tracker.clinic.types import Gais, Purpose
from tracker.clinic.types.own import (
    ConsentRecord,
    DiaryDraft,
    DiaryEntry,
    Rating,
    Reaction,
    check_words,
)
from tracker.errors import ConsentMissing
from tracker.wording import t


class OwnQueries(Queries):
    """Consents, the diary and the patient's own rating."""

    def add_consent(self, draft: ConsentRecord) -> ConsentRecord:
        """The word as stored; id and time are given here."""
        values = {
            "patient_id": draft.patient_id,
            "purpose": draft.purpose,
            "given": draft.given,
            "expires": draft.expires,
            "how": short(draft.how, "How the consent was given", 200),
            "author_id": draft.author_id,
        }
        consent_id = self.add(schema.consents, values, parent="patient_id")
        return _consent(self.one(schema.consents, consent_id, "Consent"))

    def consents_of(self, patient_id: str) -> list[ConsentRecord]:
        """Everything ever said about every purpose, oldest first."""
        table = schema.consents
        found = sa.select(table).where(table.c.patient_id == patient_id).order_by(table.c.sequence)
        return [_consent(row) for row in self.connection.execute(found)]

    def refuse_unwanted_photo(self, patient_id: str) -> None:
        """Nothing; raises ConsentMissing where the consent to photos was withdrawn. None on record is no refusal."""
        table = schema.consents
        about = sa.and_(table.c.patient_id == patient_id, table.c.purpose == Purpose.TREATMENT)
        newest = sa.select(table.c.given).where(about).order_by(table.c.sequence.desc()).limit(1)
        if self.connection.execute(newest).scalar() is False:
            raise ConsentMissing(
                t(
                    "Photo: expected consent to photos for the treatment record, found that it was withdrawn; nothing "
                    "was stored, it needs a new consent first."
                )
            )

    def add_diary_entry(self, patient_id: str, draft: DiaryDraft, sha256: str, author_id: str) -> DiaryEntry:
        """The entry as stored."""
        values = {
            "patient_id": patient_id,
            "day": draft.day,
            "levels": {reaction.value: level for reaction, level in draft.levels.items()},
            "words": check_words(draft.words),
            "photo_sha256": sha256 or None,
            "photo_name": draft.photo_name,
            "author_id": author_id,
        }
        return self.diary_entry(self.add(schema.diary, values, parent="patient_id"))

    def diary_entry(self, entry_id: str) -> DiaryEntry:
        """One entry."""
        return _entry(self.one(schema.diary, entry_id, "Diary entry"))

    def diary_of(self, patient_id: str) -> list[DiaryEntry]:
        """A patient's entries, the newest day first."""
        table = schema.diary
        found = sa.select(table).where(table.c.patient_id == patient_id)
        rows = self.connection.execute(found.order_by(table.c.day.desc(), table.c.sequence.desc()))
        return [_entry(row) for row in rows]

    def add_rating(self, series_id: str, day: date, gais: Gais, words: str, author_id: str) -> Rating:
        """The rating as stored."""
        values = {
            "series_id": series_id,
            "day": day,
            "gais": gais,
            "words": check_words(words),
            "author_id": author_id,
        }
        rating_id = self.add(schema.ratings, values, parent="series_id")
        return _rating(self.one(schema.ratings, rating_id, "Rating"))

    def ratings_of(self, series_id: str) -> list[Rating]:
        """A series' ratings in the order in which they were given; the last counts."""
        table = schema.ratings
        found = sa.select(table).where(table.c.series_id == series_id).order_by(table.c.sequence)
        return [_rating(row) for row in self.connection.execute(found)]


def _consent(row: sa.Row[Any]) -> ConsentRecord:
    return ConsentRecord(
        row.id, row.patient_id, row.purpose, row.given, row.expires, row.how, row.author_id, row.created
    )


def _entry(row: sa.Row[Any]) -> DiaryEntry:
    levels = {Reaction(name): int(level) for name, level in row.levels.items()}
    return DiaryEntry(
        row.id, row.patient_id, row.day, levels, row.words, row.photo_sha256 or "", row.photo_name, row.created
    )


def _rating(row: sa.Row[Any]) -> Rating:
    return Rating(row.id, row.series_id, row.day, row.gais, row.words, row.created)
