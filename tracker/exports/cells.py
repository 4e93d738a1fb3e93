"""The one place where a table leaves as CSV: nothing that a person typed is taken for a formula by a spreadsheet."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, CSV injection); a line break
because some skip it and look at what follows."""


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it; blanks before the sign do not hide it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS) else text


def cell(value: object) -> object:
    """A value as it stands in a CSV file: numbers as numbers to four decimals, nothing for NaN and None, text safe."""
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return "" if math.isnan(value) else round(value, 4)
    return safe(str(value))


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file for spreadsheets: UTF-8 with a byte order mark, every cell through :func:`cell`, heads included."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with every text safe, numbers and dates as they are; for files that other programs read."""
    return table.map(_safe_text)


def _safe_text(value: object) -> object:
    return safe(value) if isinstance(value, str) else value
