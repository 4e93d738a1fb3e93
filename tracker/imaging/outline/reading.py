"""What the outline network says of a view, and how it is weighed against the colours' own evidence."""

import numpy as np
from numpy.typing import NDArray

from tracker.imaging.outline.channels import channels
from tracker.imaging.outline.evidence import Plane, View
from tracker.imaging.types import OutlineNetwork

FAINT, CLEAR = 2.5, 3.5
"""Contrast of the lesion by the colours alone between which they gain in trust: rendered scars stand at 1.3 to 2.9 (p10
to p90), ulcers at 3.5 to 6.8."""
WEIGHTS = (0.8, 0.15)
"""Of the network's log-odds beside those of the colours, for a faint and for a clear lesion; chosen on 102 rendered
scars and 20 ulcers that are in no table."""
UNIT = 16
"""Sides of what the network reads are multiples of this."""
SURE = 6.0
"""Log-odds beyond which a voice counts no more: one member alone must not outvote all others."""
LOOKS = ((1.0, 1), (0.85, 2), (1.15, 3), (1.0, 4))
"""Exposure and flip (1 none, 2 left and right, 3 up and down, 4 both) of the copies that are read and averaged."""

AT_ONCE = 4
"""Tiles in one call: memory stays small for a photo of any size."""

Stack = NDArray[np.float32]
"""(members, height, width)."""


def network_odds(seen: View, place: Plane, evidence: Plane, network: OutlineNetwork) -> Stack:
    """The log-odds of the lesion by every member of the network, averaged over flips and exposures.

    Parameters
    ----------
    seen : View
        What is looked at.
    place : Plane
        -1 to 1, of the prompt; 0 everywhere without one. See :func:`tracker.imaging.outline.channels.channels`.
    evidence : Plane
        Probability by the colours alone; 0.5 everywhere without a prompt.
    network : OutlineNetwork
        Of the extra ``networks``.

    References
    ----------
    Wang et al. Aleatoric uncertainty estimation with test-time augmentation. Neurocomputing 2019;338:34-45.
    doi:10.1016/j.neucom.2019.01.103
    """
    height, width = seen.lit.shape
    pad = ((0, -height % UNIT), (0, -width % UNIT))
    prompted = bool(place.any())
    linear = np.pad(seen.linear, (*pad, (0, 0)))
    lit = np.pad(seen.lit, pad)
    where = np.pad(place, pad, constant_values=-1.0 if prompted else 0.0)
    told = np.pad(evidence, pad, constant_values=0.0 if prompted else 0.5)
    planes = [
        _flipped(channels(np.clip(linear * np.float32(gain), 0, 1), lit, where, told), flip) for gain, flip in LOOKS
    ]
    logits = network(np.ascontiguousarray(np.stack(planes), np.float32))
    back = [_flipped(logits[:, look], flip) for look, (_, flip) in enumerate(LOOKS)]
    return np.asarray(np.mean(back, axis=0)[:, :height, :width], np.float32)


def network_odds_once(tiles: list[View], network: OutlineNetwork) -> NDArray[np.float32]:
    """The log-odds by every member without a prompt, each tile read once: four looks would take seconds.

    Parameters
    ----------
    tiles : list of View
        All of one size.
    network : OutlineNetwork
        Of the extra ``networks``.

    Returns
    -------
    ndarray of float32, shape (members, tiles, height, width)
        Log-odds.
    """
    height, width = tiles[0].lit.shape
    pad = ((0, -height % UNIT), (0, -width % UNIT))
    nothing = np.zeros((height + pad[0][1], width + pad[1][1]), np.float32)
    even = np.full_like(nothing, 0.5)
    planes = [channels(np.pad(one.linear, (*pad, (0, 0))), np.pad(one.lit, pad), nothing, even) for one in tiles]
    answers = [network(np.stack(planes[at : at + AT_ONCE])) for at in range(0, len(planes), AT_ONCE)]
    return np.concatenate(answers, axis=1)[:, :, :height, :width]


def network_weight(contrast: float) -> float:
    """How much the network counts: what stands out clearly, the colours of this very photo know better."""
    return float(np.interp(contrast, (FAINT, CLEAR), WEIGHTS))


def weighed(colours: list[Plane], odds: Stack, weight: float) -> list[Plane]:
    """Probabilities from the colours' members and the network's, paired one with one: the weighted mean of log-odds.

    Parameters
    ----------
    colours : list of Plane
        Probabilities of the classical members.
    odds : Stack
        Log-odds of the network's members; where there are fewer or more, they are taken round.
    weight : float
        Of the network, 0 to 1.
    """
    count = max(len(colours), len(odds))
    out = []
    for one in range(count):
        mixed = (1 - weight) * log_odds(colours[one % len(colours)]) + weight * np.clip(
            odds[one % len(odds)], -SURE, SURE
        )
        out.append(np.asarray(1 / (1 + np.exp(-mixed)), np.float32))
    return out


def log_odds(probability: Plane) -> Plane:
    """Within :data:`SURE`."""
    safe = np.clip(probability, 1e-4, 1 - 1e-4)
    return np.asarray(np.clip(np.log(safe / (1 - safe)), -SURE, SURE), np.float32)


def _flipped(planes: NDArray[np.float32], flip: int) -> NDArray[np.float32]:
    if flip in (2, 4):
        planes = planes[..., ::-1]
    if flip in (3, 4):
        planes = planes[..., ::-1, :]
    return planes
