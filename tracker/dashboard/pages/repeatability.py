from datetime import date

import streamlit as st

from tracker.clinic.workflow import kits, repeatability, review
from tracker.dashboard import repeats, state, widgets

HOW = {kits.AUTOMATIC: "Automatic: the newest kit of the photos' camera", kits.DEFAULTS: "The defaults of the program"}

st.title("Repeatability")
clinic = state.clinic()
stored, choice = kits.list_kits(clinic), kits.clinic_choice(clinic)

if stored:
    known = {kit.id: kit for kit in stored}
    options = [kits.AUTOMATIC, *known, kits.DEFAULTS]
    picked = st.selectbox(
        "Judge comparisons by",
        options,
        index=options.index(choice),
        format_func=lambda one: HOW.get(one) or f"Kit: {known[one].name}",
        key=f"kit_choice_{len(options)}",
        help="Comparisons are made again when they are next looked at.",
    )
    if picked != choice:
        kits.choose_kit(clinic, picked)
        st.rerun()
    doubts = [kits.kit_doubts(kit, date.today()) for kit in stored]
    widgets.kit_cards(stored, kits.in_use(stored, choice), doubts)
    if others := kits.cameras_without_kit(clinic):
        st.warning(f"Judged by the defaults, for no kit in use is of their camera: {widgets.plain(', '.join(others))}.")
    with st.expander("What a kit can see"):
        names = {kit.name: kit for kit in stored}
        shown = st.selectbox("Kit", list(names), key="kit_shown") if len(names) > 1 else stored[0].name
        widgets.kit_findings(names[shown].components)
elif repeats.measured() is None:
    widgets.empty(
        "No kit measured yet",
        "Verdicts use the noise that ships with the program. Measure that of this room, camera, lamp and card below: "
        "it says how small a change you can see here.",
    )

found = repeats.measured()
if found is not None:
    st.subheader("Measured just now", anchor=False)
    st.markdown(f"{found.subjects} subjects, {found.photos} photos. {widgets.plain(found.remark)}")
    if found.refused:
        st.warning(widgets.plain(f"{len(found.refused)} of {found.pairs} pairs were refused: {found.refused[0]}"))
    widgets.kit_findings(found.components)
    labels = widgets.kit_inputs("new_kit", found.camera)
    save, drop = st.columns(2)
    if save.button("Store this kit", type="primary", key="store_kit", disabled=not labels.name, width="stretch"):
        repeatability.store_kit(clinic, found, labels)
        repeats.keep_measured(None)
        st.rerun()
    if drop.button("Discard it", key="discard_kit", width="stretch"):
        repeats.keep_measured(None)
        st.rerun()
    st.stop()

st.subheader("Measure a kit", anchor=False)
widgets.protocol()
site = repeats.gather()
photos = repeats.gathered()
if photos:
    widgets.gathered_table(repeats.counted(photos))
    missing = repeats.enough(photos)
    st.caption((missing and widgets.plain(missing)) or "Enough to measure; more subjects narrow the limits.")
    go, again = st.columns(2)
    if go.button("Measure", type="primary", key="measure_kit", disabled=bool(missing), width="stretch"):
        with widgets.progress_bar("Comparing the photos of each subject") as advance:
            repeats.keep_measured(repeatability.measure_kit(repeats.at_site(photos, site), advance, review.WORKERS))
        st.rerun()
    if again.button("Start over", key="forget_repeats", width="stretch"):
        repeats.forget_photos()
        st.rerun()
st.caption("These photos are not stored: they leave the memory when the kit is measured or this page is closed.")
