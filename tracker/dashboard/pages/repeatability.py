from datetime import date

import streamlit as st

from tracker.clinic.workflow import kits, repeatability, review
from tracker.dashboard import repeats, state, widgets
from tracker.wording import t

st.title(t("Repeatability"))
clinic = state.clinic()
stored, choice = kits.list_kits(clinic), kits.clinic_choice(clinic)

if stored:
    known = {kit.id: kit for kit in stored}
    options = [kits.AUTOMATIC, *known, kits.DEFAULTS]
    picked = st.selectbox(
        t("Judge comparisons by"),
        options,
        index=options.index(choice),
        format_func=lambda one: repeats.choice_words(one, known),
        key=f"kit_choice_{len(options)}",
        help=t("Comparisons are made again when they are next looked at."),
    )
    if picked != choice:
        kits.choose_kit(clinic, picked)
        st.rerun()
    doubts = [kits.kit_doubts(kit, date.today()) for kit in stored]
    widgets.kit_cards(stored, kits.in_use(stored, choice), doubts)
    if others := kits.cameras_without_kit(clinic):
        cameras = widgets.plain(", ".join(others))
        st.warning(t("Judged by the defaults, for no kit in use is of their camera: {cameras}.", cameras=cameras))
    with st.expander(t("What a kit can see")):
        names = {kit.name: kit for kit in stored}
        shown = st.selectbox(t("Kit"), list(names), key="kit_shown") if len(names) > 1 else stored[0].name
        widgets.kit_findings(names[shown].components)
elif repeats.measured() is None:
    widgets.empty(t("No kit measured yet"), t(repeats.NO_KIT))

found = repeats.measured()
if found is not None:
    st.subheader(t("Measured just now"), anchor=False)
    told = t("{subjects} subjects, {photos} photos.", subjects=found.subjects, photos=found.photos)
    st.markdown(f"{told} {widgets.plain(found.remark)}")
    if found.refused:
        told = t(
            "{count} of {pairs} pairs were refused: {why}",
            count=len(found.refused),
            pairs=found.pairs,
            why=found.refused[0],
        )
        st.warning(widgets.plain(told))
    widgets.kit_findings(found.components)
    labels = widgets.kit_inputs("new_kit", found.camera)
    save, drop = st.columns(2)
    if save.button(t("Store this kit"), type="primary", key="store_kit", disabled=not labels.name, width="stretch"):
        repeatability.store_kit(clinic, found, labels)
        repeats.keep_measured(None)
        st.rerun()
    if drop.button(t("Discard it"), key="discard_kit", width="stretch"):
        repeats.keep_measured(None)
        st.rerun()
    st.stop()

st.subheader(t("Measure a kit"), anchor=False)
widgets.protocol()
site = repeats.gather()
photos = repeats.gathered()
if photos:
    widgets.gathered_table(repeats.counted(photos))
    missing = repeats.enough(photos)
    st.caption((missing and widgets.plain(missing)) or t("Enough to measure; more subjects narrow the limits."))
    go, again = st.columns(2)
    if go.button(t("Measure this kit"), type="primary", key="measure_kit", disabled=bool(missing), width="stretch"):
        with widgets.progress_bar(t("Comparing the photos of each subject")) as advance:
            repeats.keep_measured(repeatability.measure_kit(repeats.at_site(photos, site), advance, review.WORKERS))
        st.rerun()
    if again.button(t("Start over"), key="forget_repeats", width="stretch"):
        repeats.forget_photos()
        st.rerun()
st.caption(t("These photos are not stored: they leave the memory when the kit is measured or this page is closed."))
