"""The administrator's page of accounts: who may come in, as what, and a link that lets somebody set a password."""

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from tracker.clinic.types import Role, User
from tracker.clinic.workflow import accounts
from tracker.clinic.workflow.clinic import Clinic
from tracker.dashboard import state, widgets
from tracker.errors import TrackerError
from tracker.wording import n, t, titled, when

SHOWN = 50
"""Accounts at one time: a clinic searches beyond that."""
ROLES = (Role.CLINICIAN, Role.STAFF, Role.ADMIN, Role.PATIENT)


def attempt(action: Callable[[], object]) -> bool:
    """Whether it was done; a mistake becomes a sentence where the button is, and the page stays whole."""
    try:
        action()
    except TrackerError as error:
        st.error(widgets.plain(str(error)))
        return False
    return True


def link_box(of: str = "") -> None:
    """The link that was just made for an account, or for a new one, until it is put away; nothing where there is none.

    Parameters
    ----------
    of : str
        Id of the account; empty for one that was just added.
    """
    made = st.session_state.get(state.NEW_LINK)
    if made is None or made[2] != of:
        return
    login, token, _ = made
    with st.container(border=True, key="new_link"):
        st.markdown(t("**One-time link for {login}**", login=widgets.plain(login)))
        st.code(f"{_address()}/setup/{token}", language=None, wrap_lines=True)
        st.caption(
            t(
                "It sets a password, works once within 48 hours, and cannot be shown again. Hand it over in person, or "
                "in a message that only this person reads."
            )
        )
        if st.button(t("I have passed it on"), key="link_done"):
            st.session_state.pop(state.NEW_LINK)
            st.rerun()


def keep_link(login: str, token: str, of: str = "") -> None:
    """Show a link on the next run: where its account stands, or above all where that was just added."""
    st.session_state[state.NEW_LINK] = (login, token, of)


def add_form(clinic: Clinic) -> None:
    """Fields of a new account."""
    turn = st.session_state.get(state.ACCOUNTS_ROUND, 0)
    left, right = st.columns(2)
    login = left.text_input(t("Login"), key=f"account_login_{turn}", max_chars=100, autocomplete="off")
    name = right.text_input(t("Name (optional)"), key=f"account_name_{turn}", max_chars=200, autocomplete="off")
    roles = st.multiselect(t("Roles"), ROLES, key=f"account_roles_{turn}", format_func=titled, placeholder=t("choose"))
    code = ""
    if Role.PATIENT in roles:
        code = st.text_input(t("Code of the patient"), key=f"account_code_{turn}", placeholder="P-001", max_chars=40)
        st.caption(t("The account of a patient shows the code, never a name. Its login should not be a name either."))

    def add() -> None:
        patient_id = accounts.patient_id_of(clinic, code) if code.strip() else ""
        user, token = accounts.add_user(clinic, login, name, frozenset(roles), patient_id)
        keep_link(user.login, token)

    if st.button(t("Add account"), type="primary", key="add_account") and attempt(add):
        st.session_state[state.ACCOUNTS_ROUND] = turn + 1
        st.rerun()


def account_list(clinic: Clinic, own_id: str) -> None:
    """All accounts, each with what can be done to it."""
    everybody = accounts.list_users(clinic)
    wanted = st.text_input(t("Search by login or name"), key="account_search").strip().casefold()
    found = [user for user in everybody if wanted in f"{user.login} {user.name} {user.role_words}".casefold()]
    if not found:
        widgets.empty(t("Nobody found"), t("No login or name contains these letters. Correct the search."))
    for user in found[:SHOWN]:
        _account(clinic, user, own=user.id == own_id)
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        st.caption(t("{count} more: type a part of the login or name to narrow the list.", count=more))
    st.caption(n("{count} account", "{count} accounts", len(everybody)))


def _account(clinic: Clinic, user: User, *, own: bool) -> None:
    roles = ", ".join(sorted(t(str(role)) for role in user.roles))
    name = t(user.name) if user.demo else user.name
    title = f"**{widgets.plain(user.login)}** {widgets.plain(name)}  \n{roles} · {_standing(user)}"
    with st.container(border=True, key=f"account_{user.id}"):
        words, more = st.columns([4, 1], vertical_alignment="center")
        words.markdown(title + (f" · {t('this is you')}" if own else ""))
        if more.toggle(t("Change"), key=f"change_{user.id}"):
            _changes(clinic, user)
            link_box(user.id)


def _standing(user: User) -> str:
    if user.disabled is not None:
        return t("disabled since {day}", day=when(user.disabled.astimezone().date()))
    if user.demo:
        return t("demo account")
    if user.has_provider:
        return t("signs in through the identity service")
    if not user.has_password:
        return t("has not set a password yet")
    return t("with a second factor") if user.has_totp else t("without a second factor")


def _changes(clinic: Clinic, user: User) -> None:
    if Role.PATIENT not in user.roles:
        kept = sorted(user.roles, key=ROLES.index)
        roles = st.multiselect(
            t("Roles"), ROLES[:3], kept, key=f"roles_{user.id}", format_func=titled, placeholder=t("choose")
        )
        if frozenset(roles) != user.roles and st.button(t("Save the roles"), key=f"save_roles_{user.id}"):
            _done(lambda: accounts.change_roles(clinic, user.id, frozenset(roles)))
    with st.container(horizontal=True):
        if user.disabled is not None:
            _act(t("Enable"), f"enable_{user.id}", lambda: accounts.enable_user(clinic, user.id))
            return
        _act(
            t("New link to set a password"),
            f"link_{user.id}",
            lambda: keep_link(user.login, accounts.new_link_for(clinic, user.id), user.id),
        )
        _act(t("End all its sign-ins"), f"end_{user.id}", lambda: accounts.end_sign_ins(clinic, user.id))
        if user.has_totp:
            words = t("Remove its second factor")
            _act(words, f"factor_{user.id}", lambda: accounts.drop_second_factor(clinic, user.id))
        _act(t("Disable"), f"disable_{user.id}", lambda: accounts.disable_user(clinic, user.id))


def _act(label: str, key: str, action: Callable[[], object]) -> None:
    if st.button(label, key=key):
        _done(action)


def _done(action: Callable[[], object]) -> None:
    if attempt(action):
        st.rerun()


def _address() -> str:
    """Of this server, as the browser knows it; empty where there is no browser."""
    found = urlsplit(st.context.url or "")
    return f"{found.scheme}://{found.netloc}" if found.netloc else ""
