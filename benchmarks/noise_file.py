"""Writes the noise that ships (tracker/imaging/change/noise_defaults.toml) out of what the sections found."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tracker.imaging import change

PATH = Path(__file__).resolve().parents[1] / "tracker" / "imaging" / "change" / "noise_defaults.toml"
Entry = tuple[str, str, str, float, int, str]  # metric, region kind, colour, SEM, degrees of freedom, what


def write_noise(sections: Sequence[tuple[Sequence[Entry], str]], date: str, path: Path = PATH) -> None:
    """Replace the file; a measure that no section answers for keeps what it had.

    Parameters
    ----------
    sections : sequence of (entries, commit)
        What each section found, and at which commit.
    date : str
        Of the run.
    path : Path
        The file that ships.
    """
    found = combined([[(*e[:5], f"{e[5]} ({date}, commit {commit})") for e in entries] for entries, commit in sections])
    answered = {(metric, colour) for metric, _, colour, *_ in found}
    found += [entry for entry in shipped(path) if (entry[0], entry[2]) not in answered]
    sources = list(dict.fromkeys(entry[5] for entry in found))
    lines = [
        "# Repeat noise until a clinic has repeats of its own; by `python benchmarks/accuracy.py --write-noise`.",
        "# SEM in the unit of the measure; of the natural logarithm for measures that are judged as ratios.",
        'name = "defaults"', "",
    ]  # fmt: skip
    for number, what in enumerate(sources, 1):
        lines += [f"[source.s{number}]", f'what = "{what}"', ""]
    for metric, kind, colour, sem, df, what in found:
        lines += ["[[noise]]", f'metric = "{metric}"', f'kind = "{kind}"', f'colour = "{colour}"', f"sem = {sem:.4g}",
                  f"df = {df}", f'source = "s{sources.index(what) + 1}"', ""]  # fmt: skip
    path.write_text("\n".join(lines), "utf-8")
    change.default_noise.cache_clear()
    change.load_noise(path)  # the file must be one that the program takes


def combined(sections: Sequence[Sequence[Entry]]) -> list[Entry]:
    """One entry per measure, kind and colour: the largest that any section answers, by its kind or by ``any``.

    Rendered skin with the card knows no pulse and no warmth, living skin without card has no lamp changed: where both
    answer for the same measure, the larger holds.
    """
    keys = dict.fromkeys(entry[:3] for entries in sections for entry in entries)
    out = []
    for metric, kind, colour in keys:
        answers = [answer for entries in sections if (answer := _answer(entries, metric, kind, colour)) is not None]
        sem, df, what = max(answers, key=lambda a: a[0])
        out.append((metric, kind, colour, sem, df, what))
    return sorted(out, key=lambda e: (e[2], e[0], e[1]))


def _answer(entries: Sequence[Entry], metric: str, kind: str, colour: str) -> tuple[float, int, str] | None:
    mine = {entry[1]: entry[3:] for entry in entries if (entry[0], entry[2]) == (metric, colour)}
    return mine.get(kind, mine.get(change.ANY))


def shipped(path: Path) -> list[Entry]:
    """The entries of the file as it is."""
    if not path.is_file():
        return []
    held = tomllib.loads(path.read_text("utf-8"))
    return [
        (e["metric"], e["kind"], e["colour"], float(e["sem"]), int(e["df"]), held["source"][e["source"]]["what"])
        for e in held.get("noise", ())
    ]
