"""Who is signed in, the way out, and a watch on the time: a tab that is left open shows nothing for long."""

from pathlib import Path

import streamlit as st

from tracker.wording import t

_HERE = Path(__file__).parent
_WATCH = st.components.v2.component(
    "sign_in_watch",
    html=(_HERE / "watch.html").read_text("utf-8"),
    css=(_HERE / "watch.css").read_text("utf-8"),
    js=(_HERE / "watch.js").read_text("utf-8"),
)
EVERY_S = 15
WARNED_S = 120
"""WCAG 2.2.1 asks for at least 20 s to answer a warning before the time is over."""


def watch(name: str, *, key: str = "watch") -> None:
    """A line with the person's name and the way out, which warns before the sign-in ends and leaves when it has ended.

    Parameters
    ----------
    name : str
        Of who is signed in.
    key : str
        Of this component on the page.
    """
    data = {
        "name": name,
        "every": EVERY_S,
        "warned": WARNED_S,
        "words": {
            "out": t("Sign out"),
            "stay": t("Stay signed in"),
            "soon": t(
                "You will be signed out in 2 minutes, because nothing was done for a while. What is not saved is lost."
            ),
        },
    }
    _WATCH(key=key, data=data, on_stay_change=lambda: None)  # the run of the page itself puts the end off
