import streamlit as st

from tracker.dashboard import people, state
from tracker.wording import t

st.title(t("Accounts"))
clinic = state.clinic()
people.link_box()
with st.expander(t("Add an account"), icon=":material/person_add:"):
    people.add_form(clinic)
people.account_list(clinic, state.me().user.id)
