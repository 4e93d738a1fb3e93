"""Copy the noise table of the README out of docs/accuracy.md, so that the two can never disagree.

Run after `python benchmarks/accuracy.py`; a test fails where the README was forgotten.
"""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"
REGIONS = ("forehead", "cheek_left", "cheek_right", "nose")
SECTION = "### Peers"


def tables(accuracy: str) -> tuple[dict[tuple[str, str], list[str]], dict[str, list[str]]]:
    """The two tables of the section: (way, region) to cells, and way to cells."""
    noise: dict[tuple[str, str], list[str]] = {}
    blood: dict[str, list[str]] = {}
    for line in accuracy.split(SECTION, 1)[1].split("\n#", 1)[0].splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 7 and cells[1] in REGIONS:
            noise[cells[0], cells[1]] = cells
        elif len(cells) == 4 and cells[1].isdigit():
            blood[cells[0]] = cells
    return noise, blood


def table(accuracy: str) -> str:
    """The README's table made of the rows of docs/accuracy.md."""
    noise, blood = tables(accuracy)
    regions = [name.replace("_", " ") for name in REGIONS]
    head = ["way of measuring", *regions, "false 'changed'", "painted blood found"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for way in dict.fromkeys(way for way, _ in noise):
        rows = [noise[way, region] for region in REGIONS if (way, region) in noise]
        figures = [f"{_first(noise[way, r][4])} %, {_first(noise[way, r][5])}" if (way, r) in noise else "-"
                   for r in REGIONS]  # fmt: skip
        false = [re.search(r"(\d+) of (\d+)", row[6]) for row in rows]
        wrong, judged = (sum(int(found[k]) for found in false if found) for k in (1, 2))
        found = _first(blood[way][3]) if way in blood and not _texture(way) else "-"
        lines.append(f"| {' | '.join([way, *figures, f'{wrong / judged:.1%}', found])} |")
    counts = [int(row[2]) for row in noise.values()]
    caption = (
        f"Two photos of each of {max(counts)} people ({min(counts)} where hair or other light withheld a number) taken "
        "minutes apart with another expression,\nno card, nothing treated (Face Research Lab London Set). Per region: "
        "the smallest change of one person that could have been\nseen (SDC, 95 %) in % of the mean, and the ICC; a "
        "small % with a small ICC is a number that hardly differs between people.\nThen how often nothing was called a "
        "change, each person judged by all others, and how often 6 to 11 H of blood painted\ninto a cheek was found.\n"
    )
    return caption + "\n" + "\n".join(lines) + "\n"


def _first(cell: str) -> str:
    return cell.split(" ")[0]


def _texture(way: str) -> bool:
    """Whether a way of measuring is one of texture, from which no blood is expected."""
    return any(word in way for word in ("GLCM", "LBP", "band contrast", "evenness"))


def updated(readme: str, accuracy: str) -> str:
    """The README with its table replaced."""
    block = f"{BEGIN}\n{table(accuracy)}{END}"
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, readme, flags=re.DOTALL)


if __name__ == "__main__":
    readme = PROJECT / "README.md"
    readme.write_text(updated(readme.read_text(), (PROJECT / "docs/accuracy.md").read_text()))
