import streamlit as st

from tracker.clinic.types.review import Scale
from tracker.clinic.workflow import blinded
from tracker.dashboard import grading, state, widgets
from tracker.dashboard.context import PAGES
from tracker.wording import t

st.title(t("Blinded review"))
clinic = state.clinic()
answer = st.session_state.get(state.BLINDED_ANSWER)
if answer is not None:
    grading.told(answer)
    grading.so_far(answer.so_far)
    if st.button(t("Next pair"), type="primary", key="next_pair"):
        st.session_state.pop(state.BLINDED_ANSWER)
        st.rerun()
    st.stop()

opened = grading.open_pair(clinic)
if opened is None:
    hint = t("Compare the photos of more visits; pairs whose skin is still healing are not graded.")
    widgets.empty(t("No pair is left for you to grade"), hint)
    st.page_link(PAGES / "compare.py", label=t("Compare photos"), icon=":material/compare:")
    grading.so_far(blinded.own_agreement(clinic))
    st.stop()

token, pair = opened
st.caption(
    t(
        "Two photos of one patient, A and B by lot. Look at: {what}. What the program measured is told after "
        "your grade.",
        what=t(pair.indication),
    )
)
grading.show(token)
if pair.scale is Scale.GOODMAN_BARON:
    st.caption(t("Grade each photo by itself (Goodman and Baron)."))
said = grading.grade(token, pair.scale)
if st.button(t("Save the grade"), type="primary", key="save_grade", disabled=said is None) and said is not None:
    grading.save(clinic, token, pair, said)
grading.so_far(blinded.own_agreement(clinic))
