"""Queries about comments, blinded grades and releases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tracker.clinic.records import schema, serial
from tracker.clinic.records.people import Queries
from tracker.clinic.types import AnalysisStatus, Gais, GoodmanBaron
from tracker.clinic.types.review import Comment, Direction, Grading, Release, Scale
from tracker.imaging.types import Change, Metric


class ReviewQueries(Queries):
    """Comments, blinded grades and releases."""

    def add_comment(self, series_id: str, text: str, author: tuple[str, str], photo_id: str = "") -> Comment:
        """A new comment; ``author`` is the id and the name of who wrote it."""
        values = {
            "series_id": series_id,
            "photo_id": photo_id or None,
            "text": text,
            "author_id": author[0],
            "author": author[1],
            "withdrawn": None,
        }
        return self.comment(self.add(schema.comments, values, parent="series_id"))

    def comment(self, comment_id: str) -> Comment:
        """One comment."""
        return _comment(self.one(schema.comments, comment_id, "Comment"))

    def comments_of(self, series_id: str) -> list[Comment]:
        """All comments of a series, withdrawn ones too, oldest first."""
        table = schema.comments
        found = sa.select(table).where(table.c.series_id == series_id).order_by(table.c.sequence)
        return [_comment(row) for row in self.connection.execute(found)]

    def withdraw_comment(self, comment_id: str) -> Comment:
        """The comment, which no longer counts."""
        table = schema.comments
        mine = sa.and_(table.c.id == comment_id, table.c.withdrawn.is_(None))
        self.connection.execute(sa.update(table).where(mine).values(withdrawn=datetime.now(UTC)))
        return self.comment(comment_id)

    def add_release(self, patient_id: str, author_id: str, about: dict[str, Any], change: Change | None) -> Release:
        """A new release of a photo or of a number, as ``about`` names it in columns of the table."""
        values = {"photo_id": None, "analysis_id": None, "metric": None, "region": ""} | about
        told = None if change is None else serial.change_to_json(change) | {"level": change.level}
        values |= {"patient_id": patient_id, "author_id": author_id, "change": told}
        values |= {"withdrawn": None, "withdrawn_by": ""}
        release_id = self.add(schema.releases, values, parent="patient_id")
        return _release(self.one(schema.releases, release_id, "Release"))

    def releases_of(self, patient_id: str) -> list[Release]:
        """What is released to a patient at this moment, in the order of release."""
        table = schema.releases
        counting = sa.and_(table.c.patient_id == patient_id, table.c.withdrawn.is_(None))
        found = sa.select(table).where(counting).order_by(table.c.sequence)
        return [_release(row) for row in self.connection.execute(found)]

    def withdraw_releases(self, release_ids: list[str], author_id: str) -> None:
        """These no longer count; they stay on record."""
        table = schema.releases
        mine = sa.and_(table.c.id.in_(release_ids), table.c.withdrawn.is_(None))
        now = datetime.now(UTC)
        self.connection.execute(sa.update(table).where(mine).values(withdrawn=now, withdrawn_by=author_id))

    def pairs_to_grade(self, practice_id: str, author_id: str) -> Iterator[tuple[str, str, str]]:
        """(series, baseline photo, follow-up photo) of compared visits that a rater has not graded, in random order."""
        series, table, graded = schema.series, schema.analyses, schema.gradings
        first, second = schema.photos.alias("first"), schema.photos.alias("second")
        earlier, later = schema.sessions.alias("earlier"), schema.sessions.alias("later")
        mine = sa.and_(
            graded.c.author_id == author_id,
            graded.c.baseline_photo_id == table.c.baseline_photo_id,
            graded.c.followup_photo_id == table.c.followup_photo_id,
        )
        pairs = (
            sa.select(series.c.id, table.c.baseline_photo_id, table.c.followup_photo_id)
            .join(first, first.c.id == table.c.baseline_photo_id)
            .join(second, second.c.id == table.c.followup_photo_id)
            .join(earlier, earlier.c.id == first.c.session_id)
            .join(later, later.c.id == second.c.session_id)
            .join(series, series.c.id == later.c.series_id)
            .join(schema.patients, schema.patients.c.id == series.c.patient_id)
            .where(earlier.c.id != later.c.id, earlier.c.series_id == later.c.series_id)
            .where(table.c.status != AnalysisStatus.FAILED, ~sa.exists().where(mine))
            .distinct()
        )
        pairs = pairs.where(schema.patients.c.practice_id == practice_id) if practice_id else pairs
        shuffled = pairs.subquery()
        for row in self.connection.execute(sa.select(shuffled).order_by(sa.func.random())):
            yield row[0], row[1], row[2]

    def newest_analysis_id(self, baseline_photo_id: str, followup_photo_id: str) -> str:
        """Of the comparison of two photos that was made last; empty where there is none."""
        table = schema.analyses
        pair = sa.and_(table.c.baseline_photo_id == baseline_photo_id, table.c.followup_photo_id == followup_photo_id)
        newest = sa.select(table.c.id).where(pair).order_by(table.c.sequence.desc()).limit(1)
        return self.connection.execute(newest).scalar() or ""

    def comparisons_between(self, photo_ids: list[str]) -> dict[tuple[str, str], tuple[str, AnalysisStatus]]:
        """The newest comparison of each pair among some photos: (baseline, follow-up) to its id and how it ended."""
        table = schema.analyses
        among = sa.and_(table.c.baseline_photo_id.in_(photo_ids), table.c.followup_photo_id.in_(photo_ids))
        found = sa.select(table.c.baseline_photo_id, table.c.followup_photo_id, table.c.id, table.c.status)
        rows = self.connection.execute(found.where(among).order_by(table.c.sequence))
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def add_grading(self, draft: Grading) -> Grading:
        """The grading as stored; its id, and when, are given here."""
        words = {
            "gais": None if draft.gais is None else draft.gais.name,
            "before": None if draft.before is None else draft.before.name,
            "after": None if draft.after is None else draft.after.name,
            "computed": None if draft.computed is None else draft.computed.name,
            "analysis_id": draft.analysis_id,
        }
        plain = ("series_id", "baseline_photo_id", "followup_photo_id", "later_shown_left", "author_id", "author")
        values = {name: getattr(draft, name) for name in plain} | {"scale": draft.scale.name, "grades": words}
        grading_id = self.add(schema.gradings, values, parent="series_id")
        return _grading(self.one(schema.gradings, grading_id, "Grading"))

    def gradings_by(self, author_id: str, practice_id: str = "") -> list[Grading]:
        """Everything that one rater graded, in a practice or in all, oldest first."""
        table = schema.gradings
        found = sa.select(table).where(table.c.author_id == author_id).order_by(table.c.created, table.c.id)
        if practice_id:
            to_series = sa.join(table, schema.series, schema.series.c.id == table.c.series_id)
            joined = sa.join(to_series, schema.patients, schema.patients.c.id == schema.series.c.patient_id)
            found = found.select_from(joined).where(schema.patients.c.practice_id == practice_id)
        return [_grading(row) for row in self.connection.execute(found)]


def _comment(row: sa.Row[Any]) -> Comment:
    about = row.photo_id or ""
    return Comment(row.id, row.series_id, about, row.text, row.author_id, row.author, row.created, row.withdrawn)


def _release(row: sa.Row[Any]) -> Release:
    return Release(
        row.id,
        row.patient_id,
        row.photo_id or "",
        row.analysis_id or "",
        None if row.metric is None else Metric(row.metric),
        row.region,
        None if row.change is None else replace(serial.change_from_json(row.change), level=row.change["level"]),
        row.author_id,
        row.created,
    )


def _grading(row: sa.Row[Any]) -> Grading:
    words = row.grades
    return Grading(
        id=row.id,
        series_id=row.series_id,
        baseline_photo_id=row.baseline_photo_id,
        followup_photo_id=row.followup_photo_id,
        scale=Scale[row.scale],
        later_shown_left=row.later_shown_left,
        gais=None if words["gais"] is None else Gais[words["gais"]],
        before=None if words["before"] is None else GoodmanBaron[words["before"]],
        after=None if words["after"] is None else GoodmanBaron[words["after"]],
        computed=None if words["computed"] is None else Direction[words["computed"]],
        analysis_id=words["analysis_id"],
        author_id=row.author_id,
        author=row.author,
        created=row.created,
    )
