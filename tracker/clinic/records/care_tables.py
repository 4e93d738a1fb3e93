"""Tables of what surrounds the photos: candidacy, bookings, comments, grades, releases, consents, diary.

Nothing here is overwritten: the newest row counts, and a row that no longer counts says since when.
"""

import sqlalchemy as sa

from tracker.clinic.records.columns import (
    ID,
    SHA256,
    UtcTime,
    created,
    identity,
    metadata,
    parent,
    sequence,
    text,
    words_of,
)
from tracker.clinic.types import BookingState, Gais, Purpose, SessionKind
from tracker.imaging.types import Metric


def _author() -> sa.Column[str]:
    return sa.Column("author_id", sa.String(32), nullable=False)  # empty: the operator of the computer


candidacies = sa.Table(
    "candidacies",
    metadata,
    identity(),
    parent("patient_id", "patients"),
    sequence(),
    sa.Column("answers", sa.JSON, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    _author(),
    created(),
    sa.UniqueConstraint("patient_id", "sequence"),
)
bookings = sa.Table(
    "bookings",
    metadata,
    identity(),
    parent("series_id", "series"),
    sequence(),
    sa.Column("day", sa.Date, nullable=False, index=True),
    text("time", 5),  # "14:30", or empty
    sa.Column("kind", words_of(SessionKind), nullable=False),
    sa.Column("state", words_of(BookingState), nullable=False),
    _author(),
    created(),
    sa.UniqueConstraint("series_id", "sequence"),
)
comments = sa.Table(
    "comments",
    metadata,
    identity(),
    parent("series_id", "series"),
    sequence(),
    sa.Column("photo_id", ID, sa.ForeignKey("photos.id"), index=True),
    sa.Column("text", sa.Text, nullable=False),
    _author(),
    text("author", 200),
    created(),
    sa.Column("withdrawn", UtcTime),
    sa.UniqueConstraint("series_id", "sequence"),
)
gradings = sa.Table(
    "gradings",  # by a rater who did not know which photo came first
    metadata,
    identity(),
    parent("series_id", "series"),
    sequence(),
    parent("baseline_photo_id", "photos"),
    parent("followup_photo_id", "photos"),
    text("scale", 20),
    sa.Column("later_shown_left", sa.Boolean, nullable=False),
    sa.Column("grades", sa.JSON, nullable=False),
    _author(),
    text("author", 200),
    created(),
    sa.UniqueConstraint("series_id", "sequence"),
)
releases = sa.Table(
    "releases",  # a photo, or one number of one comparison
    metadata,
    identity(),
    parent("patient_id", "patients"),
    sequence(),
    sa.Column("photo_id", ID, sa.ForeignKey("photos.id"), index=True),
    sa.Column("analysis_id", ID, sa.ForeignKey("analyses.id"), index=True),
    sa.Column("metric", words_of(Metric)),
    text("region", 80),
    sa.Column("change", sa.JSON(none_as_null=True)),  # the number as it was told when it was released
    _author(),
    created(),
    sa.Column("withdrawn", UtcTime),
    text("withdrawn_by", 32),
    sa.UniqueConstraint("patient_id", "sequence"),
)
consents = sa.Table(
    "consents",  # the newest row of a purpose counts
    metadata,
    identity(),
    parent("patient_id", "patients"),
    sequence(),
    sa.Column("purpose", words_of(Purpose), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("expires", sa.Date),
    text("how", 200),
    _author(),
    created(),
    sa.UniqueConstraint("patient_id", "sequence"),
)
exports = sa.Table(
    "exports",
    metadata,
    identity(),
    parent("patient_id", "patients"),
    sequence(),
    sa.Column("purpose", words_of(Purpose), nullable=False),
    sa.Column("consent_id", ID, sa.ForeignKey("consents.id"), nullable=False),
    sa.Column("analysis_id", ID, nullable=False),
    text("kind", 20),
    sa.Column("sha256", SHA256, nullable=False),
    _author(),
    created(),
    sa.UniqueConstraint("patient_id", "sequence"),
)
ratings = sa.Table(
    "ratings",  # the patient's own
    metadata,
    identity(),
    parent("series_id", "series"),
    sequence(),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("gais", words_of(Gais), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    _author(),
    created(),
    sa.UniqueConstraint("series_id", "sequence"),
)
diary = sa.Table(
    "diary",
    metadata,
    identity(),
    parent("patient_id", "patients"),
    sequence(),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("levels", sa.JSON, nullable=False),  # {"redness": 0..3, ...}
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("photo_sha256", SHA256, index=True),
    text("photo_name", 255),
    _author(),
    created(),
    sa.UniqueConstraint("patient_id", "sequence"),
)
