import streamlit as st

from tracker.clinic.workflow import intake, rating, review
from tracker.clinic.workflow.progress import progress
from tracker.clinic.workflow.telling import deciding as deciding_measure
from tracker.dashboard import courses, results, state, widgets
from tracker.dashboard.context import PAGES, remembered_choice, series_of_page
from tracker.exports import charts
from tracker.exports.table import metric_words, region_words
from tracker.wording import capital, t

st.title(t("Progress"))
patient, series = series_of_page()
clinic = state.clinic()
if not review.suggested_pairs(clinic, series.id):
    hint = t("Progress needs photos of the same view from at least two sessions.")
    widgets.empty(t("Nothing to compare yet"), hint)
    st.page_link(PAGES / "upload.py", label=t("Add photos"), icon=":material/add_a_photo:")
    st.stop()

with widgets.progress_bar(t("Measuring every session against the baseline")) as advance:
    compared = review.measure_series(clinic, series.id, advance)
table = progress(clinic, series.id)
views = list(dict.fromkeys(table["view"]))
if len(views) > 1:
    chosen = remembered_choice(t("View"), views, state.VIEW, {one: t(one) for one in views})
    table = table[table["view"] == chosen]

answers = courses.answers_of(compared, series)
refused, table = results.refused_sessions(table), results.spread(table)
metric = deciding_measure(series)
found = results.charted(table, metric)
deciding = [one for one in found if one[0] == metric]
if deciding:
    st.caption(courses.latest_words(table, metric))
    latest = [courses.latest(table, answers, *one) for one in deciding]
    widgets.verdict_cards([change for change in latest if change is not None], first_is_large=True)
    lines = courses.outcome_words(table, metric, series.plan, intake.list_sessions(clinic, series.id))
    widgets.cards([*courses.trend_words(table, deciding), *lines])
    opinions = courses.opinions_of(rating.ratings(clinic, series.id))
    widgets.cards([courses.opinion_words(opinions, latest[0], metric)])
else:
    st.caption(t("{measure}, which decides in this series, was not measured.", measure=metric_words(metric)))
for line in refused:
    st.warning(widgets.plain(line))
for name, region in deciding:
    if len(deciding) > 1:
        st.markdown(f"**{capital(region_words(region))}**")
    courses.show(table, name, region, opinions)
if found:
    st.caption(t(charts.KEY))

others = [one for one in found if one[0] != metric]
if others:
    st.subheader(t("Other measures"), anchor=False)
for name, region in others:
    courses.other(table, answers, name, region)
results.not_measured()
