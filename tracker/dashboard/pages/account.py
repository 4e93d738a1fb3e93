import streamlit as st

from tracker.dashboard import own_forms, state, widgets
from tracker.wording import t

clinic, user = state.clinic(), state.me().user
st.title(t("My account"))
roles = ", ".join(sorted(t(str(role)) for role in user.roles))
st.caption(f"{widgets.plain(user.login)} · {widgets.plain(roles)}")
own_forms.told()
own_forms.reading(clinic, user)
if user.demo:
    st.info(t("This is a demo account, which everybody uses: password and second factor stay."))
    st.stop()
st.subheader(t("Password"), anchor=False)
own_forms.password(clinic, user)
st.subheader(t("Second factor"), anchor=False)
own_forms.factor(clinic, user)
st.subheader(t("Other browsers"), anchor=False)
own_forms.elsewhere(clinic)
