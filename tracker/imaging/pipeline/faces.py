"""The face of a baseline photo: where it is, its landmarks, its scale, and why no standard part of it is measured."""

from dataclasses import dataclass, field

from tracker.imaging import calibrate, regions
from tracker.imaging.calibrate import IrisScale
from tracker.imaging.regions import Face
from tracker.imaging.types import FaceLandmarks, Flag, FlagCode, LandmarkNetwork, NoFace, Photo

PROPORTIONS_WIDEN = 1.2
"""SDC of H with regions by proportions over that with landmarks, the largest of forehead, cheeks, nose and chin
(1.17 on 65 people of faces_london): noise that was measured with landmarks is widened by it."""
BY_PROPORTIONS = Flag(
    FlagCode.PROPORTIONS,
    "The regions of the face were placed by proportions and not by landmarks, because the network for landmarks is not "
    f"installed: the smallest change that can be told is {PROPORTIONS_WIDEN} times as large.",
    'Install the extra "networks".',
    widens=PROPORTIONS_WIDEN,
)
ADVICE = "Photograph the whole face, upright and from the front, or draw the regions by hand."


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """What is known of the face in a photo.

    Parameters
    ----------
    face : Face or None
        Where it is; None where there is none.
    landmarks : FaceLandmarks or None
        None without a network, or without a face.
    flags : tuple of Flag
        What is to be said of every standard part.
    refusal : Flag or None
        Why no standard part may be measured.
    """

    face: Face | None = None
    landmarks: FaceLandmarks | None = field(default=None, repr=False)
    flags: tuple[Flag, ...] = ()
    refusal: Flag | None = None

    @property
    def iris(self) -> IrisScale | None:
        """The scale by the irises; None where they were not read."""
        return None if self.landmarks is None else calibrate.iris_scale(self.landmarks)


NO_FACE = FaceReading()


def read_face(photo: Photo, network: LandmarkNetwork | None) -> FaceReading:
    """The face of a photo by its landmarks; by Haar cascades and proportions without a network.

    Parameters
    ----------
    photo : Photo
        Upright.
    network : LandmarkNetwork or None
        None where the extra for networks is not installed; the answer then says so.
    """
    if network is None:
        face = regions.find_face(photo)
        return NO_FACE if face is None else FaceReading(face, flags=(BY_PROPORTIONS,))
    found = regions.find_landmarks(photo, network)
    if isinstance(found, NoFace):
        return FaceReading(refusal=Flag(FlagCode.REGION_NOT_FOUND, found.reason, ADVICE))
    turned = regions.view_flags(regions.head_pose(found))
    return FaceReading(regions.face_of(found), found, refusal=turned[0] if turned else None)
