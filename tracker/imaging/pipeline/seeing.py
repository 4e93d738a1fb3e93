"""The outline of a scar looked for in one photo, to be shown to a person who accepts, corrects or draws it anew."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tracker.errors import NotComparable
from tracker.imaging import outline
from tracker.imaging.pipeline.analysis import prepare
from tracker.imaging.pipeline.outlines import carry_outline
from tracker.imaging.types import Outline, OutlineNetwork, Photo, Region

HERE = "The drawn outline"
"""What a refusal calls the place where it looked."""


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A proposed outline, or why there is none.

    Parameters
    ----------
    outline : Outline or None
        In px of the photo it was looked for in.
    prompt : Region or None
        Where it was looked for, in px of the same photo; None where the prompt could not be carried there.
    reason, retake : str
        Why there is no outline and what to do; empty where there is one.
    """

    outline: Outline | None = field(repr=False)
    prompt: Region | None = field(repr=False)
    reason: str = ""
    retake: str = ""


def seek_outline(photo: Photo, prompt: Region, network: OutlineNetwork | None = None) -> Sought:
    """The outline that a rough drawing on the photo itself points at.

    Parameters
    ----------
    photo : Photo
        As decoded.
    prompt : Region
        A box or a rough outline, in px of the photo.
    network : OutlineNetwork, optional
        Without it the colours decide alone.
    """
    return _sought(lambda: outline.propose(prepare(photo), replace(prompt, name=HERE), network), prompt)


def seek_carried_outline(earlier: Photo, prompt: Region, photo: Photo, network: OutlineNetwork | None = None) -> Sought:
    """The outline of an earlier photo, carried by the alignment and looked for again.

    Parameters
    ----------
    earlier, photo : Photo
        Of the same skin, as decoded.
    prompt : Region
        The outline that counts in the earlier photo, in its px.
    network : OutlineNetwork, optional
        Without it the colours decide alone.

    Returns
    -------
    Sought
        With the carried outline as ``prompt`` even where the scar is not found again: a person may still correct that.
    """
    earlier, photo = prepare(earlier), prepare(photo)
    try:
        carried = carry_outline(earlier, prompt, photo).region
    except NotComparable as refused:
        return Sought(None, None, refused.reason, refused.retake)
    return _sought(lambda: outline.propagate(earlier, prompt, photo, carried, network), carried)


def _sought(find: Callable[[], Outline], prompt: Region) -> Sought:
    try:
        return Sought(find(), prompt)
    except NotComparable as refused:
        return Sought(None, prompt, refused.reason, refused.retake)
