"""Noise of a clinic's own set-up, a kit: from pairs of photos of unchanged skin to the noise that verdicts use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tracker.errors import InvalidInput
from tracker.imaging.change.components import SDC, Repeats, TwoLevel, two_level
from tracker.imaging.change.noise import ANY, TONE_BANDS, Noise, NoiseModel, default_noise, kind_of_tone, region_kind
from tracker.imaging.change.verdict import LOG_METRICS
from tracker.imaging.types import Change, Metric, Verdict

TONES = tuple(max(lowest, -90.0) + 1 for lowest in TONE_BANDS.values())
"""An ITA within each tone band, degrees."""
COLOURS = ("calibrated", "uncalibrated")
TEST_RETEST_PAIRS = 10
"""Fewer pairs of seatings at least a day apart say how photos repeat within a visit, not from visit to visit."""


@dataclass(frozen=True, slots=True)
class RepeatPair:
    """What the engine said about two photos of one subject whose skin did not change.

    Parameters
    ----------
    subject : str
        Whose.
    seatings, photos : tuple of str
        Of the earlier and the later photo.
    calibrated : bool
        Whether colour went through a card in both.
    changes : tuple of Change
        One per measure and region, judged with :data:`UNJUDGED`.
    """

    subject: str
    seatings: tuple[str, str]
    photos: tuple[str, str]
    calibrated: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """The noise of one measure in one kind of region with one kit.

    Parameters
    ----------
    metric, kind, unit
        What, where (``"cheek"`` for both), in which unit.
    colour : str
        ``"calibrated"`` or ``"uncalibrated"``.
    levels : TwoLevel
        In the unit of the measure, before the gain of the skin tone; of the natural logarithm for LOG_METRICS.
    photos : int
        That gave a number.
    withheld : int
        Pairs of photos that gave none.
    """

    metric: Metric
    kind: str
    colour: str
    unit: str
    levels: TwoLevel
    photos: int
    withheld: int

    @property
    def photo_share(self) -> float:
        """Share of the variance of a photo that averaging lowers, 0 to 1; 0 where no seating has two photos."""
        total = self.levels.session_variance + self.levels.photo_variance
        return self.levels.photo_variance / total if total > 0 else 0.0

    def sdc(self, sem: float) -> float:
        """Smallest detectable change at 95 % for a SEM, in the unit of the change (% of the value for LOG_METRICS)."""
        return self.shown(SDC * sem)

    def shown(self, half: float) -> float:
        """Half an interval in the unit in which the change is shown."""
        return float(100 * np.expm1(half)) if self.metric in LOG_METRICS else half

    def noise(self, source: str, photos: int = 1) -> Noise | None:
        """What verdicts use for the mean of so many photos per view; None where the repeats did not differ at all.

        A count that was the same in every photo shows no noise; used as it is, it would call any change real.
        """
        sem = self.levels.sem(photos)
        if not (np.isfinite(sem) and sem > 0):
            return None
        many = f"mean of {photos} photos, " if photos > 1 else ""
        clipped = ", seatings differed by no more than their photos" if self.levels.clipped else ""
        return Noise(
            sem, max(1, int(self.levels.df(photos))), f"{many}{self.levels.subjects} subjects{clipped}; {source}"
        )


UNJUDGED = NoiseModel(
    "repeats", {(metric, ANY, colour): Noise(1e-9, 10**6, "no verdicts") for metric in Metric for colour in COLOURS}
)
"""For measuring repeats: the noise is what is looked for, so nothing is withheld for being too noisy."""


def components_of(pairs: Sequence[RepeatPair]) -> tuple[Component, ...]:
    """The noise of every measure, kind of region and colour that at least three subjects repeat in two seatings.

    Parameters
    ----------
    pairs : sequence of RepeatPair
        All pairs within every subject, each once.

    Notes
    -----
    A photo that was not comparable with all other photos of its subject is left out for that measure, the worst first.
    """
    found = (_component(pairs, *place) for place in _places(pairs))
    return tuple(one for one in found if one is not None)


def kit_noise(components: Sequence[Component], source: str, photos: int = 1) -> NoiseModel:
    """The noise that verdicts use with a kit; what it lacks comes from the defaults, and says so.

    Parameters
    ----------
    components : sequence of Component
        Of the kit.
    source : str
        Name and date of the kit.
    photos : int
        Averaged per view and visit.
    """
    if photos < 1:
        raise InvalidInput(f"Photos per view: expected at least 1, found {photos}; correct the number.")
    model = default_noise()
    entries = {
        key: replace(noise, source=f"{noise.source}; not measured with {source}")
        for key, noise in model.entries.items()
    }
    for one in components:
        if (noise := one.noise(source, photos)) is not None:
            entries[one.metric, one.kind, one.colour] = noise
            for tone in TONES:
                key = one.metric, kind_of_tone(one.kind, tone), one.colour
                entries.pop(key, None)  # the default of this tone would go before the kit
                if (ratio := _tone_ratio(model, one, tone)) > 1:
                    more = f"; {ratio:.2f} times as much on this skin tone, as in the defaults"
                    entries[key] = Noise(noise.sem * ratio, noise.df, noise.source + more)
    return NoiseModel(source, entries)


def _tone_ratio(defaults: NoiseModel, one: Component, tone: float) -> float:
    """How much noisier the defaults are on one skin tone than on all: a kit does not know its subjects' tones."""
    calibrated = one.colour == COLOURS[0]
    here = defaults.look_up(one.metric, one.kind, calibrated=calibrated, tone=tone)
    everywhere = defaults.look_up(one.metric, one.kind, calibrated=calibrated)
    return here.sem / everywhere.sem if here is not None and everywhere is not None else 1.0


def _places(pairs: Sequence[RepeatPair]) -> Iterator[tuple[Metric, list[str], str]]:
    """Every measure, the regions of every kind, and every colour that the pairs speak of, in their order."""
    seen: dict[tuple[Metric, str, str], dict[str, None]] = {}
    for pair in pairs:
        for change in pair.changes:
            key = change.metric, region_kind(change.region), _colour(pair)
            seen.setdefault(key, {})[change.region] = None
    for (metric, _, colour), regions in seen.items():
        yield metric, list(regions), colour


def _component(pairs: Sequence[RepeatPair], metric: Metric, regions: Sequence[str], colour: str) -> Component | None:
    """The noise of one measure in regions of one kind; None with fewer than three subjects."""
    told: list[list[Repeats]] = []
    withheld, unit = 0, ""
    for subject in dict.fromkeys(pair.subject for pair in pairs):
        mine = [pair for pair in pairs if pair.subject == subject and _colour(pair) == colour]
        repeats = []
        for region in regions:
            rows = [(pair, row) for pair in mine if (row := _row(pair, metric, region)) is not None]
            withheld += sum(row.verdict is Verdict.NOT_ASSESSABLE for _, row in rows)
            unit = rows[0][1].unit if rows else unit
            repeats += _repeats(rows)
        told += [repeats] if repeats else []
    try:
        levels = two_level(told)
    except InvalidInput:  # too few subjects repeat it: verdicts keep to the defaults here
        return None
    photos = sum(max(len(one.seatings) for one in repeats) for repeats in told)
    return Component(metric, region_kind(regions[0]), colour, unit, levels, photos, withheld)


def _colour(pair: RepeatPair) -> str:
    return COLOURS[0] if pair.calibrated else COLOURS[1]


def _row(pair: RepeatPair, metric: Metric, region: str) -> Change | None:
    return next((one for one in pair.changes if one.metric is metric and one.region == region), None)


def _repeats(rows: Sequence[tuple[RepeatPair, Change]]) -> list[Repeats]:
    """The differences of the photos that were all comparable with each other; nothing where no two were."""
    told = [(pair, change) for pair, change in rows if change.verdict is not Verdict.NOT_ASSESSABLE]
    seatings = {name: seat for pair, _ in told for name, seat in zip(pair.photos, pair.seatings, strict=True)}
    names = list(seatings)
    square = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(square, 0.0)
    for pair, change in told:
        i, j = (names.index(name) for name in pair.photos)
        square[i, j] = _step(change)
        square[j, i] = -square[i, j]
    while np.isnan(square).any():
        worst = int(np.isnan(square).sum(1).argmax())
        square = np.delete(np.delete(square, worst, 0), worst, 1)
        del names[worst]
    if len(names) < 2:
        return []
    level = float(np.mean([_level(change) for pair, change in told if set(pair.photos) <= set(names)]))
    square.setflags(write=False)
    return [Repeats(tuple(seatings[name] for name in names), square, level)]


def _step(change: Change) -> float:
    """The difference on the scale on which noise is kept."""
    if change.metric in LOG_METRICS:
        return float(np.log(change.followup / change.baseline))
    return (change.followup - change.baseline) * change.gain


def _level(change: Change) -> float:
    if change.metric in LOG_METRICS:
        return float(np.log(change.baseline))
    return change.baseline * change.gain
