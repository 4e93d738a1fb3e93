"""The report on a protocol as a PDF of A4 pages: answer, key figures, charts, one row per patient, what it is not."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import altair as alt
import matplotlib
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tracker.exports.cohort import course_chart, course_key, patients_chart, patients_key
from tracker.exports.report import IS_NOT, OutcomeReport, figures, headline, patients_table
from tracker.wording import t, when

WIDTH = A4[0] - 36 * mm
CHART_PX = 640  # on screen at 100 %; labels then print at 8 points
SHARPNESS = 2  # 190 dpi on paper; 3 takes twice the time and the bytes
TALLEST = A4[1] - 70 * mm  # a chart must leave room for its heading and key on the page
FONT = "DejaVuSans"  # comes with matplotlib and has the signs that the sentences use, the true minus among them
_WIDTHS_MM = (16, 29, 16, 24, 13, 17, 27, 15, 20, 17)  # columns of the patients' table


def report_pdf(report: OutcomeReport) -> bytes:
    """The PDF; the same bytes for the same report: no time is written but the report's own day.

    Parameters
    ----------
    report : OutcomeReport
        Patients by pseudonym; nothing else about them is printed.
    """
    style = _styles()
    story: list[Flowable] = [
        Paragraph(escape(t("Outcome report · {title}", title=report.title)), style["title"]),
        Paragraph(_selection(report), style["small"]),
        Spacer(0, 4 * mm),
        Paragraph(escape(headline(report)), style["answer"]),
        Spacer(0, 3 * mm),
        _figures(report, style),
        *[Paragraph(escape(remark), style["small"]) for remark in report.remarks],
        Spacer(0, 4 * mm),
        *_charts(report, style),
        Paragraph(escape(t("Patients")), style["heading"]),
        _patients(report, style),
        Spacer(0, 4 * mm),
        Paragraph(escape(t(IS_NOT)), style["small"]),
    ]
    out = io.BytesIO()
    page = {"leftMargin": 18 * mm, "rightMargin": 18 * mm, "topMargin": 16 * mm, "bottomMargin": 18 * mm}
    document = SimpleDocTemplate(out, pagesize=A4, title=report.title, author="", invariant=1, **page)
    document.build(story, onFirstPage=_foot(report), onLaterPages=_foot(report))
    return out.getvalue()


def _selection(report: OutcomeReport) -> str:
    parts = [f"{t(label)}: {t(words)}" for label, words in (*report.protocol, ("Session", report.at))]
    made = t("Report of {day}, measurement version {version}", day=when(report.made), version=report.version)
    return escape(" · ".join([*parts, made]))


def _figures(report: OutcomeReport, style: dict[str, ParagraphStyle]) -> Table:
    rows = [
        [Paragraph(escape(label), style["cell"]), Paragraph(escape(words), style["cell"])]
        for label, words in figures(report)
        if words != "0"
    ]
    return Table(rows, colWidths=[95 * mm, WIDTH - 95 * mm], style=_LINES, hAlign="LEFT")


def _charts(report: OutcomeReport, style: dict[str, ParagraphStyle]) -> list[Flowable]:
    if report.measured.empty:
        return []
    charts = (
        (t("Change of each patient"), patients_chart(report), patients_key(report)),
        (t("Course of each patient"), course_chart(report), course_key(report)),
    )
    return [
        KeepTogether(
            [
                Paragraph(escape(title), style["heading"]),
                _picture(chart),
                Paragraph(escape(key), style["small"]),
                Spacer(0, 3 * mm),
            ]
        )
        for title, chart, key in charts
    ]


def _picture(chart: alt.LayerChart) -> Image:
    data = io.BytesIO()
    chart.properties(width=CHART_PX).save(data, format="png", scale_factor=SHARPNESS)
    data.seek(0)
    picture = Image(data)
    scale = min(WIDTH / picture.imageWidth, TALLEST / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    return picture


def _patients(report: OutcomeReport, style: dict[str, ParagraphStyle]) -> Table:
    table = patients_table(report)
    rows: list[Sequence[Any]] = [[Paragraph(escape(name), style["head"]) for name in table.columns]]
    rows += [[Paragraph(escape(str(cell)), style["tiny"]) for cell in row] for row in table.itertuples(index=False)]
    share = WIDTH / sum(_WIDTHS_MM)
    return Table(rows, colWidths=[width * share for width in _WIDTHS_MM], repeatRows=1, style=_LINES, hAlign="LEFT")


def _foot(report: OutcomeReport) -> Any:
    """Draws the foot of every page."""

    def draw(page: Canvas, _: SimpleDocTemplate) -> None:
        page.setFont(FONT, 7)
        page.setFillColorRGB(0.3, 0.3, 0.3)
        keep = t("Patients by pseudonym: keep this report as you keep records.")
        page.drawString(18 * mm, 10 * mm, f"{report.title}. {keep}")
        page.drawRightString(A4[0] - 18 * mm, 10 * mm, t("Page {number}", number=page.getPageNumber()))

    return draw


def _styles() -> dict[str, ParagraphStyle]:
    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    for name, file in ((FONT, "DejaVuSans.ttf"), (f"{FONT}-Bold", "DejaVuSans-Bold.ttf")):
        registerFont(TTFont(name, str(folder / file)))
    registerFontFamily(FONT, normal=FONT, bold=f"{FONT}-Bold", italic=FONT, boldItalic=f"{FONT}-Bold")
    bold = f"{FONT}-Bold"
    ink = colors.HexColor("#2b2f33")
    grey = colors.HexColor("#50575e")
    return {
        "title": ParagraphStyle("title", fontName=bold, fontSize=17, leading=22, textColor=ink),
        "heading": ParagraphStyle("heading", fontName=bold, fontSize=11, leading=16, textColor=ink, spaceBefore=6),
        "answer": ParagraphStyle("answer", fontName=FONT, fontSize=12, leading=17, textColor=ink),
        "cell": ParagraphStyle("cell", fontName=FONT, fontSize=8.5, leading=11.5, textColor=ink),
        "head": ParagraphStyle("head", fontName=bold, fontSize=6.5, leading=8.5, textColor=ink),
        "tiny": ParagraphStyle("tiny", fontName=FONT, fontSize=6.5, leading=8.5, textColor=ink),
        "small": ParagraphStyle("small", fontName=FONT, fontSize=7.5, leading=10.5, textColor=grey),
    }


_LINES = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#c9ced3")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
)
