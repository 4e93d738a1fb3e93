"""Consents on the page: how each purpose stands, what giving or withdrawing does, and what was given away already."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from tracker.clinic.types import Purpose
from tracker.clinic.types.own import ConsentRecord, ConsentStanding, ConsentState
from tracker.clinic.types.review import ExportRecord
from tracker.clinic.workflow import consents
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state, widgets
from tracker.errors import TrackerError
from tracker.wording import capital, mark, n, t, titled, when

STANDING_WORDS = {
    ConsentStanding.GIVEN: mark("given"),
    ConsentStanding.EXPIRED: mark("expired"),
    ConsentStanding.WITHDRAWN: mark("withdrawn"),
    ConsentStanding.NONE: mark("nothing on record"),
}
_GIVING = {
    Purpose.TREATMENT: mark("Your clinic may take photos of the treated skin and measure them, for your record alone."),
    Purpose.OWN_COPY: mark("Your clinic may give you pictures that show before and after beside each other."),
    Purpose.TEACHING: mark("Your clinic may show pictures of your skin to other professionals to teach them."),
    Purpose.MARKETING: mark("Your clinic may show pictures of your skin in public, on its website too."),
    Purpose.RESEARCH: mark("Your clinic may use pictures of your skin and their measurements for research."),
}
_WITHDRAWING = {
    True: mark("From this moment no further picture leaves the clinic for this purpose."),
    False: mark("From this moment no new photo of you can be stored. Photos that are stored stay in your record."),
}


def own_consents(clinic: Clinic, patient_id: str) -> None:
    """Every purpose of the patient of this page, with a button that gives or withdraws it."""
    for one in consents.consents_of(clinic, patient_id):
        with st.container(key=f"consent_{one.purpose.name.casefold()}"):
            state_card(one)
            if told := state.told_once(one.purpose.name):  # beside the button: the top of the page is out of sight
                st.success(told)
            _own_choice(clinic, patient_id, one)


def state_card(one: ConsentState) -> None:
    """One purpose: its name, what it means, how it stands and since when."""
    line = t(STANDING_WORDS[one.standing])
    if one.newest is not None:
        line = t("{state} on {day}", state=line, day=when(one.newest.created.astimezone().date()))
        if one.newest.expires is not None and one.newest.given:
            until = when(one.newest.expires)
            line = t("given, expired after {day}" if not one.holds else "{state}, until {day}", state=line, day=until)
    kind = "given" if one.holds else "open"
    st.html(
        f'<section class="spt-own spt-consent {kind}"><h3>{escape(titled(one.purpose))}</h3>'
        f"<p>{escape(t(_GIVING[one.purpose]))}</p><p><b>{escape(capital(line))}</b></p></section>"
    )


def _own_choice(clinic: Clinic, patient_id: str, one: ConsentState) -> None:
    name = one.purpose.name
    if st.session_state.get(state.CONSENT_ASKED) == name:
        _confirm(clinic, patient_id, one)
        return
    label = t("Withdraw: {purpose}" if one.holds else "Give consent: {purpose}", purpose=t(one.purpose))
    if st.button(label, key=f"ask_{name}", width="stretch"):
        st.session_state[state.CONSENT_ASKED] = name
        st.rerun()


def _confirm(clinic: Clinic, patient_id: str, one: ConsentState) -> None:
    name = one.purpose.name
    if one.holds:
        st.warning(t(_WITHDRAWING[one.purpose.exported]))
        exports_made(one.exports)
    else:
        st.info(t("You can withdraw this at any time, here. Your treatment does not depend on it."))
    with st.container(horizontal=True):
        words = t("Yes, withdraw" if one.holds else "Yes, I consent")
        done = st.button(words, key=f"confirm_{name}", type="primary")
        left = st.button(t("Leave it as it is"), key=f"leave_{name}")
    if done and one.holds:
        made = consents.withdraw(clinic, patient_id, one.purpose).exports
        told = t("No picture had left the clinic before.")
        if made:
            told = n(
                "{count} picture had left the clinic before.", "{count} pictures had left the clinic before.", len(made)
            )
        state.tell_once(f"{t('Withdrawn.')} {told}" if one.purpose.exported else t("Withdrawn."), name)
    elif done:
        consents.give(clinic, patient_id, one.purpose)
        state.tell_once(t("Consent given."), name)
    if done or left:
        st.session_state.pop(state.CONSENT_ASKED, None)
        st.rerun()


def exports_made(made: Sequence[ExportRecord]) -> None:
    """What left the clinic under a consent: it cannot be called back, so it is named before somebody withdraws."""
    if not made:
        st.caption(t("No picture has left the clinic for this purpose so far."))
        return
    told = n(
        "{count} picture has left the clinic for this purpose; it cannot be called back:",
        "{count} pictures have left the clinic for this purpose; they cannot be called back:",
        len(made),
    )
    items = "".join(
        f"<li>{escape(when(one.created.astimezone().date()))}, {escape(one.kind.upper())}</li>" for one in made
    )
    st.html(f'<section class="spt-own"><p>{escape(told)}</p><ul>{items}</ul></section>')


def record_form(clinic: Clinic, patient_id: str) -> None:
    """The clinic's form for what a patient signed or said at the desk."""
    purposes = list(Purpose)
    with st.form("record_consent", clear_on_submit=False):
        purpose = st.selectbox(t("Purpose"), purposes, format_func=titled)
        given = st.radio(
            t("The patient"),
            [True, False],
            format_func=lambda one: t("gives consent" if one else "withdraws or refuses it"),
            horizontal=True,
        )
        how = st.text_input(t("How"), placeholder=t("signed form of 4 Apr 2026"), max_chars=200)
        expires = st.date_input(
            t("Until (optional)"),
            None,
            min_value=date.today(),
            format=t("YYYY-MM-DD"),
            help=t("The last day it holds."),
        )
        saved = st.form_submit_button(t("Record this"), type="primary")
    if not saved:
        return
    try:
        if given:
            consents.give(clinic, patient_id, purpose, how, expires)
        else:
            consents.withdraw(clinic, patient_id, purpose, how)
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return
    state.tell_once(t("Recorded."))
    st.rerun()


def history(one: ConsentState) -> None:
    """Everything ever said about a purpose, folded."""
    widgets.history(t("History"), [_line(record) for record in one.history])


def _line(record: ConsentRecord) -> str:
    word = t("given" if record.given else "withdrawn or refused")
    how = t(record.how) if record.by_patient else record.how
    return f"{when(record.created.astimezone().date())}: {word}, {how}"
