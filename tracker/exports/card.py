"""The printable calibration card as a PDF: two copies at 100 % on A4, with how to print and use them."""

from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tracker.errors import InvalidInput
from tracker.imaging.calibrate import PAPER_WHITE, TRACKER_CARD, Card
from tracker.imaging.calibrate.card import PRINT_BLACK, QUIET_MM, tag_modules
from tracker.imaging.colour import linear_to_encoded

Colour = tuple[float, float, float]

_WHITE: Colour = (PAPER_WHITE,) * 3
_BLACK: Colour = (PRINT_BLACK,) * 3
_LEFT, _TOP, _GAP = 14.0, 34.0, 10.0  # mm on the page
_ADVICE: dict[str, tuple[str, ...]] = {
    "Print": (
        "1.  At 100 % (actual size), on heavy matt paper without optical brightener; never on glossy paper.",
        "2.  With the printer's colour management on, at photo quality. All cards of a clinic in one printing.",
        "3.  Check with a ruler: the line at the foot must be 100 mm long. If not, print again without 'fit to page'.",
        "4.  Let the ink dry for a day, glue the card to something stiff, and cut along the corner marks.",
    ),
    "Use": (
        "5.  In every photo, beside the skin, in its plane, facing the camera, in the same light, free of reflections.",
        "6.  Large enough: at least 2.5 pixels per millimetre, so at least 215 pixels across the card.",
        "7.  Exposed so that the card's white is not burnt out. HDR, beauty, portrait and night modes off.",
        "8.  The same card for all visits of a patient. Keep it clean and in the dark; replace it when scratched.",
    ),
    "What it can and cannot do": (
        "Scale is good to about 1 %, and tilt up to 30 degrees is corrected.",
        "Colour is compared with the colours that the card is meant to have. Every printer misses them a little, in",
        "the same way on every card of one printing: differences between visits with one printing can be trusted,",
        "absolute skin colour only after the card has been measured and its values have been entered. Where the",
        "greys of a print are far from the design, honest photos look tone-mapped and colour is withheld: measure",
        "the card then.",
    ),
}


def card_pdf(card: Card = TRACKER_CARD) -> bytes:
    """The card as a one-page A4 PDF, vector, sRGB.

    Parameters
    ----------
    card : Card
        Layout and colours. A fill is the reflectance relative to the paper, so white is bare paper.

    Returns
    -------
    bytes
        The same bytes for the same card: no date is written.
    """
    buffer = BytesIO()
    page = Canvas(buffer, pagesize=A4, invariant=1)
    page.setTitle(f"Skin progress tracker: {card.name}")
    page.setFont("Helvetica-Bold", 15)
    page.drawString(_LEFT * mm, A4[1] - 19 * mm, f"Calibration card ({card.name})")
    page.setFont("Helvetica", 9)
    page.drawString(_LEFT * mm, A4[1] - 25 * mm, "Two copies: one to use, one to keep in the dark and compare with.")
    for copy in range(2):
        left = _LEFT + copy * (card.size_mm[0] + _GAP)
        page.saveState()
        page.translate(left * mm, A4[1] - _TOP * mm)
        _draw_card(page, card)
        page.restoreState()
    _draw_advice(page, _TOP + card.size_mm[1] + 14)
    page.showPage()
    page.save()
    return buffer.getvalue()


def write_card(path: Path, card: Card = TRACKER_CARD) -> None:
    """Write the card's PDF.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    try:
        path.write_bytes(card_pdf(card))
    except OSError as error:
        raise InvalidInput(
            f"{path}: the card could not be written ({error.strerror}), expected a folder that exists and may be "
            f"written to; name another file."
        ) from error


def _draw_card(page: Canvas, card: Card) -> None:
    """The card with its top-left corner at the origin; y runs down on the card and up on the page."""
    width, height = card.size_mm
    _fill(page, (0, 0, width, height), card.ground)
    for patch in card.patches:
        _fill(page, (patch.left, patch.top, patch.width, patch.height), patch.linear)
    for tag in card.tags:
        quiet = tag.size + 2 * QUIET_MM
        _fill(page, (tag.left - QUIET_MM, tag.top - QUIET_MM, quiet, quiet), _WHITE)
        _fill(page, (tag.left, tag.top, tag.size, tag.size), _BLACK)
        step = tag.size / 8
        for row, modules in enumerate(tag_modules(tag)):
            for column, black in enumerate(modules):
                if not black:
                    _fill(page, (tag.left + column * step, tag.top + row * step, step, step), _WHITE)
    _draw_ruler(page, card)
    _draw_crop_marks(page, card)


def _draw_ruler(page: Canvas, card: Card) -> None:
    left, top, length = card.ruler
    page.setFillColorRGB(*_paint(_BLACK))
    page.setFont("Helvetica", 3.6)
    for at in range(round(length) + 1):
        tick = 2.5 if at % 10 == 0 else 1.8 if at % 5 == 0 else 1.2
        _fill(page, (left + at - 0.1, top, 0.2, tick), _BLACK)
        if at % 10 == 0:
            page.drawCentredString((left + at) * mm, -(top + 4.0) * mm, f"{at} mm" if at == length else str(at))
    page.setFont("Helvetica-Bold", 5)
    page.drawString((left - 1.5) * mm, -4.2 * mm, card.name.upper())
    page.setFont("Helvetica", 4)
    page.drawRightString((left + length + 1.5) * mm, -4.2 * mm, "skin progress tracker, matt paper, 86 x 54 mm")


def _draw_crop_marks(page: Canvas, card: Card) -> None:
    page.setLineWidth(0.2)
    width, height = card.size_mm
    for x in (0.0, width):
        for y, out in ((0.0, -1), (height, 1)):
            page.line(x * mm, -(y + out * 1.0) * mm, x * mm, -(y + out * 4.0) * mm)
    for y in (0.0, height):
        for x, out in ((0.0, -1), (width, 1)):
            page.line((x + out * 1.0) * mm, -y * mm, (x + out * 4.0) * mm, -y * mm)


def _draw_advice(page: Canvas, top: float) -> None:
    page.setFillColorRGB(0, 0, 0)
    y = A4[1] - top * mm
    for heading, lines in _ADVICE.items():
        page.setFont("Helvetica-Bold", 11)
        page.drawString(_LEFT * mm, y, heading)
        page.setFont("Helvetica", 9.5)
        for line in lines:
            y -= 5.6 * mm
            page.drawString(_LEFT * mm, y, line)
        y -= 9 * mm
    page.setLineWidth(0.5)
    page.line(_LEFT * mm, y, (_LEFT + 100) * mm, y)
    for at in (0, 100):
        page.line((_LEFT + at) * mm, y - 2 * mm, (_LEFT + at) * mm, y + 2 * mm)
    page.drawString((_LEFT + 104) * mm, y - 1 * mm, "100 mm")


def _fill(page: Canvas, box: tuple[float, float, float, float], linear: Colour) -> None:
    left, top, width, height = box
    page.setFillColorRGB(*_paint(linear))
    page.rect(left * mm, -(top + height) * mm, width * mm, height * mm, stroke=0, fill=1)


def _paint(linear: Colour) -> Colour:
    """SRGB fill (0 to 1) that prints a reflectance on the paper."""
    red, green, blue = (float(v) for v in linear_to_encoded([v / PAPER_WHITE for v in linear]))
    return red, green, blue
