"""Forms of the own account: password, second factor, language, other browsers."""

import streamlit as st

from tracker.clinic.passwords import SHORTEST
from tracker.clinic.types import Role, User
from tracker.clinic.workflow import own_account
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.own_account import Factor
from tracker.dashboard import state
from tracker.dashboard.people import attempt
from tracker.errors import InvalidInput
from tracker.wording import LANGUAGES, t

QUIET = 4
"""Light modules round a QR code that the standard (ISO/IEC 18004) asks for."""


def reading(clinic: Clinic, user: User) -> None:
    """Language, and for patients words in place of figures."""
    codes = list(LANGUAGES)
    at = codes.index(user.language) if user.language in codes else 0
    chosen = st.selectbox(t("Language"), codes, at, key="own_language", format_func=lambda code: LANGUAGES[code])
    if chosen != user.language and attempt(lambda: own_account.set_language(clinic, chosen)):
        st.session_state[state.LANGUAGE] = chosen
        st.rerun()
    if Role.PATIENT in user.roles:
        hidden = st.toggle(t("Hide numbers: tell me changes in words only"), user.hide_numbers, key="own_hide_numbers")
        if hidden != user.hide_numbers and attempt(lambda: own_account.set_hide_numbers(clinic, hidden)):
            st.rerun()


def password(clinic: Clinic, user: User) -> None:
    """Another password, for somebody who knows the one that holds."""
    if not user.has_password:
        st.caption(t("This account has no password: an administrator can give you a link that sets one."))
        return
    turn = st.session_state.get(state.PASSWORD_ROUND, 0)
    old = st.text_input(t("Password now"), type="password", key=f"old_{turn}", autocomplete="current-password")
    new = st.text_input(
        t("New password"),
        type="password",
        key=f"new_{turn}",
        autocomplete="new-password",
        help=t(
            "At least {shortest} characters. Four or five words that do not belong together are easy to remember.",
            shortest=SHORTEST,
        ),
    )
    again = st.text_input(t("The same once more"), type="password", key=f"again_{turn}", autocomplete="new-password")

    def change() -> None:
        if new != again:
            raise InvalidInput(t("The two passwords differ. Type the same one twice."))
        own_account.change_password(clinic, old, new)

    if st.button(t("Change the password"), key="change_password") and attempt(change):
        _told(t("Your password is changed. Every other browser is signed out."))


def factor(clinic: Clinic, user: User) -> None:
    """Setting up a second factor, or taking it away."""
    if user.has_totp:
        _removal(clinic)
        return
    st.write(t("A code from an app on your telephone, asked for at every sign-in: a stolen password opens nothing."))
    made: Factor | None = st.session_state.get(state.FACTOR)
    if made is None:
        if st.button(t("Set up a second factor"), key="start_factor"):
            attempt(lambda: st.session_state.update({state.FACTOR: own_account.start_totp(clinic)}))
            if state.FACTOR in st.session_state:
                st.rerun()
        return
    st.write(t("Read this square with an authenticator app."))
    st.html(square(made.uri, t("Square code for an authenticator app")))
    st.write(t("Or type this key into the app:"))
    st.code(made.typed, language=None)
    code = st.text_input(t("The six digits that the app shows then"), key="factor_code", autocomplete="one-time-code")
    with st.container(horizontal=True):
        confirmed = st.button(t("Switch it on"), type="primary", key="confirm_factor")
        if st.button(t("Cancel"), key="cancel_factor"):
            st.session_state.pop(state.FACTOR)
            st.rerun()
    if confirmed and attempt(lambda: own_account.confirm_totp(clinic, made.secret, code)):
        st.session_state.pop(state.FACTOR)
        _told(t("The second factor is on. Every other browser is signed out."))


def _removal(clinic: Clinic) -> None:
    st.write(t("It is on: every sign-in asks for a code."))
    turn = st.session_state.get(state.PASSWORD_ROUND, 0)
    word = st.text_input(t("Password now"), type="password", key=f"remove_{turn}", autocomplete="current-password")
    if st.button(t("Remove the second factor"), key="remove_factor") and attempt(
        lambda: own_account.remove_totp(clinic, word)
    ):
        _told(t("The second factor is off."))


def elsewhere(clinic: Clinic) -> None:
    """The way to end what is still open in other browsers."""
    st.write(t("You left a computer or telephone without signing out? This browser stays signed in."))
    if st.button(t("Sign out everywhere else"), key="end_others") and attempt(
        lambda: own_account.end_other_sign_ins(clinic)
    ):
        _told(t("Every other browser is signed out."))


def told() -> None:
    """What was done by the run before, once."""
    words = st.session_state.pop(state.ACCOUNT_DONE, None)
    if words is not None:
        st.success(words)


def square(text: str, alt: str) -> str:
    """A QR code as a drawing inside the page, dark on light: no file of it exists anywhere."""
    from base64 import b64encode
    from html import escape

    from reportlab.graphics.barcode.qr import QrCodeWidget

    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    side = code.getModuleCount() + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(code.modules) for x, on in enumerate(row) if on
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{dark}"/></svg>'
    )
    # Streamlit strips drawings out of its HTML, but not out of a picture's address.
    address = f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
    return f'<img class="spt-square" src="{address}" width="220" height="220" alt="{escape(alt)}">'


def _told(words: str) -> None:
    """Say something on the next run, whose fields are empty again: nobody's password stays on a page."""
    st.session_state[state.ACCOUNT_DONE] = words
    st.session_state[state.PASSWORD_ROUND] = st.session_state.get(state.PASSWORD_ROUND, 0) + 1
    st.rerun()
