"""The names of regions of the skin in words; sides are the patient's."""

from tracker.wording import mark, t

_WORDS = {
    "drawn": mark("marked area"),
    "forehead": mark("forehead"),
    "glabella": mark("glabella"),
    "periorbital": mark("periorbital"),
    "periorbital_right": mark("right periorbital"),
    "periorbital_left": mark("left periorbital"),
    "cheek": mark("cheek"),
    "cheek_left": mark("left cheek"),
    "cheek_right": mark("right cheek"),
    "cheek_malar": mark("cheek malar"),
    "cheek_malar_right": mark("right cheek malar"),
    "cheek_malar_left": mark("left cheek malar"),
    "cheek_lateral": mark("cheek lateral"),
    "cheek_lateral_right": mark("right cheek lateral"),
    "cheek_lateral_left": mark("left cheek lateral"),
    "nose": mark("nose"),
    "perioral": mark("perioral"),
    "chin": mark("chin"),
    "jaw": mark("jaw"),
}
_LABELS = {
    "periorbital_right": mark("periorbital right"),
    "periorbital_left": mark("periorbital left"),
    "cheek_left": mark("cheek left"),
    "cheek_right": mark("cheek right"),
}


def region_name(region: str) -> str:
    """``"cheek_left"`` as ``"left cheek"``, as it stands in a sentence."""
    words = region.split("_")
    if words[-1] in ("left", "right"):
        words = [words[-1], *words[:-1]]
    return t(_WORDS.get(region, " ".join(words)))


def region_label(region: str) -> str:
    """``"cheek_left"`` as ``"cheek left"``, as it stands on a picture: what it is first, for a glance."""
    return t(_LABELS.get(region, region.replace("_", " ")))
