import streamlit as st

from tracker.clinic.workflow import review
from tracker.clinic.workflow.progress import progress
from tracker.dashboard import results, state, widgets
from tracker.dashboard.context import remembered_choice, series_of_page
from tracker.exports import charts
from tracker.exports.table import metric_words, region_words

FIRST = 3  # charts in sight; the others are folded

st.title("Progress")
patient, series = series_of_page()
clinic = state.clinic()
if not review.suggested_pairs(clinic, series.id):
    widgets.empty("Nothing to compare yet", "Progress needs photos of the same view from at least two sessions.")
    st.page_link("pages/upload.py", label="Add photos", icon=":material/add_a_photo:")
    st.stop()

with widgets.progress_bar("Measuring every session against the baseline") as advance:
    review.measure_series(clinic, series.id, advance)
table = progress(clinic, series.id)
views = list(dict.fromkeys(table["view"]))
if len(views) > 1:
    chosen = remembered_choice("View", views, state.VIEW)
    table = table[table["view"] == chosen]

pairs = results.charted(table, series.plan.primary_metric)
for index, (metric, region) in enumerate(pairs):
    holder = st.container() if index < FIRST else st.expander(f"{metric_words(metric)} ({region_words(region)})")
    with holder:
        if index < FIRST:
            st.subheader(f"{metric_words(metric)} ({region_words(region)})", anchor=False)
        st.altair_chart(charts.progress(table, metric, region), width="stretch", theme=None)
st.caption(charts.KEY)
