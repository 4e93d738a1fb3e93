"""Codes of a second factor, against the vectors of RFC 6238."""

import time

import pytest

from tracker.clinic.workflow import codes

SECRET = b"12345678901234567890".hex()


@pytest.mark.parametrize(
    ("moment", "eight"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_the_standard(moment, eight):
    assert codes.totp(SECRET).generate(moment).decode() == eight[-6:]


def test_a_code_fits_one_step_either_side_of_now_and_once(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1111111109.0)
    now = 1111111109 // codes.STEP_S
    for away in (-1, 0, 1):
        code = codes.totp(SECRET).generate((now + away) * codes.STEP_S).decode()
        assert codes.step_of(SECRET, f" {code[:3]} {code[3:]}", 0) == now + away
        assert codes.step_of(SECRET, code, now + away) is None
    for away in (-2, 2):
        assert codes.step_of(SECRET, codes.totp(SECRET).generate((now + away) * codes.STEP_S).decode(), 0) is None


@pytest.mark.parametrize("typed", ["", "1", "abcdef", "0818041", "٠٨١٨٠٤", "081804\x00"])
def test_what_is_no_code_fits_nothing(monkeypatch, typed):
    monkeypatch.setattr(time, "time", lambda: 1111111109.0)
    assert codes.step_of(SECRET, typed, 0) is None
