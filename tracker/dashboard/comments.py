"""Comments on a series and its photos: reading, writing and taking back one's own."""

from html import escape

import streamlit as st

from tracker.clinic.types.review import Comment
from tracker.clinic.workflow import commenting
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import widgets
from tracker.dashboard.context import Pair
from tracker.errors import TrackerError
from tracker.wording import t

WRITTEN = "comment_written"
"""Counts what was stored, so that the field is empty afterwards."""


def comments(clinic: Clinic, series_id: str, pair: Pair) -> None:
    """The comments of a series, oldest first, and a field for another one."""
    found = commenting.list_comments(clinic, series_id)
    counting = [one for one in found if one.withdrawn is None]
    with st.expander(t("Comments"), expanded=bool(counting)):
        if not counting:
            st.caption(t("No comments yet. What is written here is for clinicians; the patient never sees it."))
        for one in counting:
            st.html(
                f'<div class="spt-comment"><p>{_lines(one.text)}</p><p class="spt-dim">{_signed(one, pair)}</p></div>'
            )
            if commenting.may_withdraw(clinic.actor, one) and st.button(
                t("Take this comment back"), key=f"withdraw_{one.id}", type="tertiary"
            ):
                commenting.withdraw_comment(clinic, one.id)
                st.rerun()
        _write(clinic, series_id, pair)
        gone = [one for one in found if one.withdrawn is not None]
        widgets.history(t("Taken back ({count})", count=len(gone)), [_once(one) for one in gone])


def _write(clinic: Clinic, series_id: str, pair: Pair) -> None:
    turn = int(st.session_state.get(WRITTEN, 0))
    about = {
        "": t("the whole series"),
        pair.before.id: t("the photo of {day}", day=widgets.when(pair.earlier.date)),
        pair.after.id: t("the photo of {day}", day=widgets.when(pair.later.date)),
    }
    text = st.text_area(t("New comment"), key=f"comment_text_{turn}", max_chars=commenting.MOST, height=90)
    photo_id = st.selectbox(
        t("About"), list(about), format_func=about.__getitem__, key=f"comment_about_{pair.before.id}_{pair.after.id}"
    )
    if st.button(t("Add the comment"), key="add_comment"):
        try:
            commenting.add_comment(clinic, series_id, text, photo_id)
        except TrackerError as error:
            st.error(widgets.plain(str(error)))
            return
        st.session_state[WRITTEN] = turn + 1
        st.rerun()


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _signed(one: Comment, pair: Pair) -> str:
    """Who wrote it, when, and about which photo, as HTML."""
    day, time = widgets.when(one.created.date()), f"{one.created:%H:%M}"
    who = one.author or t("the operator of this computer")
    words = [t("{author}, {day}, {time} UTC", author=who, day=day, time=time)]
    if one.photo_id:
        days = {pair.before.id: pair.earlier.date, pair.after.id: pair.later.date}
        shown = days.get(one.photo_id)
        words.append(
            t("about a photo of another session")
            if shown is None
            else t("about the photo of {day}", day=widgets.when(shown))
        )
    return escape(" · ".join(words))


def _once(one: Comment) -> str:
    return t(
        "{author}, {day}: {text}",
        author=one.author or t("the operator of this computer"),
        day=widgets.when(one.created.date()),
        text=one.text,
    )
