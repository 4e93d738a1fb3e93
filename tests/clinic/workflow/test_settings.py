"""Settings of a practice: read by everybody, changed by its administrator."""

import pytest

from tracker.clinic.types import FIRST_PRACTICE, Actor, Role
from tracker.clinic.workflow import settings
from tracker.clinic.workflow.settings import Settings
from tracker.errors import InvalidInput, NotFound


def as_role(clinic, role):
    return clinic.acting(Actor("somebody", "", FIRST_PRACTICE, frozenset({role}), "p" if role is Role.PATIENT else ""))


def test_defaults_then_what_was_set(clinic):
    admin = as_role(clinic, Role.ADMIN)
    assert settings.get_settings(admin).isotretinoin_months == 6
    assert settings.change_settings(admin, Settings(" Lindenhof ", 0)) == Settings("Lindenhof", 0)
    assert settings.get_settings(as_role(clinic, Role.CLINICIAN)) == Settings("Lindenhof", 0)


@pytest.mark.parametrize("wrong", [Settings("x", -1), Settings("x", 37), Settings("x" * 201, 6)])
def test_what_cannot_be_is_refused(clinic, wrong):
    before = settings.get_settings(clinic)
    with pytest.raises(InvalidInput):
        settings.change_settings(clinic, wrong)
    assert settings.get_settings(clinic) == before


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.STAFF, Role.PATIENT])
def test_only_an_administrator_changes_them(clinic, role):
    with pytest.raises(NotFound):
        settings.change_settings(as_role(clinic, role), Settings("x", 6))
