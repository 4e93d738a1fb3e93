import streamlit as st

from tracker.clinic.workflow import review
from tracker.clinic.workflow.progress import progress
from tracker.dashboard import results, state, widgets
from tracker.dashboard.context import PAGES, remembered_choice, series_of_page
from tracker.exports import charts
from tracker.exports.table import VERDICT_WORDS, metric_words, region_words

st.title("Progress")
patient, series = series_of_page()
clinic = state.clinic()
if not review.suggested_pairs(clinic, series.id):
    widgets.empty("Nothing to compare yet", "Progress needs photos of the same view from at least two sessions.")
    st.page_link(PAGES / "upload.py", label="Add photos", icon=":material/add_a_photo:")
    st.stop()

with widgets.progress_bar("Measuring every session against the baseline") as advance:
    compared = review.measure_series(clinic, series.id, advance)
table = progress(clinic, series.id)
views = list(dict.fromkeys(table["view"]))
if len(views) > 1:
    chosen = remembered_choice("View", views, state.VIEW)
    table = table[table["view"] == chosen]

st.caption("The last session that counts, against the baseline:")
others = []
for metric, region in results.charted(table, series.plan.primary_metric):
    change = results.latest(table, compared, metric, region)
    if metric != series.plan.primary_metric:
        others.append((metric, region, change))
        continue
    if change is not None:
        widgets.verdict_cards([change], first_is_large=True)
    results.chart(table, metric, region)
st.caption(charts.KEY)

if others:
    st.subheader("Other measures", anchor=False)
for metric, region, change in others:
    verdict = VERDICT_WORDS[change.verdict].lower() if change is not None else "no number"
    with st.expander(f"{metric_words(metric)} ({region_words(region)}): {verdict}".replace("*", r"\*")):
        if change is not None:
            widgets.verdict_cards([change])
        results.chart(table, metric, region)
