"""Copy the noise table of the README out of docs/accuracy.md, so that the two can never disagree.

Run after `python benchmarks/accuracy.py`; a test fails where the README was forgotten.
"""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"
REGIONS = ("forehead", "cheek_left", "cheek_right", "nose")
ROWS = {
    "**this program, redness** (H)": "redness (H)",
    "mean H of the same ellipse, by hand (H)": "mean H",
    "**this program, a\\*** (a\\*)": "redness_a_star (a*)",
    "mean a\\* of the same ellipse, by hand (a\\*)": "mean a*",
    "R - G on 8 bits, by hand (levels)": "R - G (8 bit)",
    "fixed HSV thresholds (% red pixels)": "HSV red pixels (%)",
}


def table(accuracy: str) -> str:
    """The README's table made of the rows of docs/accuracy.md."""
    found = {}
    for line in accuracy.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) >= 6 and (cells[0], cells[1]) not in found:
            found[cells[0], cells[1]] = cells
    head = ["way of measuring", *(f"{name.replace('_', ' ')}: SDC, ICC" for name in REGIONS)]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for words, measure in ROWS.items():
        cells = [found[measure, region] for region in REGIONS]
        figures = [f"{row[4].split(' ')[0]}, {row[5].split(' ')[0]}" for row in cells]
        lines.append(f"| {' | '.join([words, *figures])} |")
    people = found["redness (H)", "forehead"][2]
    caption = (
        f"Two photos of each of {people} people taken minutes apart with another expression, no card, nothing treated "
        "(Face Research Lab London Set).\nSDC is the smallest change of one person that could have been seen (95 %), "
        "in the unit of its row; ICC compares across units.\n"
    )
    return caption + "\n" + "\n".join(lines) + "\n"


def updated(readme: str, accuracy: str) -> str:
    """The README with its table replaced."""
    block = f"{BEGIN}\n{table(accuracy)}{END}"
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, readme, flags=re.DOTALL)


if __name__ == "__main__":
    readme = PROJECT / "README.md"
    readme.write_text(updated(readme.read_text(), (PROJECT / "docs/accuracy.md").read_text()))
