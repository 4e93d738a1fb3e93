"""The page of one patient's intake: who it is, the checklist with its history, and the way into the portal."""

from collections.abc import Sequence

import streamlit as st

from tracker.clinic.types import Candidacy, Patient, Reply
from tracker.clinic.types.candidacy import question_words
from tracker.clinic.workflow import accounts, candidacy, intake
from tracker.clinic.workflow.settings import get_settings
from tracker.dashboard import state, widgets
from tracker.errors import InvalidInput
from tracker.wording import capital, t, when

_SAVED = "checklist_saved"  # told once, on the run after the one that saved


def details(patient: Patient) -> None:
    """Name, birth date and skin type, to be corrected."""
    with st.expander(t("Name, birth date, skin type"), icon=":material/badge:"):
        found = widgets.patient_inputs(f"details_{patient.id}", patient)
        known = (patient.name, patient.birth_date, patient.fitzpatrick)
        same = (found.name, found.birth_date, found.fitzpatrick) == known
        if st.button(t("Save"), key="save_details", disabled=same):
            intake.change_patient(state.clinic(), patient.id, found.name, found.birth_date, found.fitzpatrick)
            st.rerun()


def flags(newest: Candidacy | None) -> None:
    """What the clinician should see before anything else."""
    if st.session_state.pop(_SAVED, False):
        st.success(t("The checklist was written down."))
    if newest is None:
        widgets.empty(t("Not asked yet"), t("Go through the checklist with the patient and save it."))
        return
    words = newest.flags
    title = t("Checklist of {day}", day=when(newest.created.astimezone().date()))
    lines = [widgets.Note(line, "", "") for line in words]
    widgets.notes(title, lines, t("Every question was answered with no."))


def ask(patient: Patient, newest: Candidacy | None) -> None:
    """The checklist; it begins with the answers of last time."""
    months = get_settings(state.clinic()).isotretinoin_months
    turn = newest.id if newest else "first"
    with st.form(f"checklist_{patient.id}_{turn}"):
        st.caption(t("Answers are recorded and flagged. Whether to treat is the clinician's decision alone."))
        known = newest.answers if newest else ()
        answers, note = widgets.candidacy_inputs(
            f"asked_{patient.id}_{turn}", months, known, newest.note if newest else ""
        )
        if st.form_submit_button(t("Save the checklist"), type="primary", key="save_checklist"):
            candidacy.save_candidacy(state.clinic(), patient.id, answers, note)
            st.session_state[_SAVED] = True
            st.rerun()


def history(kept: Sequence[Candidacy]) -> None:
    """Every checklist that was filled, the newest first."""
    if len(kept) < 2:
        return
    with st.expander(t("Earlier answers ({count})", count=len(kept) - 1)):
        for one in kept[1:]:
            st.markdown(f"**{widgets.plain(when(one.created.astimezone().date()))}**")
            st.text("\n".join(_answers(one)))


def invite(patient: Patient) -> None:
    """The patient's own account: whether there is one, and a one-time link to set its password."""
    clinic = state.clinic()
    with st.expander(t("The patient's own access"), icon=":material/key:"):
        account = accounts.account_of_patient(clinic, patient.id)
        if account is None:
            st.caption(t("With an account the patient sees what you release, keeps a diary and gives consents."))
            login = st.text_input(t("Name to sign in with"), key=f"login_{patient.id}", max_chars=100)
            if st.button(t("Invite"), key="invite_patient", disabled=not login.strip()):
                try:
                    _keep_link(accounts.invite_patient(clinic, patient.id, login)[1])
                except InvalidInput as error:
                    st.error(widgets.plain(str(error)))
                    return
                st.rerun()
        else:
            st.markdown(t("Signs in as {login}.", login=f"**{widgets.plain(account.login)}**"))
            if account.disabled is None and st.button(t("Make a new link"), key="new_link"):
                _keep_link(accounts.new_link_for_patient(clinic, patient.id))
                st.rerun()
        if link := st.session_state.pop(state.INVITATION, ""):
            st.success(t("Give this link to the patient. It works once, and is shown only now."))
            st.code(link, language=None, wrap_lines=True)


def _keep_link(token: str) -> None:
    place = st.context.url or ""
    root = "/".join(place.split("/")[:3])
    st.session_state[state.INVITATION] = f"{root}/setup/{token}"


def _answers(one: Candidacy) -> list[str]:
    lines = [
        f"{capital(question_words(answer.question, one.months))}: {t(str(answer.reply))}"
        + (f" ({answer.note})" if answer.note else "")
        for answer in one.answers
        if answer.reply is not Reply.NO or answer.note
    ]
    lines = lines or [t("Every question was answered with no.")]
    return [*lines, one.note] if one.note else lines
