"""What is said while a photo is taken and right after it: short enough to be read at arm's length."""

from tracker.clinic.types.protocol import CardSeen, PhotoVerdict
from tracker.imaging.quality.coaching import Hint, HintCode
from tracker.imaging.types import Flag, FlagCode
from tracker.wording import mark, t

MOST_SAID = 2
"""Hints at a time: nobody follows three."""
_HINTS = {
    HintCode.NO_FACE: mark("No face is seen. Bring the whole face into the frame."),
    HintCode.CLOSER: mark("Closer"),
    HintCode.FARTHER: mark("Farther away"),
    HintCode.TURN_LEFT: mark("Turn the head to the patient's left"),
    HintCode.TURN_RIGHT: mark("Turn the head to the patient's right"),
    HintCode.CHIN_UP: mark("Chin up"),
    HintCode.CHIN_DOWN: mark("Chin down"),
    HintCode.CAMERA_LEFT: mark("Move the camera to the left"),
    HintCode.CAMERA_RIGHT: mark("Move the camera to the right"),
    HintCode.CAMERA_UP: mark("Move the camera up"),
    HintCode.CAMERA_DOWN: mark("Move the camera down"),
    HintCode.MORE_LIGHT: mark("More light"),
    HintCode.LESS_LIGHT: mark("Less light"),
    HintCode.HOLD_STILL: mark("Hold still"),
    HintCode.CARD_NOT_SEEN: mark("The card is not seen"),
    HintCode.GOOD: mark("Good: take the photo"),
}
_FLAGS = {
    FlagCode.BLURRED: mark("The skin is blurred. Hold still, focus on the skin, and take it again."),
    FlagCode.CLIPPED: mark("A part of the skin is overexposed. Less light, or softer light, and take it again."),
    FlagCode.TOO_DARK: mark("The skin is too dark. More light, and take it again."),
    FlagCode.REGION_TOO_SMALL: mark("The photo has too few pixels. Use a better camera, or send its original file."),
    FlagCode.SPECULAR: mark("The skin shines. Dry it, and use larger, softer lamps."),
    FlagCode.COMPRESSED: mark("The file is heavily compressed. Texture and pale colours cannot be measured."),
    FlagCode.FLAT_LIGHT: mark("The flash fired: relief cannot be measured in frontal light. Switch it off."),
}
_CARDS = {
    CardSeen.READ: mark("The card was read."),
    CardSeen.DOUBTFUL: mark("The card cannot be trusted: flat, in the same light, without shadow or reflection."),
    CardSeen.MISSING: mark("The card was not found. Lay it beside the skin, all four corners in the frame."),
}


def hint_words(hint: Hint) -> str:
    """One hint in words."""
    if hint.code is HintCode.LEVEL_HEAD:
        left = t("Tilt the head to the patient's left shoulder")
        return left if hint.value > 0 else t("Tilt the head to the patient's right shoulder")
    if hint.code is HintCode.TURN_CAMERA:
        return t("Turn the camera clockwise") if hint.value > 0 else t("Turn the camera anticlockwise")
    return t(_HINTS[hint.code])


def coaching_words(hints: tuple[Hint, ...]) -> list[str]:
    """The most urgent hints in words."""
    return [hint_words(hint) for hint in hints[:MOST_SAID]]


def verdict_words(verdict: PhotoVerdict) -> list[str]:
    """What is said of a photo right after it was taken: the answer first, then each reason and what to do."""
    if not verdict.accept:
        first = t("Better take it again.")
    elif verdict.compared:
        first = t("Good: it can be compared with the last photo of this view.")
    else:
        first = t("Good: later photos of this view will be compared with this one.")
    lines = [first]
    lines += [t("Not like the last photo: {what}.", what=hint_words(hint).rstrip(".")) for hint in verdict.hints]
    lines += [_flag_words(flag) for flag in verdict.flags]
    return lines if verdict.card is CardSeen.NOT_NEEDED else [*lines, t(_CARDS[verdict.card])]


def _flag_words(flag: Flag) -> str:
    known = _FLAGS.get(flag.code)
    return f"{flag.reason} {flag.retake}".strip() if known is None else t(known)
