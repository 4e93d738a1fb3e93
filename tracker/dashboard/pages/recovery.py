import streamlit as st

from tracker.clinic.workflow import review
from tracker.clinic.workflow.recovery import recoveries
from tracker.dashboard import recovery, state, widgets
from tracker.dashboard.context import PAGES, series_of_page
from tracker.wording import t

st.title(t("Recovery"))
patient, series = series_of_page()
clinic = state.clinic()
found = recoveries(clinic, series.id)
if not found:
    widgets.empty(t("Not needled yet"), t("The days after the first treatment session are followed here."))
    st.page_link(PAGES / "timeline.py", label=t("Add a session"), icon=":material/calendar_month:")
    st.stop()
numbers = {one.number: one for one in reversed(found)}
picked = st.selectbox(
    t("Needling"),
    list(numbers),
    index=list(numbers).index(recovery.first_shown(found).number),
    format_func=lambda one: recovery.needling_words(numbers[one]),
    key=f"recovery_needling_{series.id}",
)
chosen = numbers[picked]
st.markdown(f"**{widgets.plain(recovery.today_words(chosen))}**")
if not any(photo.day is not None for photo in chosen.photos):
    widgets.empty(t("No photos of the days after this needling"), t(recovery.WANTED))
    st.page_link(PAGES / "upload.py", label=t("Add photos"), icon=":material/add_a_photo:")
    recovery.show_photos(chosen.photos)
    st.stop()
if review.suggested_pairs(clinic, series.id):
    with widgets.progress_bar(t("Measuring every session against the baseline")) as advance:
        review.measure_series(clinic, series.id, advance)
    chosen = next(one for one in recoveries(clinic, series.id) if one.number == picked)

if chosen.courses:
    recovery.show_findings(chosen)
else:
    hint = t("Redness is compared with a photo of the same view from before the needling; there is none.")
    widgets.empty(t("Nothing to compare these photos with"), hint)
if following := recovery.next_photo(chosen):
    st.caption(following)
if chosen.courses:
    places = dict(enumerate(chosen.courses))
    which = 0
    if len(places) > 1:
        which = st.selectbox(
            t("Region"), list(places), format_func=lambda one: recovery.course_words(places[one]), key="recovery_region"
        )
    recovery.show_course(places[which])
st.subheader(t("Photos of these days"), anchor=False)
recovery.show_photos(chosen.photos)
