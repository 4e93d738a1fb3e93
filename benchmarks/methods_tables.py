"""Copy the accuracy table of each measure out of docs/accuracy.md into the pages of methods: the two never disagree.

A page asks for a table by its heading, and for the rows whose first cells begin with some words (all without them):

    <!-- accuracy: Noise of every measure | redness (H) -->
    <!-- end -->

Run after `python benchmarks/accuracy.py`; a test fails where a page was forgotten.
"""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ASKED = re.compile(r"<!-- accuracy: (?P<heading>[^|>]+?)(?: \| (?P<rows>[^>]+?))? -->\n.*?<!-- end -->", re.DOTALL)


def pages() -> list[Path]:
    """All pages of methods."""
    return [PROJECT / "docs" / "methods.md", *sorted((PROJECT / "docs" / "methods").glob("*.md"))]


def table(accuracy: str, heading: str, rows: str | None) -> str:
    """The first table under a heading of the accuracy report, with the rows that begin with one of ``rows`` (a; b)."""
    lines = accuracy.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("#") and heading in line), None)
    if start is None:
        raise ValueError(f"docs/accuracy.md: expected the heading {heading!r}, found none; measure that section.")
    first = next(i for i in range(start, len(lines)) if lines[i].startswith("|"))
    last = next(i for i in range(first, len(lines) + 1) if i == len(lines) or not lines[i].startswith("|"))
    head, body = lines[first : first + 2], lines[first + 2 : last]
    if rows:
        wanted = tuple(f"| {each.strip()}" for each in rows.split(";"))
        body = [line for line in body if line.startswith(wanted)]
        if not body:
            raise ValueError(f"docs/accuracy.md: expected rows {rows!r} under {heading!r}, found none; name others.")
    return "\n".join([*head, *body])


def updated(page: str, accuracy: str) -> str:
    """The page with each of its tables replaced."""

    def replaced(found: re.Match[str]) -> str:
        opening = found[0].split("\n", 1)[0]
        return f"{opening}\n{table(accuracy, found['heading'], found['rows'])}\n<!-- end -->"

    return ASKED.sub(replaced, page)


if __name__ == "__main__":
    report = (PROJECT / "docs/accuracy.md").read_text()
    for path in pages():
        path.write_text(updated(path.read_text(), report))
