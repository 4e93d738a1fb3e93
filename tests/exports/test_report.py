"""The report in words, in CSV and on paper: honest with few patients, nothing but pseudonyms, every page readable."""

import csv
import io
import math
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tracker.exports import cohort
from tracker.exports.report import (
    COURSE_COLUMNS,
    IS_NOT,
    PATIENT_COLUMNS,
    OutcomeReport,
    figures,
    headline,
    patients_table,
    report_csv,
)
from tracker.exports.report_pdf import report_pdf
from tracker.imaging.change.mixed import Pooled

NAN = math.nan
NOTHING = Pooled(NAN, (NAN, NAN), 3, 9, "none", ("3 patients: fewer than 5 are too few to say.",))


def made(n: int, metric: str = "redness", unit: str = "H", **other) -> OutcomeReport:
    """A report on n patients, the last of whom has no number."""
    rng = np.random.default_rng(n)
    rows = []
    for number in range(n):
        change = -5 + 2 * float(rng.normal())
        row = (f"P-{number:03d}", "final outcome measured", "3 of 3", "final outcome (90 days)", 5.3, change)
        rows.append((*row, change - 2.5, change + 2.5, 2.5, "changed", 0.8 * change, change < -2.5, "improved"))
    gone = ("P-gone", "dropped out: treatments not completed", "1 of 3", "", *[NAN] * 5, "", NAN, None, "")
    patients = pd.DataFrame([*rows, gone], columns=list(PATIENT_COLUMNS))
    course = [(row[0], month, row[5] * month / 5.3) for row in rows for month in (0.0, 1.2, 5.3)]
    report = OutcomeReport(
        metric=metric,
        unit=unit,
        protocol=(("Indication", "redness"), ("Device", "pen"), ("Needle depth", "1.5 mm"), ("Interval", "any")),
        at="final outcome (90 days)",
        made=date(2026, 3, 1),
        version="2",
        patients=patients,
        course=pd.DataFrame(course, columns=list(COURSE_COLUMNS)),
        counts=(("final outcome measured", n), ("dropped out: treatments not completed", 1), ("under way", 0)),
        withheld=(4, 60),
        pooled=Pooled(-5.0, (-6.1, -3.9), n, n, "bootstrap"),
        monthly=Pooled(-0.9, (-1.1, -0.7), n, 3 * n, "mixed"),
        responders=(n - 2, n),
    )
    return replace(report, **other)


def test_the_answer_comes_with_its_interval_and_its_n():
    text = headline(made(12))
    assert "Mean change of 12 patients at the final outcome (90 days): −5.0" in text
    assert "−6.1 to −3.9" in text
    assert "contains 0" in headline(made(12, pooled=Pooled(-1.0, (-2.5, 0.5), 12, 12, "")))


def test_few_patients_get_no_mean():
    few = made(3, pooled=NOTHING, monthly=NOTHING)
    assert headline(few).startswith("Too few to say: 3 patients of this protocol have a number")
    assert "1 patient of this protocol has a number" in headline(made(1, pooled=NOTHING))
    assert [words for label, words in figures(few) if "Mean" in label] == ["too few to say"] * 2


def test_dropouts_and_withheld_comparisons_stand_among_the_figures():
    found = dict(figures(made(12)))
    assert found["Comparisons withheld"] == "4 of 60"
    assert found["Dropped out: treatments not completed"] == "1"
    assert found["Patients of this protocol"] == "13"
    assert found["Dropped out, for either reason"] == "1 of 13"
    undirected = figures(made(12, responders=None))
    assert not [label for label, _ in undirected if "better" in label]


def test_the_share_of_responders_never_stands_without_its_interval():
    label = "Changed for the better beyond the noise of the measurement"
    hard = "95\u00a0%"
    assert dict(figures(made(12)))[label] == (f"10 of 12 patients, 83\u00a0% ({hard} interval 55\u00a0% to {hard})")
    assert dict(figures(made(12, responders=(0, 0))))[label] == "0 of 0 patients"
    row = next(csv.DictReader(io.StringIO(report_csv(made(12)).decode("utf-8-sig"))))
    found = [float(row[f"group_responder_rate{end}"]) for end in ("", "_low", "_high")]
    assert found == pytest.approx([10 / 12, 0.552, 0.953], abs=1e-3)
    assert (row["group_patients"], row["group_dropped_out"], row["group_withheld"]) == ("13", "1", "4")


def test_what_patients_say_themselves_is_counted_beside_the_measure():
    nobody = dict(figures(made(6)))
    assert nobody["Patients' own rating (GAIS)"] == "nobody has given one yet"
    told = dict(figures(made(6, satisfaction=(("much improved", 3), ("no change", 1), ("worse", 0)))))
    assert told["Patients' own rating (GAIS), newest of each"] == "4 of 7"
    assert told["Patients who say: much improved"] == "3 of 4"
    assert told["Patients who say: worse"] == "0 of 4"


def test_who_has_no_number_has_dashes():
    table = patients_table(made(6))
    gone = table[table["Patient"] == "P-gone"].iloc[0]
    assert (gone["Change"], gone["95 % interval"], gone["Seen from"], gone["Verdict"]) == ("–", "–", "–", "–")
    assert not table.isin(["nan", "None"]).any().any()


def test_csv_has_one_row_per_patient_and_no_formulas():
    report = made(6)
    patients = report.patients.assign(patient=["=1+1", "+cmd", "@x", "-y", "P-5", "P-6", "P-7"])
    rows = list(csv.DictReader(io.StringIO(report_csv(replace(report, patients=patients)).decode("utf-8-sig"))))
    assert len(rows) == 7
    assert [row["patient"] for row in rows[:4]] == ["'=1+1", "'+cmd", "'@x", "'-y"]
    assert float(rows[0]["change"]) == pytest.approx(report.patients["change"][0], abs=1e-4)
    assert rows[-1]["change"] == ""
    assert (rows[0]["selected_indication"], rows[0]["selected_needle_depth"]) == ("redness", "1.5 mm")
    assert list(patients_table(replace(report, patients=patients))["Patient"][:2]) == ["'=1+1", "'+cmd"]


@pytest.mark.parametrize("n", [1, 12, 70])
def test_charts_draw_every_patient_once(n):
    report = made(n)
    spec = cohort.patients_chart(report).to_dict()
    names = [name for name, rows in spec["datasets"].items() if rows and "shrunken" in rows[0]]
    assert {len(spec["datasets"][name]) for name in names} == {n}
    assert "P-gone" not in str(spec)
    assert cohort.course_chart(report).to_dict()


def test_the_key_names_only_what_is_drawn():
    few = made(3, pooled=NOTHING, monthly=NOTHING)
    few = replace(few, patients=few.patients.assign(shrunken=NAN))
    assert "Ring" in cohort.patients_key(made(12))
    assert "Grey band" in cohort.patients_key(made(12))
    assert "Thick line" in cohort.course_key(made(12))
    for text in (cohort.patients_key(few), cohort.course_key(few)):
        assert not any(word in text for word in ("Ring", "band", "Thick"))


def test_the_course_of_a_ratio_measure_compounds_and_never_falls_below_nothing():
    ratio = made(8, "roughness", "%", monthly=Pooled(-30.0, (-40.0, -20.0), 8, 24, "mixed"))
    lines = [rows for rows in cohort.course_chart(ratio).to_dict()["datasets"].values() if "middle" in rows[0]]
    last = lines[0][-1]
    assert last["middle"] == pytest.approx(100 * (0.7**5.3 - 1))
    assert -100 < last["low"] < last["middle"] < last["high"] < 0
    straight = [rows for rows in cohort.course_chart(made(8)).to_dict()["datasets"].values() if "middle" in rows[0]]
    assert straight[0][-1]["middle"] == pytest.approx(-0.9 * 5.3)


def pages(report, folder):
    """The PDF's pages as grey pictures, and its text."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    (folder / "report.pdf").write_bytes(report_pdf(report))
    subprocess.run(["pdftoppm", "-r", "50", "-png", "report.pdf", "page"], cwd=folder, check=True, timeout=60)
    text = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=folder, check=True, timeout=60, capture_output=True, text=True
    ).stdout
    return [np.asarray(Image.open(file).convert("L")) for file in sorted(folder.glob("page*.png"))], text


def test_the_pdf_has_the_answer_the_charts_every_patient_and_what_it_is_not(tmp_path):
    shown, text = pages(made(12), tmp_path)
    assert len(shown) == 2
    assert all((page < 128).mean() > 0.003 for page in shown), "a page is empty"
    words = " ".join(text.split())
    assert "Mean change of 12 patients" in words
    assert all(f"P-{number:03d}" in words for number in range(12))
    assert "no proof that the treatment was the cause" in words
    assert "10 of 12 patients, 83 % (95 % interval 55 % to 95 %)" in words.replace("\u00a0", " ")
    assert IS_NOT.split(":")[0] in words
    assert "Page 1" in words


@pytest.mark.slow
def test_the_pdf_of_a_large_clinic_and_of_nobody(tmp_path):
    (tmp_path / "many").mkdir()
    shown, text = pages(made(70), tmp_path / "many")
    assert len(shown) >= 3
    assert "P-069" in text
    nobody = made(0, pooled=NOTHING, monthly=NOTHING, responders=(0, 0))
    (tmp_path / "none").mkdir()
    shown, text = pages(nobody, tmp_path / "none")
    assert len(shown) == 1
    assert "Too few to say: 0 patients" in " ".join(text.split())


def test_the_same_report_gives_the_same_bytes_and_remarks_cannot_draw():
    report = made(0, pooled=NOTHING, monthly=NOTHING, responders=(0, 0), remarks=("<b>5 < 6 & 7</b>",))
    assert report_pdf(report) == report_pdf(report)
