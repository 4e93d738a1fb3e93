"""Pictures leave the server here and nowhere else; each request is looked up in the records again."""

from collections.abc import Callable
from secrets import token_hex
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tracker.clinic.access import Action, may_at_all
from tracker.clinic.types import Purpose
from tracker.clinic.types.review import Shown
from tracker.clinic.workflow import photos, sharing
from tracker.clinic.workflow.clinic import Clinic
from tracker.clinic.workflow.door import Present
from tracker.dashboard import blinding, pictures, protocol, state
from tracker.dashboard.gate import PRESENT
from tracker.errors import ConsentMissing, NotFound, StoreUnavailable, TrackerError
from tracker.exports.comparison import Dating, FileKind, file_name

WIDTHS = (64, 2000)

_Word = TypeVar("_Word", pictures.Side, pictures.Layer, pictures.Scope, Dating, FileKind, Shown)


def clinic_of(request: Request) -> Clinic:
    """The clinic in the hands of the person whom the gate let in.

    Raises
    ------
    NotFound
        Nobody: there is no gate in front.
    """
    here = request.scope.get(PRESENT)
    if not isinstance(here, Present):
        raise NotFound("Not found.")
    return state.opened().acting(here.actor)


def preview(request: Request) -> Response:
    """``/img/{photo_id}?w=640``: JPEG of one photo, without metadata."""

    def made() -> Response:
        width = request.query_params.get("w", "640")
        if not width.isdigit() or not WIDTHS[0] <= int(width) <= WIDTHS[1]:
            raise TrackerError(f"Width: expected {WIDTHS[0]} to {WIDTHS[1]}, found {width[:20]!r}.")
        data = photos.photo_preview(clinic_of(request), request.path_params["photo_id"], int(width))
        return Response(data, media_type="image/jpeg")

    return _answered(made)


def side(request: Request) -> Response:
    """``/img/{analysis_id}/{before|after}/{layer}``: one side of a comparison with an overlay."""

    def made() -> Response:
        which = _word(pictures.Side, request.path_params["side"])
        layer = _word(pictures.Layer, request.path_params["layer"])
        clinic = clinic_of(request)
        if layer is not pictures.Layer.PHOTO and not may_at_all(clinic.actor, Action.COMPARE):
            raise NotFound("Not found.")  # a map of redness is a number in colours, which nobody released
        data = pictures.comparison_side(clinic, request.path_params["analysis_id"], which, layer)
        return Response(data, media_type="image/jpeg")

    return _answered(made)


def blinded(request: Request) -> Response:
    """``/img/blinded/{token}/{left|right}``: one photo of a pair whose order is hidden."""

    def made() -> Response:
        which = _word(Shown, request.path_params["side"])
        data = blinding.picture(clinic_of(request), request.path_params["token"], which)
        return Response(data, media_type="image/jpeg")

    return _answered(made)


def export(request: Request) -> Response:
    """``/export/comparison/{analysis_id}?purpose=TEACHING&dates=dates&kind=jpeg``: the file to give away."""

    def made() -> Response:
        purpose = Purpose.__members__.get(request.query_params.get("purpose", ""))
        if purpose is None:
            raise TrackerError("Export: expected a purpose that the patient consented to, found none; choose one.")
        dating = _word(Dating, request.query_params.get("dates", Dating.RELATIVE))
        kind = _word(FileKind, request.query_params.get("kind", FileKind.JPEG))
        scope = _word(pictures.Scope, request.query_params.get("of", pictures.Scope.VISITS))
        analysis_id = request.path_params["analysis_id"]

        def drawn(clinic: Clinic) -> bytes:
            return pictures.comparison_file(clinic, analysis_id, dating, kind, scope)

        data = sharing.export_comparison(clinic_of(request), analysis_id, purpose, kind, drawn)
        headers = {"content-disposition": f'attachment; filename="{file_name(kind)}"'}
        return Response(data, media_type=f"image/{kind}", headers=headers)

    return _answered(made)


def report(request: Request) -> Response:
    """``/export/report?indication=ACNE_SCARS&kind=pdf``: the report on a protocol, patients by pseudonym."""

    def made() -> Response:
        data, kind = protocol.report_file(clinic_of(request), request.query_params)
        headers = {"content-disposition": f'attachment; filename="outcomes-{token_hex(8)}.{kind}"'}
        return Response(data, media_type=_REPORT_TYPES[kind], headers=headers)

    return _answered(made)


_REPORT_TYPES = {protocol.ReportKind.PDF: "application/pdf", protocol.ReportKind.CSV: "text/csv; charset=utf-8"}

ROUTES = [
    Route("/img/{photo_id}", preview),
    Route("/img/blinded/{token}/{side}", blinded),  # before the next, which would take it
    Route("/img/{analysis_id}/{side}/{layer}", side),
    Route("/export/comparison/{analysis_id}", export),
    Route("/export/report", report),
]


def _word(kind: type[_Word], text: str) -> _Word:
    try:
        return kind(text)
    except ValueError:
        raise NotFound("Not found.") from None


def _answered(made: Callable[[], Response]) -> Response:
    try:
        return made()
    except NotFound:
        return PlainTextResponse("Not found.", 404)
    except ConsentMissing as error:
        return PlainTextResponse(str(error), 403)
    except StoreUnavailable as error:
        return PlainTextResponse(str(error), 503)
    except TrackerError as error:
        return PlainTextResponse(str(error), 422)
