"""The tables of the faces_london section, and the repeat noise that it supplies."""

import numpy as np
import peers
from london_changes import BLOOD_SIZES
from london_statistics import (
    BLUSH,
    CHEEKS,
    FEWEST,
    PARTS,
    REGIONS,
    Floats,
    GroupRatio,
    Painted,
    alike,
    called,
    group_ratio,
    group_rows,
    groups_of,
    painted,
    redness,
    sdc_of_kind,
    sdc_without,
    spread,
    still,
    useful,
    values,
)
from tables import bar_cell, between_cell, median_cell, quantile_cell, sd_cell, share_cell, table

from tracker.imaging import change

__all__ = ["group_rows", "noise", "report"]

UNIT = {"redness": "H", "redness_a_star": "a*", "redness_log_rg": "EI", "pigment": "MI", "evenness": "ln",
        "spots": "% of region"}  # fmt: skip
SDC_BARS = {"forehead": 1.8, "cheek_left": 2.2, "cheek_right": 2.2}
ICC_BAR, RATIO_BAR, ASSESSABLE_BAR, SEEN_BAR, RECOVERED = 0.96, 1.3, 0.80, 0.95, 0.15
HEAD = ("measure", "region", "n", "SD within", "SDC [as used]", "ICC", "mean change", "called changed")
PEER_REGIONS = ("forehead", "cheek_left", "cheek_right", "nose")
OURS = {"redness": "redness (H)", "redness_a_star": "a\\*", "evenness": "evenness of tone"}


def report(rows: list[dict]) -> list[str]:
    """Markdown of the section."""
    people = {row["who"][:3] for row in rows if row["kind"] in ("null", "refused")}
    return [
        "## Real faces, no card, neutral and smiling minutes apart (faces_london)", "",
        f"{len(people)} people. Nothing was treated; {len(people & set(BLUSH))} of them blush visibly in the second "
        "shot and are left out unless said otherwise. SDC is 1.96 x SD of the change; the SDC that verdicts use, in "
        "brackets, counts the mean change as noise too. ICC is ICC(2,1). Each person is judged by the SDC of all "
        "others; the verdicts of the first tables by that of the kind of region, as in the program: both cheeks as "
        "one. `drawn` are three small ellipses per person (both cheeks, forehead).", "",
        "Parts of the face lie between landmarks, each person's read by the one member of the network that did not see "
        "the person. The shapes of the parts and the weights of their reference skin were chosen on these same people "
        "with hand-placed landmarks, so the spread between people is fair and the choice is not independent.", "",
        *bars(rows), *placing_table(rows), *noise_tables(rows), *peer_tables(rows), *painted_tables(rows),
        *standard_response(rows), *group_tables(rows),
    ]  # fmt: skip


def line(pairs: Floats) -> list[str]:
    found, sd, n = change.repeatability(pairs), spread(pairs), len(pairs)
    return [
        str(n), sd_cell(sd / np.sqrt(2), n - 1), f"{sd_cell(1.96 * sd, n - 1)} [{found.sdc:.2f}]",
        f"{found.icc:.3f} ({found.icc_interval[0]:.3f} to {found.icc_interval[1]:.3f})",
        f"{found.bias:+.2f} +- {1.96 * sd / np.sqrt(n):.2f}",
    ]  # fmt: skip


def bars(rows: list[dict]) -> list[str]:
    """What was asked for, in one table."""
    body = []
    for region, bar in SDC_BARS.items():
        pairs = still(values(rows, "null", "redness", region))
        if len(pairs) > 2:
            cells = line(pairs)
            body.append([f"SDC of H, {region}", cells[2], cells[0], bar_cell(1.96 * spread(pairs), bar, digits=1)])
    for region in REGIONS:
        if useful(rows, region):
            pairs = still(values(rows, "null", "redness", region))
            icc = change.repeatability(pairs).icc
            body.append([f"ICC of H, {region}", line(pairs)[3], str(len(pairs)), bar_cell(icc, ICC_BAR, least=True)])
    quiet = [row for row in rows if row["who"][:3] not in BLUSH]
    refused = sum(row["kind"] == "refused" for row in quiet)
    for words, named in (("cheeks and forehead", tuple(SDC_BARS)), ("all ten regions", REGIONS)):
        asked = [r for r in quiet if r["kind"] == "null" and r["metric"] == "redness" and r["region"] in named]
        answered = sum(np.isfinite(row["baseline"]) and useful(rows, row["region"]) for row in asked)
        n = len(asked) + len(named) * refused
        bar = bar_cell(answered / max(1, n), ASSESSABLE_BAR, least=True, percent=True) if named != REGIONS else ""
        body.append([f"region pairs whose redness is assessable, {words}", share_cell(answered, n), str(n), bar])
    wrong, judged = verdicts(rows)
    body.append(["called changed without a change (redness, reported regions)", share_cell(wrong, judged), str(judged),
                 between_cell(wrong / max(1, judged), 0.03, 0.07, percent=True)])  # fmt: skip
    seen = {row["who"] for row in rows if row["kind"] in ("null", "refused")}
    found = [blushing(rows, who) for who in BLUSH if who in seen]
    redder = sum(any(cell.endswith("changed") and cell.startswith("+") for cell in cells[1:]) for cells in found)
    body.append(["people who blush: a cheek called changed, redder", f"{redder} of {len(found)}", str(len(found)),
                 f"all: {'met' if redder == len(found) else '**missed**'}"])  # fmt: skip
    return ["### Asked and found", "", *table(("property", "found", "n", "bar"), body),
            *table(("blushes", "cheek_right", "cheek_left"), found)]  # fmt: skip


def placing_table(rows: list[dict]) -> list[str]:
    """Redness with regions by landmarks and by proportions, and what is withheld for its noise."""
    body = []
    for region in PARTS:
        pairs, before = (still(values(rows, kind, "redness", region)) for kind in ("null", "proportions null"))
        if len(pairs) < FEWEST:
            continue
        told = "yes" if useful(rows, region) else "withheld for its noise"
        old = f"{sd_cell(1.96 * spread(before), len(before) - 1)}" if len(before) >= FEWEST else ""
        body.append([region, *line(pairs)[:1], line(pairs)[2], line(pairs)[3], old, told])
    head = ("part", "n", "SDC by landmarks [as used]", "ICC", "SDC by proportions", "redness told")
    return ["### Parts of the face by landmarks and by proportions", "", *table(head, body)]


def verdicts(rows: list[dict]) -> tuple[int, int]:
    """False and all verdicts on redness in the regions that are reported."""
    wrong, judged = 0, 0
    for region in filter(lambda name: useful(rows, name), REGIONS):
        for who, (before, after) in redness(rows, region).items():
            if who not in BLUSH:
                wrong, judged = wrong + (abs(after - before) > sdc_of_kind(rows, region, who)), judged + 1
    return wrong, judged


def blushing(rows: list[dict], who: str) -> list[str]:
    cells = [who]
    for region in ("cheek_right", "cheek_left"):
        found = redness(rows, region)
        if who not in found:
            cells.append("not assessable")
            continue
        d = found[who][1] - found[who][0]
        cells.append(f"{d:+.1f} {'changed' if abs(d) > sdc_of_kind(rows, region, who) else 'no detectable change'}")
    return cells


def noise_tables(rows: list[dict]) -> list[str]:
    body, with_blush = [], []
    for metric, unit in UNIT.items():
        for region in (*PARTS, "drawn"):
            found = values(rows, "drawn null" if region == "drawn" else "null", metric, region)
            pairs = still(found)
            if len(pairs) < FEWEST:
                continue
            body.append([f"{metric} ({unit})", region, *line(pairs), share_cell(called(found), len(pairs))])
            if metric == "redness" and region != "drawn":
                with_blush.append([f"{metric} ({unit})", region, *line(np.array(list(found.values())))])
    return ["### Noise of every measure", "", *table(HEAD, body),
            "### Redness with those who blush", "", *table(HEAD[:-1], with_blush)]  # fmt: skip


def peer_tables(rows: list[dict]) -> list[str]:
    """Ours and what is done today, on the same pairs; then how often the same blood is found."""
    kinds = [("null", metric, f"**{words}, this program**") for metric, words in OURS.items()]
    kinds += [("peer null", "band contrast", "**band contrast 0.15 to 1.5 mm, this program**")]
    kinds += [("peer null", metric, words) for metric, words in peers.NAMES.items()]
    body, seen = [], []
    for kind, metric, words in kinds:
        for region in PEER_REGIONS:
            found = values(rows, kind, metric, region, plain=True)
            if len(still(found)) >= FEWEST:
                body.append([words, region, *peer_cells(found)])
        cells = blood_cells(rows, kind, metric)
        if cells:
            seen.append([words, *cells])
    return [
        "### Peers", "",
        "The same pairs and ellipses. By hand: the mean over the region, carried by one homography, no colour "
        "correction. GLCM (distance 1, 4 angles, 64 levels) and LBP (8, 1) on the pixels as they come. Band contrast "
        "assumes 63 mm between the pupils; the program itself withholds it here (no card, under 8 px per mm). H has no "
        "natural zero, so its SDC in % of the mean serves this table only; the ICC compares across units.", "",
        *table(("way of measuring", "region", "n", "SDC", "SDC % of mean", "ICC", "called changed"), body),
        "The same with blood painted in (6, 8 and 11 H, the middle ellipse on a cheek): how far the value moved, in "
        "its own SDC of the plain pairs of that ellipse, and how often it was called changed.", "",
        *table(("way of measuring", "people", "change / SDC, median", "called changed"), seen),
    ]  # fmt: skip


def peer_cells(found: dict[str, tuple[float, float]]) -> list[str]:
    pairs = still(found)
    sdc, n, cells = 1.96 * spread(pairs), len(pairs), line(pairs)
    percent = 100 * sdc / abs(float(pairs.mean()))
    return [str(n), sd_cell(sdc, n - 1), sd_cell(percent, n - 1, 1), cells[3], share_cell(called(found), n)]


def blood_cells(rows: list[dict], kind: str, metric: str) -> list[str]:
    """How the middle ellipse of painted blood moves one way of measuring."""
    plain_kind, blood_kind = ("blood middle null", "blood middle") if kind == "null" else ("peer null", "peer")
    plain = values(rows, plain_kind, metric, "drawn", plain=True)
    moved = values(rows, blood_kind, metric, "drawn", plain=True)
    who = [name for name in moved if name in plain and name not in BLUSH]
    if len(who) < FEWEST:
        return []
    sdc = {name: sdc_without(plain, name) for name in who}
    seen = sum(abs(moved[name][1] - plain[name][0]) > sdc[name] for name in who)
    size = [(moved[name][1] - plain[name][1]) / sdc[name] for name in who]
    return [str(len(who)), median_cell(size, who), share_cell(seen, len(who))]


def painted_tables(rows: list[dict]) -> list[str]:
    kinds = [(f"blood {size}", "redness") for size in BLOOD_SIZES]
    kinds += [("scar", "redness"), ("scar", "pigment")]
    kinds += [("mole removed", metric) for metric in ("pigment", "evenness", "spots")]
    every = {(name, metric): painted(rows, name, metric) for name, metric in kinds}
    body = [[name, metric, *painted_cells(found)] for (name, metric), found in every.items() if found]
    blood = [p for (name, _), found in every.items() if name.startswith("blood") for p in found]
    steps = [(1.5, 1.84), (1.84, 2.5), (2.5, 99.0)]
    by_size = [[f"{low} to {high}" if high < 99 else f">= {low}", *seen_cells(blood, low, high)] for low, high in steps]
    refused = sum(row["kind"].endswith(" refused") for row in rows)
    return [
        "### Known changes painted into the smile shot", "",
        "Blood: 6, 8 or 11 H added by optics in an ellipse on a cheek (18, 28, 45 mm across at 63 mm between the "
        "pupils). Scar: 9 H, melanin and relief shading in a 14 by 5 mm ellipse where a mole was found in both shots; "
        "the truth is the change of the mean light of that place. Mole: painted over, measured in a disc of 4.4 mm; "
        "the truth of evenness (ln) and spots (% of the disc) is the same measure between the plain and the painted "
        "shot, without any alignment. Recovered is the change against the plain pair, over the truth. A change of "
        "exactly 1.5 SDC is called in 84 % by the definition of the SDC; 95 % begin at 1.84 SDC.", "",
        *table(("painted", "measure", "people", "recovered, median", "bar", "within 15 %", "truth / SDC, median",
                "called, true change >= 1.5 SDC", "bar"), body),
        "Blood of all sizes by its true size in SDC:", "",
        *table(("true change, SDC", "called changed"), by_size),
        f"Painted pairs that were refused: {refused}.", "",
    ]  # fmt: skip


def painted_cells(found: list[Painted]) -> list[str]:
    found = [p for p in found if p.truth]  # a mole too faint to be a dark spot leaves nothing to find
    ratio = np.array([p.found / p.truth for p in found])
    middle = float(np.median(ratio))
    sure = [p for p in found if abs(p.truth) >= 1.5 * p.sdc]
    seen = sum(p.seen for p in sure)
    return [
        str(len(found)), quantile_cell(ratio, 0.5), between_cell(middle, 1 - RECOVERED, 1 + RECOVERED),
        share_cell(int((np.abs(ratio - 1) <= RECOVERED).sum()), len(ratio)),
        f"{np.median([abs(p.truth) / p.sdc for p in found]):.2f}", share_cell(seen, len(sure)),
        bar_cell(seen / len(sure) if sure else float("nan"), SEEN_BAR, least=True, percent=True),
    ]  # fmt: skip


def seen_cells(found: list[Painted], low: float, high: float) -> list[str]:
    some = [p for p in found if low <= abs(p.truth) / p.sdc < high]
    return [share_cell(sum(p.seen for p in some), len(some))]


def standard_response(rows: list[dict]) -> list[str]:
    body = []
    for region in ("cheek_left", "cheek_left and cheek_right", "forehead", "nose"):
        left = np.array([v[1] for v in values(rows, "response", "redness", region).values()]) / 8.0
        if len(left):
            body.append([region, str(len(left)), *(quantile_cell(left, q) for q in (0.5, 0.1, 0.9))])
    return [
        "### A standard region is part of its own reference", "",
        "The face at a region's height is its reference, so a change of the whole region is read smaller. What is left "
        "of 8 H added to the cells of whole regions:", "",
        *table(("reddened", "n", "median", "p10", "p90"), body),
    ]  # fmt: skip


def group_tables(rows: list[dict]) -> list[str]:
    body, ratios = [], []
    for by, words in (("group", "ethnicity"), ("tone", "tone")):
        group = groups_of(rows, by)
        for region in ("forehead", *CHEEKS):
            found = {who: p for who, p in values(rows, "null", "redness", region).items() if who not in BLUSH}
            for name in sorted(set(group.values())):
                mine = [who for who in found if group.get(who) == name]
                if len(mine) >= FEWEST:
                    wrong = sum(abs(found[w][1] - found[w][0]) > sdc_without(found, w) for w in mine)
                    pairs = np.array([found[w] for w in mine])
                    body.append([words, name, region, *line(pairs), share_cell(wrong, len(mine))])
            change_of = np.array([b - a for a, b in found.values()])
            answer = group_ratio(change_of, [group.get(who, "") for who in found])
            if answer:
                ratios.append(ratio_cells(words, region, answer))
    return [
        "### Redness by group", "",
        "Ethnicity as in MANIFEST.csv; tone is the ITA of cheeks and forehead in the neutral shot under the studio's "
        "white balance. The ratio is that of the largest to the smallest SDC (about the group's median) among groups "
        f"of {FEWEST} or more; chance is what 4,000 random groupings of the same people and sizes give.", "",
        *table(("by", "group", *HEAD[1:]), body),
        *table(("by", "region", "largest / smallest SDC", "chance, 95 %", "p", "bar 1.3"), ratios),
    ]  # fmt: skip


def ratio_cells(words: str, region: str, found: GroupRatio) -> list[str]:
    verdict = "met" if found.ratio <= RATIO_BAR else "**missed**, beyond chance"
    if found.ratio > RATIO_BAR and found.p > 0.05:
        verdict = "**missed**, within chance for groups this small"
    words_of_ratio = f"{found.ratio:.2f} ({found.largest} / {found.smallest})"
    return [words, region, words_of_ratio, f"{found.by_chance:.2f}", f"{found.p:.3f}", verdict]


def noise(rows: list[dict]) -> list[tuple[str, str, str, float, int, str]]:
    """SEM per measure and kind of region, agreement form: a systematic change between the repeats counts as noise.

    With a card, living skin is no steadier: its pulse and warmth stay, so redness keeps these as a lower limit. For
    skin anywhere that is the forehead placed by proportions: a body site gains nothing from landmarks of a face.
    """
    out = []
    kinds = {"drawn": ("drawn null", ("drawn",)), "any": ("drawn null", ("drawn",))}
    kinds |= {change.region_kind(name): ("null", tuple(alike(name))) for name in PARTS}
    kinds["anywhere"] = ("proportions null", ("forehead",))
    for metric in UNIT:
        for kind, (source, names) in kinds.items():
            found = [values(rows, source, metric, name) for name in names]
            people = len({who[:3] for pairs in found for who in pairs} - set(BLUSH))
            pairs = np.concatenate([still(each) for each in found])
            if people < FEWEST:
                continue
            what = f"{people} people of faces_london, two photos minutes apart, no card, other expression"
            sem = change.repeatability(pairs).sem
            if kind != "anywhere":
                out.append((metric, kind, "uncalibrated", sem, people, what))
            if metric.startswith("redness") and kind not in ("drawn", "any"):
                out.append((metric, "any" if kind == "anywhere" else kind, "calibrated", sem, people, what))
    return out
