"""Faults of the program: logged by kind and place, never with their message, which may hold a name or a code."""

import logging
import traceback

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger(__name__)


def log_fault(what: str, fault: BaseException) -> None:
    """Write down what failed, the kind of fault and the lines of the program that led to it."""
    places = "".join(traceback.format_tb(fault.__traceback__))
    LOG.critical("%s: %s\n%s", what, type(fault).__name__, places)


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
