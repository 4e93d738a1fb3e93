"""The photo standard of each body site (Henderson et al. 2005, doi:10.1001/archfaci.7.5.331; docs/methods.md)."""

from tracker.clinic.types import BodySite, View
from tracker.clinic.types.protocol import PhotoProtocol
from tracker.wording import mark

LIGHT = mark("Two soft lamps from 45° on either side, the same as last time; flash, ceiling lamp and sun off.")
CAMERA = mark("2x or 3x lens of a phone; no portrait, beauty, HDR or night mode.")
BACKGROUND = mark("A plain, matt, mid-grey or blue background.")
HEAD_DISTANCE = mark("Head and neck fill the frame; a phone at least 60 cm away, a camera 2.0 to 2.5 m.")
CLOSE_DISTANCE = mark(
    "The treated skin and the card fill the frame; a phone at least 60 cm away, a camera 0.9 to 1.5 m."
)
BODY_DISTANCE = mark("The whole site fills the frame; a phone at least 60 cm away, a camera 1.5 to 2.5 m.")
MAKE_UP = mark("Make-up, cream and sunscreen: wash, then wait 10 minutes.")
JEWELLERY = mark("Jewellery and glasses.")
HAIR = mark("Hair from the face: put on a hair band.")
CLOTHES = mark("Clothes over the site and tight bands: wait until their marks have gone.")
CREAM = mark("Cream and oil; wipe the skin dry.")

FACE_VIEWS = (View.FRONTAL, View.LEFT_OBLIQUE, View.RIGHT_OBLIQUE, View.LEFT_LATERAL, View.RIGHT_LATERAL)
BOTH_SIDES = (View.CLOSE_UP_LEFT, View.CLOSE_UP_RIGHT)


def _body(
    views: tuple[View, ...], pose: str, distance: str = BODY_DISTANCE, remove: tuple[str, ...] = (CLOTHES, CREAM)
) -> PhotoProtocol:
    return PhotoProtocol(views, pose, distance, LIGHT, CAMERA, BACKGROUND, remove)


PROTOCOLS = {
    BodySite.FACE: _body(
        FACE_VIEWS,
        mark("Head level, eyes closed or on a mark, face relaxed, mouth closed."),
        HEAD_DISTANCE,
        (MAKE_UP, JEWELLERY, HAIR),
    ),
    BodySite.NECK: _body(
        (View.FRONTAL, View.LEFT_LATERAL, View.RIGHT_LATERAL),
        mark("Head level, looking straight ahead, shoulders down: a lifted chin smooths the neck."),
        HEAD_DISTANCE,
        (MAKE_UP, JEWELLERY, HAIR),
    ),
    BodySite.DECOLLETE: _body(
        (View.FRONTAL, View.LEFT_OBLIQUE, View.RIGHT_OBLIQUE),
        mark("Sitting upright, shoulders back, arms hanging."),
        remove=(CLOTHES, JEWELLERY, CREAM),
    ),
    BodySite.HANDS: _body(
        BOTH_SIDES,
        mark("Backs of the hands flat on the table, fingers a little apart, at the height of the heart."),
        CLOSE_DISTANCE,
        (JEWELLERY, CREAM),
    ),
    BodySite.ABDOMEN: _body(
        (View.FRONTAL, View.LEFT_OBLIQUE, View.RIGHT_OBLIQUE),
        mark("Standing upright, arms crossed over the chest, breathed out."),
    ),
    BodySite.THIGHS: _body(
        (View.FRONTAL, View.LEFT_LATERAL, View.RIGHT_LATERAL),
        mark("Standing upright, weight on both legs, feet a hand's breadth apart."),
    ),
    BodySite.ARMS: _body(BOTH_SIDES, mark("Arm relaxed and turned the same way as last time."), CLOSE_DISTANCE),
    BodySite.FOREARM: _body(
        (View.CLOSE_UP,), mark("Forearm flat on the table, the treated side up, hand relaxed."), CLOSE_DISTANCE
    ),
    BodySite.BACK: _body((View.FRONTAL,), mark("Standing upright with the back to the camera, arms hanging.")),
    BodySite.OTHER: _body(
        (View.CLOSE_UP,), mark("The site relaxed and lying the same way as last time."), CLOSE_DISTANCE
    ),
}


def protocol_of(site: BodySite) -> PhotoProtocol:
    """The photo standard of a body site."""
    return PROTOCOLS[site]
