"""Faults of the program, and what a log may hold: kind and place, never a message, which may hold a name or a code."""

import logging
import re
import traceback
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger(__name__)
_ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def log_fault(what: str, fault: BaseException) -> None:
    """Write down what failed, the kind of fault and the lines of the program that led to it."""
    places = "".join(traceback.format_tb(fault.__traceback__))
    LOG.critical("%s: %s\n%s", what, type(fault).__name__, places)


def log_without_ids() -> None:
    """From now on no line of Streamlit's holds the id of a session: who knows one may send files into it."""
    made = logging.getLogRecordFactory()
    if getattr(made, "hides_ids", False):
        return

    def hiding(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = made(*arguments, **named)
        if record.name.startswith("streamlit") and _ID.search(words := record.getMessage()):
            record.msg, record.args = _ID.sub("(id)", words), ()
        return record

    hiding.hides_ids = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(hiding)


async def answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let an application answer a request; where it fails, a plain refusal is the answer.

    Without it the server beneath would write the fault's message into its log, and answer past the gate's headers.
    """
    began = False

    async def said(message: Message) -> None:
        nonlocal began
        began = True
        await send(message)

    try:
        await app(scope, receive, said)
    except Exception as fault:  # noqa: BLE001 - the last resort: every kind of fault ends here
        log_fault("A request failed", fault)
        if began:
            raise RuntimeError("An answer broke off.") from None  # the server closes the connection
        words = "Something went wrong in the program. What was stored is safe."
        await PlainTextResponse(words, 500)(scope, receive, send)
