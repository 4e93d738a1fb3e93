"""The camera's way in: a photo taken in the browser is judged and stored here, and its frames are coached.

Both bodies are plain JPEG bytes. The gate has seen to it that a person is signed in and that the page is ours; the
header that other pages cannot send without asking is demanded here once more.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tracker.clinic.types import Moment, View
from tracker.clinic.workflow import capture, photos
from tracker.dashboard.capture_words import coaching_words, verdict_words
from tracker.dashboard.routes import clinic_of
from tracker.errors import InvalidInput, NotFound, StoreUnavailable, TrackerError
from tracker.imaging.quality.coaching import HintCode
from tracker.wording import t

MOST_PHOTO_BYTES = 25 * 1024 * 1024
"""A 48-megapixel frame as JPEG at quality 95."""
ASKED_WITH = "tracker"
"""Value of the header x-requested-with."""
_COACHING = threading.Lock()
"""Held while a frame is looked at: on two cores a second one would make both late."""

_Word = TypeVar("_Word", View, Moment)


class _Refused(Exception):
    """A request that is answered before anything is looked at."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def take(request: Request) -> Response:
    """``POST /capture/{session_id}?view=FRONTAL&moment=BEFORE&keep=1``: the verdict on a photo, which is stored.

    Answers ``{"id", "name", "lines", "accept"}``. With ``keep=0`` the photo is only judged, nothing of it is stored and
    the id is empty: so a photo that is taken again leaves nothing behind.
    """
    session_id = request.path_params["session_id"]

    def made(data: bytes) -> dict[str, Any]:
        view = _word(View, request.query_params.get("view", ""))
        moment = _word(Moment, request.query_params.get("moment", Moment.BEFORE.name))
        clinic = clinic_of(request)
        if request.query_params.get("keep", "1") == "0":
            verdict = capture.judge(clinic, session_id, view, data)
            return {"id": "", "name": "", "lines": verdict_words(verdict), "accept": verdict.accept}
        stored = photos.add_photo(clinic, session_id, data, _name(view), view, moment)
        verdict = capture.examine(clinic, stored.id)
        lines = [*verdict_words(verdict), *([stored.notice] if stored.notice else [])]
        return {"id": stored.id, "name": stored.name, "lines": lines, "accept": verdict.accept}

    return await _answered(request, MOST_PHOTO_BYTES, made)


async def coach(request: Request) -> Response:
    """``POST /coach/{session_id}?view=FRONTAL``: what to do before the shutter is pressed.

    Answers ``{"hints": [words], "good": bool}``, or ``{"hints": [], "busy": true}`` while another frame is looked at.
    """
    session_id = request.path_params["session_id"]

    def made(data: bytes) -> dict[str, Any]:
        view = _word(View, request.query_params.get("view", ""))
        if not _COACHING.acquire(blocking=False):
            return {"hints": [], "busy": True}
        try:
            hints = capture.coach(clinic_of(request), session_id, view, data)
        finally:
            _COACHING.release()
        return {"hints": coaching_words(hints), "good": [hint.code for hint in hints] == [HintCode.GOOD]}

    return await _answered(request, capture.MOST_FRAME_BYTES, made)


ROUTES = [
    Route("/capture/{session_id}", take, methods=["POST"]),
    Route("/coach/{session_id}", coach, methods=["POST"]),
]


async def _answered(request: Request, most: int, made: Callable[[bytes], dict[str, Any]]) -> Response:
    try:
        data = await _body(request, most)
        return JSONResponse(await run_in_threadpool(made, data))
    except _Refused as refused:
        return _said(refused.status, str(refused))
    except NotFound:
        return _said(404, t("Not found."))
    except StoreUnavailable as error:
        return _said(503, str(error))
    except TrackerError as error:
        return _said(422, str(error))


def _said(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


async def _body(request: Request, most: int) -> bytes:
    """The body, read piece by piece and given up as soon as it is too long."""
    if request.headers.get("x-requested-with") != ASKED_WITH:
        raise _Refused(403, t("Refused: the request came from another web page."))
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "image/jpeg":
        raise _Refused(415, t("Refused: the camera sends JPEG pictures."))
    too_long = _Refused(413, t("The picture is too big: at most {most} kB are accepted.", most=most // 1000))
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise too_long
    data = bytearray()
    try:
        async for piece in request.stream():
            data += piece
            if len(data) > most:
                raise too_long
    except ClientDisconnect:
        raise _Refused(400, t("The picture did not arrive whole.")) from None
    return bytes(data)


def _word(kind: type[_Word], name: str) -> _Word:
    try:
        return kind[name]
    except KeyError:
        known = ", ".join(kind.__members__)
        raise InvalidInput(f"{kind.__name__}: expected one of {known}, found {name[:40]!r}; correct it.") from None


def _name(view: View) -> str:
    """What the file is called: no person, no place."""
    return f"camera-{view.name.lower().replace('_', '-')}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jpg"
