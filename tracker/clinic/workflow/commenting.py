"""Remarks of clinicians on a series or one of its photos; one that is taken back stays on record."""

from tracker.clinic.access import Action
from tracker.clinic.types import Actor, Kind, Role
from tracker.clinic.types.review import Comment
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.guard import guarded
from tracker.errors import InvalidInput

MOST = 4000
"""Characters: two pages; keeps a pasted file out of the record."""


@guarded(Action.WRITE_RECORD, series_id=Kind.SERIES, photo_id=Kind.PHOTO)
def add_comment(clinic: Clinic, series_id: str, text: str, photo_id: str = "") -> Comment:
    """The stored comment, in the name of who acts.

    Parameters
    ----------
    clinic : Clinic
        Where, and who.
    series_id : str
        What it is about.
    text : str
        One or more lines.
    photo_id : str
        One photo of the series, where it is about that.

    Raises
    ------
    NotFound
        No such series or photo.
    InvalidInput
        Nothing was written, too much, or the photo is of another series.
    """
    words = "\n".join(_printable(line) for line in text.splitlines()).strip()
    if not 1 <= len(words) <= MOST:
        raise InvalidInput(f"Comment: expected 1 to {MOST} characters, found {len(words)}; write it, or shorten it.")
    with clinic.store.write() as records:
        if photo_id and records.session(records.photo(photo_id).session_id).series_id != series_id:
            raise InvalidInput(
                "Comment: expected a photo of this series, found one of another; open the series of the photo."
            )
        return records.add_comment(series_id, words, (clinic.actor.user_id, clinic.actor.name), photo_id)


@guarded(Action.SEE_RECORD, series_id=Kind.SERIES)
def list_comments(clinic: Clinic, series_id: str) -> list[Comment]:
    """All comments of a series, withdrawn ones too, oldest first."""
    with clinic.store.read() as records:
        return records.comments_of(series_id)


@guarded(Action.WRITE_RECORD, comment_id=Kind.COMMENT)
def withdraw_comment(clinic: Clinic, comment_id: str) -> Comment:
    """The comment, which no longer counts and stays on record.

    Raises
    ------
    NotFound
        No such comment.
    InvalidInput
        Somebody else wrote it.
    """
    with clinic.store.write() as records:
        comment = records.comment(comment_id)
        if not may_withdraw(clinic.actor, comment):
            raise InvalidInput(
                f"Comment: expected one of your own, found one by {comment.author or 'somebody else'}; answer it with "
                "another comment."
            )
        return records.withdraw_comment(comment_id)


def may_withdraw(actor: Actor, comment: Comment) -> bool:
    """Whether this person wrote this comment: nobody takes back the words of another."""
    return actor.has(Role.OPERATOR) or actor.user_id == comment.author_id


def _printable(line: str) -> str:
    return "".join(sign for sign in line.replace("\t", " ") if sign.isprintable()).rstrip()
