"""What a patient takes along or looks at alone: the photos of a diary, and everything in one archive."""

from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import IO

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tracker.clinic.workflow import diary, everything
from tracker.dashboard.routes import WIDTHS, clinic_of
from tracker.errors import InvalidInput, NotFound, StoreUnavailable, TrackerError

BLOCK = 1 << 20
OWN_ARCHIVE = "/export/everything"


def home_photo(request: Request) -> Response:
    """``/img/diary/{entry_id}?w=640``: JPEG of the photo of one entry, without metadata."""

    def made() -> Response:
        width = request.query_params.get("w", "640")
        if not width.isdigit() or not WIDTHS[0] <= int(width) <= WIDTHS[1]:
            raise InvalidInput(f"Width: expected {WIDTHS[0]} to {WIDTHS[1]}, found {width[:20]!r}.")
        data = diary.home_photo(clinic_of(request), request.path_params["entry_id"], int(width))
        return Response(data, media_type="image/jpeg")

    return _answered(made)


def own_archive(request: Request) -> Response:
    """``/export/everything``: everything about the patient who is signed in."""

    def made() -> Response:
        patient_id = clinic_of(request).actor.patient_id
        if not patient_id:
            raise NotFound("Not found.")
        return _archive(request, patient_id)

    return _answered(made)


def archive(request: Request) -> Response:
    """``/export/everything/{patient_id}``: everything about a patient, for the own clinician to hand over."""
    return _answered(lambda: _archive(request, request.path_params["patient_id"]))


ROUTES = [
    Route("/img/diary/{entry_id}", home_photo),
    Route(OWN_ARCHIVE, own_archive),
    Route("/export/everything/{patient_id}", archive),
]


def _archive(request: Request, patient_id: str) -> Response:
    made = everything.everything(clinic_of(request), patient_id)
    headers = {
        "content-disposition": f'attachment; filename="everything-{token_hex(8)}.zip"',
        "content-length": str(made.size),
    }
    closing = BackgroundTask(made.file.close)
    return StreamingResponse(_blocks(made.file), media_type="application/zip", headers=headers, background=closing)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:  # also where the browser leaves half-way: then the generator is thrown away
        while block := file.read(BLOCK):
            yield block


def _answered(made: Callable[[], Response]) -> Response:
    try:
        return made()
    except NotFound:
        return PlainTextResponse("Not found.", 404)
    except StoreUnavailable as error:
        return PlainTextResponse(str(error), 503)
    except TrackerError as error:
        return PlainTextResponse(str(error), 422)
