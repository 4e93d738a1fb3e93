"""What patients say themselves: consents, the diary, aftercare as they read it, and how content they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tracker.clinic.types.review import ExportRecord
from tracker.clinic.types.vocabulary import Gais, Purpose
from tracker.errors import InvalidInput
from tracker.wording import mark, t

OWN_HAND = mark("in the patient's own view of this program")
"""How a consent was given or withdrawn where the patient did it; everything else is told by the clinic."""
MOST_LEVEL = 3
MOST_WORDS = 2_000
"""Characters of a diary entry or a rating: a page."""
LAST_DAY = 365
"""A rule of aftercare ends within a year, or never."""


class Reaction(StrEnum):
    """What a patient can see or feel after needling; each has a level from 0 (none) to 3 (strong)."""

    REDNESS = "redness"
    SWELLING = "swelling"
    SORENESS = "soreness"
    FLAKING = "flaking"


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One word on one purpose; the newest counts.

    Parameters
    ----------
    id, patient_id : str
        Random ids.
    purpose : Purpose
        For what.
    given : bool
        False: withdrawn or refused.
    expires : date or None
        The last day on which it holds.
    how : str
        :data:`OWN_HAND`, or what the clinic has in hand: ``"signed form of 4 Apr 2026"``.
    author_id : str
        Account that recorded it; empty for the operator.
    created : datetime
        UTC.
    """

    id: str
    patient_id: str
    purpose: Purpose
    given: bool
    expires: date | None
    how: str
    author_id: str
    created: datetime

    @property
    def by_patient(self) -> bool:
        """Whether the patient did it, and not the clinic for the patient."""
        return self.how == OWN_HAND


class ConsentStanding(StrEnum):
    """What the newest word on a purpose means today."""

    GIVEN = "given"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NONE = "nothing on record"


@dataclass(frozen=True, slots=True)
class ConsentState:
    """One purpose: how it stands, everything ever said about it, oldest first, and what left the clinic under it."""

    purpose: Purpose
    standing: ConsentStanding
    history: tuple[ConsentRecord, ...]
    exports: tuple[ExportRecord, ...]

    @property
    def newest(self) -> ConsentRecord | None:
        """The word that counts; None for nothing on record."""
        return self.history[-1] if self.history else None

    @property
    def holds(self) -> bool:
        """Whether it is given and has not expired."""
        return self.standing is ConsentStanding.GIVEN


def standing_of(newest: ConsentRecord | None, today: date) -> ConsentStanding:
    """What the newest word on a purpose means on a day."""
    if newest is None:
        return ConsentStanding.NONE
    if not newest.given:
        return ConsentStanding.WITHDRAWN
    return ConsentStanding.EXPIRED if newest.expires is not None and newest.expires < today else ConsentStanding.GIVEN


@dataclass(frozen=True, slots=True)
class DiaryDraft:
    """What a patient writes down on a day.

    Parameters
    ----------
    day : date
        Which day it is about.
    levels : mapping of Reaction to int
        0 to 3 each.
    words : str
        Free text, may be empty.
    photo : bytes or None
        A photo from home, kept unaltered; never compared with anything.
    photo_name : str
        Its name on the patient's device; for the patient alone.
    """

    day: date
    levels: Mapping[Reaction, int]
    words: str = ""
    photo: bytes | None = field(default=None, repr=False)
    photo_name: str = ""

    def __post_init__(self) -> None:
        wrong = [level for level in self.levels.values() if level not in range(MOST_LEVEL + 1)]
        if wrong:
            raise InvalidInput(f"Level: expected 0 to {MOST_LEVEL}, found {wrong[0]}; choose one of the four words.")
        check_words(self.words)


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """An entry as stored; ``photo_sha256`` is empty where there is no photo."""

    id: str
    patient_id: str
    day: date
    levels: Mapping[Reaction, int]
    words: str
    photo_sha256: str
    photo_name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """How content a patient is with one series, in the patient's own opinion."""

    id: str
    series_id: str
    day: date
    gais: Gais
    words: str
    created: datetime


@dataclass(frozen=True, slots=True)
class AftercareRule:
    """What to do or to avoid from one day after needling to another.

    Parameters
    ----------
    from_day, to_day : int
        Whole days since the needling, both inclusive; ``to_day`` None for every day from then on.
    do, avoid : str
        One of them may be empty.
    """

    from_day: int
    to_day: int | None
    do: str = ""
    avoid: str = ""

    def __post_init__(self) -> None:
        last = LAST_DAY if self.to_day is None else self.to_day
        if not 0 <= self.from_day <= last <= LAST_DAY:
            raise InvalidInput(
                f"Days of a rule: expected 0 to {LAST_DAY}, the first not after the last, found {self.from_day} to "
                f"{self.to_day}; correct them."
            )
        if not (self.do.strip() or self.avoid.strip()):
            raise InvalidInput("Rule: expected something to do or to avoid, found neither; write it or remove the row.")

    def holds_on(self, day: int) -> bool:
        """Whether it holds that many days after needling."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Aftercare:
    """The clinic's text: rules by day, and what patients should call about."""

    rules: tuple[AftercareRule, ...]
    call: tuple[str, ...]

    def on_day(self, day: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What to do and what to avoid that many days after needling."""
        today = [rule for rule in self.rules if rule.holds_on(day)]
        return tuple(rule.do for rule in today if rule.do), tuple(rule.avoid for rule in today if rule.avoid)


def check_words(words: str) -> str:
    """The text without what no store can hold; raises InvalidInput where it is too long."""
    if len(words) > MOST_WORDS:
        raise InvalidInput(
            t("Text: expected at most {most} characters, found {found}; shorten it.", most=MOST_WORDS, found=len(words))
        )
    return words.replace("\0", "").strip()
