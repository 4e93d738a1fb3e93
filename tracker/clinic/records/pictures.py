"""Queries about photos, regions and analyses."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from tracker.clinic.records import schema, serial
from tracker.clinic.records.people import Queries
from tracker.clinic.types import FREEHAND, AnalysisRecord, Basis, Moment, PhotoRecord, RegionRecord, RegionRole, View
from tracker.errors import NotFound
from tracker.imaging.types import Analysis, Points, Region, frozen

NOTHING = ""
"""The digest of a region that takes the earlier ones of its role back."""


class Drawing(NamedTuple):
    """What identifies a drawn region."""

    id: str
    digest: str
    created: datetime


class PictureQueries(Queries):
    """Photos, regions, analyses."""

    def add_photo(self, draft: PhotoRecord) -> PhotoRecord:
        """The photo as stored; id, time and order are given here."""
        values = {
            "session_id": draft.session_id,
            "view": draft.view,
            "moment": draft.moment,
            "sha256": draft.sha256,
            "name": draft.name,
            "width": draft.size[0],
            "height": draft.size[1],
            "captured_at": draft.captured_at,
            "camera": draft.camera,
            "flags": [serial.flag_to_json(flag) for flag in draft.flags],
        }
        return self.photo(self.add(schema.photos, values, parent="session_id"))

    def change_photo(self, photo_id: str, view: View, moment: Moment) -> PhotoRecord:
        """The photo with another view or moment."""
        self.photo(photo_id)
        table = schema.photos
        self.connection.execute(sa.update(table).where(table.c.id == photo_id).values(view=view, moment=moment))
        return self.photo(photo_id)

    def photo(self, photo_id: str) -> PhotoRecord:
        """One photo."""
        return _photo(self.one(schema.photos, photo_id, "Photo"))

    def photos_of(self, session_id: str) -> list[PhotoRecord]:
        """A session's photos in the order of their arrival."""
        self.one(schema.sessions, session_id, "Session")
        table = schema.photos
        found = sa.select(table).where(table.c.session_id == session_id).order_by(table.c.sequence)
        return [_photo(row) for row in self.connection.execute(found)]

    def photos_with(self, sha256: str) -> list[tuple[PhotoRecord, str, str]]:
        """Every record of one file, with the id and the code of its patient."""
        found = (
            sa.select(schema.photos, schema.patients.c.id.label("owner"), schema.patients.c.code)
            .join(schema.sessions, schema.sessions.c.id == schema.photos.c.session_id)
            .join(schema.series, schema.series.c.id == schema.sessions.c.series_id)
            .join(schema.patients, schema.patients.c.id == schema.series.c.patient_id)
            .where(schema.photos.c.sha256 == sha256)
        )
        return [(_photo(row), row.owner, row.code) for row in self.connection.execute(found)]

    def count_photos(self) -> int:
        """How many photos are recorded, those in diaries included."""
        at_home = schema.diary.c.photo_sha256.is_not(None)
        taken = self.connection.execute(sa.select(sa.func.count()).select_from(schema.photos)).scalar_one()
        sent = self.connection.execute(sa.select(sa.func.count()).select_from(schema.diary).where(at_home)).scalar_one()
        return taken + sent

    def all_sha256(self) -> set[str]:
        """The hashes of all recorded photos, those in diaries included: no sweep may take them."""
        sent = schema.diary.c.photo_sha256
        found = sa.union(sa.select(schema.photos.c.sha256), sa.select(sent).where(sent.is_not(None)))
        return set(self.connection.execute(found).scalars())

    def add_region(
        self,
        photo_id: str,
        region: Region,
        polygon: Points | None,
        author: str,
        role: RegionRole = RegionRole.TREATED,
        basis: Basis = FREEHAND,
    ) -> RegionRecord:
        """A region drawn on a photo, on top of all earlier ones of its role; an empty one takes the earlier back."""
        self.photo(photo_id)
        values = {
            "photo_id": photo_id,
            "mask": serial.region_to_bytes(region),
            "polygon": None if polygon is None else polygon.tolist(),
            "author": author,
            "digest": serial.region_digest(region) if region.area_px else NOTHING,
            "role": role,
            **basis._asdict(),
        }
        return self.region(self.add(schema.regions, values, parent="photo_id"))

    def region(self, region_id: str) -> RegionRecord:
        """One drawn region."""
        return _region(self.one(schema.regions, region_id, "Region"))

    def regions_of(self, photo_id: str) -> list[RegionRecord]:
        """All regions ever drawn on a photo, of either role, oldest first."""
        self.photo(photo_id)
        table = schema.regions
        found = sa.select(table).where(table.c.photo_id == photo_id).order_by(table.c.sequence)
        return [_region(row) for row in self.connection.execute(found)]

    def current_region(self, photo_id: str, role: RegionRole = RegionRole.TREATED) -> RegionRecord | None:
        """The newest region of a role drawn on a photo; None where there is none, or it was taken back."""
        self.photo(photo_id)
        found = self.current_drawing(photo_id, role)
        return None if found is None else self.region(found.id)

    def current_drawing(self, photo_id: str, role: RegionRole = RegionRole.TREATED) -> Drawing | None:
        """What identifies :meth:`current_region`, without unpacking its mask."""
        table = schema.regions
        mine = sa.and_(table.c.photo_id == photo_id, table.c.role == role)
        newest = sa.select(table.c.id, table.c.digest, table.c.created).where(mine)
        row = self.connection.execute(newest.order_by(table.c.sequence.desc()).limit(1)).first()
        return None if row is None or row.digest == NOTHING else Drawing(row.id, row.digest, row.created)

    def save_analysis(self, draft: AnalysisRecord, analysis: Analysis | None) -> AnalysisRecord:
        """The analysis as stored; one of the same identity that failed is replaced, any other is kept as it is."""
        if (found := self.find_analysis(draft)) is not None:
            if found.status is not found.status.FAILED:
                return found
            self.connection.execute(sa.delete(schema.artefacts).where(schema.artefacts.c.analysis_id == found.id))
            self.connection.execute(sa.delete(schema.analyses).where(schema.analyses.c.id == found.id))
        values = {name: getattr(draft, name) for name in (*_IDENTITY, *_PLAIN)}
        values["changes"] = [serial.change_to_json(change) for change in draft.changes]
        values["flags"] = [serial.flag_to_json(flag) for flag in draft.flags]
        analysis_id = self.add(schema.analyses, values, parent="baseline_photo_id")
        if analysis is not None:
            row = {"analysis_id": analysis_id, "data": serial.artefact_to_bytes(analysis)}
            self.connection.execute(sa.insert(schema.artefacts).values(row))
        return self.analysis(analysis_id)

    def find_analysis(self, wanted: AnalysisRecord) -> AnalysisRecord | None:
        """The stored analysis with the same identity."""
        table = schema.analyses
        same = [table.c[name] == getattr(wanted, name) for name in _IDENTITY]
        row = self.connection.execute(sa.select(table).where(*same)).first()
        return None if row is None else _analysis(row)

    def find_analyses(self, wanted: Sequence[AnalysisRecord]) -> list[AnalysisRecord | None]:
        """The stored analysis with the identity of each, in one question for 500 of them."""
        table = schema.analyses
        found: dict[tuple[str, ...], AnalysisRecord] = {}
        for start in range(0, len(wanted), MOST_ASKED):
            some = wanted[start : start + MOST_ASKED]
            near = table.c.followup_photo_id.in_({one.followup_photo_id for one in some})
            same = table.c.version.in_({one.version for one in some})
            rows = self.connection.execute(
                sa.select(table.c.id, *(table.c[name] for name in _IDENTITY)).where(near, same)
            )
            ids = {tuple(row)[1:]: row.id for row in rows}
            known = [ids[_identity(one)] for one in some if _identity(one) in ids]
            for row in self.connection.execute(sa.select(table).where(table.c.id.in_(known))):
                record = _analysis(row)
                found[_identity(record)] = record
        return [found.get(_identity(one)) for one in wanted]

    def analysis(self, analysis_id: str) -> AnalysisRecord:
        """One analysis."""
        return _analysis(self.one(schema.analyses, analysis_id, "Analysis"))

    def analyses_of(self, series_id: str) -> list[AnalysisRecord]:
        """All analyses whose follow-up photo belongs to a series, in the order they were made."""
        table, photos = schema.analyses, schema.photos
        found = (
            sa.select(table)
            .join(photos, photos.c.id == table.c.followup_photo_id)
            .join(schema.sessions, schema.sessions.c.id == photos.c.session_id)
            .where(schema.sessions.c.series_id == series_id)
            .order_by(table.c.created, table.c.sequence)
        )
        return [_analysis(row) for row in self.connection.execute(found)]

    def full_analysis(self, record: AnalysisRecord) -> Analysis | None:
        """The analysis with alignment and regions; None where it failed."""
        table = schema.artefacts
        data = self.connection.execute(sa.select(table.c.data).where(table.c.analysis_id == record.id)).scalar()
        if data is None:
            if record.status is record.status.FAILED:
                return None
            raise NotFound("Analysis: expected its alignment in the store, found none; compare the photos again.")
        fields = {
            name: getattr(record, name)
            for name in ("baseline_sha256", "followup_sha256", "version", "changes", "flags")
        }
        return serial.analysis_from(fields, data)


MOST_ASKED = 500
"""Ids in one question: SQLite takes 32766."""
_IDENTITY = ("baseline_photo_id", "followup_photo_id", "region_digest", "version", "weights_hash", "kit_digest")
_PLAIN = ("baseline_sha256", "followup_sha256", "status", "reason", "retake")


def _identity(record: AnalysisRecord) -> tuple[str, ...]:
    return tuple(getattr(record, name) for name in _IDENTITY)


def _flags(stored: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(serial.flag_from_json(flag) for flag in stored)


def _photo(row: sa.Row[Any]) -> PhotoRecord:
    return PhotoRecord(
        row.id,
        row.session_id,
        row.view,
        row.moment,
        row.sha256,
        row.name,
        (row.width, row.height),
        row.captured_at,
        row.camera,
        _flags(row.flags),
        row.created,
    )


def _region(row: sa.Row[Any]) -> RegionRecord:
    polygon = None if row.polygon is None else frozen(np.array(row.polygon, float).reshape(-1, 2))
    region = serial.region_from_bytes(row.mask)
    drawn = RegionRecord(row.id, row.photo_id, region, polygon, row.author, row.created, row.digest, row.role)
    return replace(drawn, origin=row.origin, proposer=row.proposer, source_id=row.source_id)


def _analysis(row: sa.Row[Any]) -> AnalysisRecord:
    return AnalysisRecord(
        id=row.id,
        **{name: getattr(row, name) for name in (*_IDENTITY, *_PLAIN)},
        changes=tuple(serial.change_from_json(change) for change in row.changes),
        flags=_flags(row.flags),
        created=row.created,
    )
