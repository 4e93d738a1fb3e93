import streamlit as st

from tracker.clinic.workflow.own import journey
from tracker.clinic.workflow.releasing import Released
from tracker.dashboard import own, own_cards, state, widgets
from tracker.wording import t

st.title(t("My progress"))
clinic, patient_id = own.of_page()
mine = journey(clinic, patient_id)
if mine.released == Released():
    hint = t("Once your clinic releases photos or measurements, they stand here.")
    widgets.empty(t("Your clinic has not released photos yet"), hint)
own.before_and_after(mine)
own.other_photos(mine)
if mine.released.changes:
    st.subheader(t("What was measured"), anchor=False)
    own.changes(mine, hide_numbers=state.me().user.hide_numbers)
    with st.expander(t("What is measurement noise?")):
        st.write(
            t(
                "Two photos taken one after the other never give exactly the same number. That difference is the "
                "noise. Only what is larger than the noise is called a change."
            )
        )
if mine.series:
    st.subheader(t("My visits"), anchor=False)
    for one in mine.series:
        own_cards.visits(one)
