"""Writes the noise that ships (tracker/imaging/change/noise_defaults.toml) out of what the sections found."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tracker.imaging import change

PATH = Path(__file__).resolve().parents[1] / "tracker" / "imaging" / "change" / "noise_defaults.toml"
Entry = tuple[str, str, str, float, int, str]  # metric, region kind, colour, SEM, degrees of freedom, what
Answer = tuple[float, int, str]


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
    """One entry per measure, kind and colour: the largest that any section answers.

    Rendered skin with the card knows no pulse and no warmth, living skin without card has no lamp changed: where both
    answer for the same measure, the larger holds. A section answers as the program looks noise up: by the kind in that
    tone band, by the kind, by ``any`` in that band, by ``any``.
    """
    out: list[Entry] = []
    for metric, colour in dict.fromkeys((entry[0], entry[2]) for entries in sections for entry in entries):
        held = [{e[1]: e[3:] for e in entries if (e[0], e[2]) == (metric, colour)} for entries in sections]
        names = dict.fromkeys(_parts(name) for answers in held for name in answers)
        for kind in dict.fromkeys(kind for kind, _ in names):
            plain = _largest(held, kind, "")
            if plain is not None:
                out.append((metric, kind, colour, *plain))
            for tone in dict.fromkeys(tone for _, tone in names if tone):
                banded = _largest(held, kind, tone)
                if banded is not None and banded != plain:
                    out.append((metric, f"{kind} {tone}", colour, *banded))
    return sorted(out, key=lambda e: (e[2], e[0], e[1]))


def _parts(name: str) -> tuple[str, str]:
    """A kind of region, and the tone band behind it or nothing."""
    kind, _, tone = name.rpartition(" ")
    return (kind, tone) if kind and tone in change.TONE_BANDS else (name, "")


def _largest(held: Sequence[dict[str, Answer]], kind: str, tone: str) -> Answer | None:
    answers = []
    for mine in held:
        names = [name for base in (kind, change.ANY) for name in ((f"{base} {tone}", base) if tone else (base,))]
        found = next((mine[name] for name in names if name in mine), None)
        answers += [] if found is None else [found]
    return max(answers, key=lambda answer: answer[0], default=None)


def shipped(path: Path) -> list[Entry]:
    """The entries of the file as it is."""
    if not path.is_file():
        return []
    held = tomllib.loads(path.read_text("utf-8"))
    return [
        (e["metric"], e["kind"], e["colour"], float(e["sem"]), int(e["df"]), held["source"][e["source"]]["what"])
        for e in held.get("noise", ())
    ]
