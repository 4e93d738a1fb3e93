import streamlit as st

from tracker.clinic.workflow import photos, review
from tracker.dashboard import results, state, widgets
from tracker.dashboard.context import pair_of_page, series_of_page
from tracker.dashboard.plan import deciding, healing_note, relevant
from tracker.exports.table import metric_words

st.title("Compare")
_, series = series_of_page()
pair = pair_of_page(series)
clinic = state.clinic()

with st.spinner("Comparing the two photos"):
    compared = review.compare(clinic, pair.before.id, pair.after.id)
record = compared.record
aligned = compared.analysis is not None and compared.analysis.alignment is not None
metric, changes = deciding(series), relevant(record.changes, series)
primary, others = results.split(changes, metric)
if not record.changes:
    st.warning(widgets.plain(f"These two photos could not be compared. {record.reason} {record.retake}"))
elif not primary:
    st.caption(f"{metric_words(metric)} was not measured in this pair.")
early = [healing_note(*one, metric) for one in ((pair.earlier, pair.before.moment), (pair.later, pair.after.moment))]
if any(early):
    st.warning(" ".join(note for note in early if note) + " What follows is no outcome of the treatment.")
widgets.verdict_cards(primary, first_is_large=True)

labels = f"Before · {widgets.when(pair.earlier.date)}", f"After · {widgets.when(pair.later.date)}"
shown = results.layers(record.id, changes) if aligned else results.photos_only(pair.before.id, pair.after.id)
focus = results.focus(compared.analysis, pair.before.size)
widgets.viewer(shown, widgets.Labels(*labels), aligned=aligned, focus=focus, key="viewer")
if aligned:
    st.caption(
        "The later photo is turned and scaled to fit the first, for looking only. Numbers come from photos as taken."
    )

results.other_measures(others)
results.all_numbers(changes)
with st.expander("Treated area: draw or correct it"):
    st.caption(results.drawing_advice(metric))
    drawn = photos.current_region(clinic, pair.before.id)
    polygon = drawn.polygon if drawn else None
    address = f"/img/{pair.before.id}?w=1600"
    saved = widgets.outline_editor(address, pair.before.size, polygon, key=f"outline_{pair.before.id}")
    if saved is not None:
        photos.save_region(clinic, pair.before.id, saved)
        st.rerun()
if aligned:
    results.export_controls(record.id, series.plan.site)
