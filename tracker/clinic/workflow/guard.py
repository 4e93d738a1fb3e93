"""The one door to every use case: is this person allowed to do this to that, and who did it.

A use case is a function whose first argument is a :class:`Clinic`. It says which action it is, and which of its
arguments name the objects it is about::

    @guarded(Action.SEE_PHOTO, photo_id=Kind.PHOTO)
    def photo_preview(clinic, photo_id, width): ...

Without any object it is about the practice of the person. What does not exist and what is forbidden answer alike.
"""

import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from tracker.clinic.access import Action, may
from tracker.clinic.records.auditing import DEED, REFUSED, Deed
from tracker.clinic.types import Actor, Kind, Role, Target
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import NotFound, StoreUnavailable

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")

NOT_FOUND = "Expected a record with this id that you may use so, found none; go back and choose from the list."
LOOKS = frozenset(
    {
        Action.FIND_PATIENTS,
        Action.SEE_PATIENT,
        Action.SEE_RECORD,
        Action.SEE_PLAN,
        Action.SEE_PHOTO,
        Action.SEE_COMPARISON,
        Action.SEE_CONSENT,
        Action.SEE_EXPORTABLE,
        Action.SEE_REPORT,
        Action.SEE_KITS,
        Action.SEE_OWN,
        Action.SEE_DIARY,
        Action.SEE_SETTINGS,
        Action.SEE_AUDIT,
    }
)
"""Actions that change nothing by themselves."""
NOTED_AGAIN_S = 15 * 60.0
"""Looking at the same record again within this time is the same look: a page with 30 pictures is one entry."""
MOST_LOOKS = 20_000
UNNOTED = frozenset({Action.FIND_PATIENTS, Action.SEE_KITS, Action.SEE_SETTINGS, Action.SEE_AUDIT})
"""Looks at nobody's record in particular."""


@dataclass(frozen=True, slots=True)
class UseCase:
    """What a guarded function is: its action, and the kinds of its arguments that name objects."""

    name: str
    action: Action
    objects: tuple[tuple[str, Kind], ...]
    function: Callable[..., Any]


USE_CASES: dict[str, UseCase] = {}
"""Every guarded function by its full name; the tests go through all of them."""


def guarded(
    action: Action, **objects: Kind
) -> Callable[[Callable[Concatenate[Clinic, _Rest], _Answer]], Callable[Concatenate[Clinic, _Rest], _Answer]]:
    """A decorator that lets a use case run only for those who may do it, and leaves it in the audit log.

    Parameters
    ----------
    action : Action
        What it does.
    **objects : Kind
        Names of the arguments that hold ids, with what they name.
    """

    def decorate(
        function: Callable[Concatenate[Clinic, _Rest], _Answer],
    ) -> Callable[Concatenate[Clinic, _Rest], _Answer]:
        signature = inspect.signature(function)
        name = f"{function.__module__}.{function.__qualname__}"
        assert set(objects) <= set(signature.parameters), name

        @functools.wraps(function)
        def asked(clinic: Clinic, /, *rest: _Rest.args, **named: _Rest.kwargs) -> _Answer:
            given = signature.bind(clinic, *rest, **named).arguments
            about = [(kind, str(given[one])) for one, kind in objects.items() if given.get(one)]
            with permitted(clinic, action, about):
                return function(clinic, *rest, **named)

        USE_CASES[name] = UseCase(name, action, tuple(objects.items()), asked)
        return asked

    return decorate


@contextmanager
def permitted(clinic: Clinic, action: Action, about: list[tuple[Kind, str]]) -> Iterator[None]:
    """A block that runs only where its actor may; what it writes stands in the audit log under its name.

    Raises
    ------
    NotFound
        Forbidden, or not there.
    """
    actor = clinic.actor
    targets = [Target(actor.practice_id)] if not about else _targets(clinic, about)
    deed = _deed(actor, action, about, targets)
    if not all(may(actor, action, target) for target in targets):
        refuse(clinic, deed)
    if action in LOOKS and action not in UNNOTED and not actor.has(Role.OPERATOR):
        _note_look(clinic, deed)
    with logged(deed):
        yield


@contextmanager
def logged(deed: Deed) -> Iterator[None]:
    """A block whose every write leaves this entry in the log."""
    token = DEED.set(deed)
    try:
        yield
    finally:
        DEED.reset(token)


def own_practice(clinic: Clinic) -> str:
    """The practice whose patients a list may show; empty for the operator, who sees all."""
    return "" if clinic.actor.has(Role.OPERATOR) else clinic.actor.practice_id


def elevated(clinic: Clinic) -> Clinic:
    """The clinic in the program's own hands, inside a use case that was permitted; the log still names the person."""
    return clinic.acting(replace(clinic.actor, roles=clinic.actor.roles | {Role.OPERATOR}))


def refuse(clinic: Clinic, deed: Deed) -> None:
    """Write the refusal down and raise what an object that is not there raises."""
    _write(clinic, replace(deed, patient_id="", result=REFUSED))
    raise NotFound(NOT_FOUND)


def note(clinic: Clinic, action: Action, patient_id: str = "", objects: str = "", result: str = "done") -> None:
    """Write something down that changes no record: an export that was sent, a sign-in that failed."""
    actor = clinic.actor
    _write(clinic, Deed(actor.practice_id, actor.user_id, actor.sign_in, action, patient_id, objects, result))


def _write(clinic: Clinic, deed: Deed) -> None:
    with logged(deed), clinic.store.write():
        pass


def _targets(clinic: Clinic, about: list[tuple[Kind, str]]) -> list[Target | None]:
    with clinic.store.read() as records:
        return [records.target(kind, object_id) for kind, object_id in about]


def _deed(actor: Actor, action: Action, about: list[tuple[Kind, str]], targets: list[Any]) -> Deed:
    patients = {target.patient_id for target in targets if target is not None}
    owner = patients.pop() if len(patients) == 1 else ""
    objects = ", ".join(f"{kind} {object_id}" for kind, object_id in about)
    return Deed(actor.practice_id, actor.user_id, actor.sign_in, action, owner, objects)


_LOOKED: dict[tuple[str, str, str], float] = {}
_LOCK = threading.Lock()


def _note_look(clinic: Clinic, deed: Deed) -> None:
    key, now = (deed.sign_in or deed.user_id, deed.action, deed.patient_id), time.monotonic()
    with _LOCK:
        if now - _LOOKED.get(key, -NOTED_AGAIN_S) < NOTED_AGAIN_S:
            return
        if len(_LOOKED) >= MOST_LOOKS:
            _LOOKED.clear()
        _LOOKED[key] = now
    with suppress(StoreUnavailable):  # a full disk must not stop anybody from looking
        _write(clinic, deed)
