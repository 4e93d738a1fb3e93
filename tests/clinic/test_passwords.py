"""What is accepted as a password, and that the kept form is slow to guess and gives nothing away."""

import statistics
import time

import pytest

from tracker.clinic import passwords
from tracker.errors import InvalidInput

GOOD = "plum harbour seven lanterns"


@pytest.mark.parametrize(
    "word",
    [
        "",
        "short",
        "fourteen chars",
        "passwordpassword",
        "qwertyuiopasdfgh",
        "aaaaaaaaaaaaaaaaaaaa",
        "1234567890123456",
        "abcabcabcabcabcabc",
        "tracker tracker",
        "my clinic my clinic",
        "Skin Progress skin",
        "x" * 257,
    ],
)
def test_what_is_short_long_common_or_a_row_of_keys_is_refused_with_what_to_do(word):
    with pytest.raises(InvalidInput, match="Password: expected"):
        passwords.check(word)


def test_a_password_must_not_rest_on_login_and_names():
    about = ("miriam.achterberg", "Miriam Achterberg", "Lindenhof Dermatology")
    with pytest.raises(InvalidInput, match="guessed"):
        passwords.check("miriam.achterberg1", about)


@pytest.mark.parametrize(
    "word",
    [GOOD, "ein Pferd äß 馬 🐎 unter Wolken", "".join(chr(33 + n * 37 % 90) for n in range(256)), " " + GOOD + " "],
)
def test_long_ones_with_any_signs_are_accepted_and_blanks_count(word):
    kept = passwords.hashed(word)
    assert passwords.matches(word, kept)
    assert not passwords.matches(word.strip() + "x", kept)


def test_the_kept_form_is_argon2id_of_the_recommended_cost_and_salted():
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert GOOD not in first


def test_nothing_matches_where_nothing_is_kept_and_it_takes_as_long():
    kept = passwords.hashed(GOOD)

    def seconds(against):
        times = []
        for _ in range(5):
            start = time.process_time()  # of this process alone: a busy machine does not count
            assert not passwords.matches("another one entirely", against)
            times.append(time.process_time() - start)
        return statistics.median(times)

    assert not passwords.matches("a password that nobody has", "")  # the stand-in's own password opens nothing
    assert seconds("") == pytest.approx(seconds(kept), rel=0.5)  # tests/dashboard/test_door.py measures the answer
    assert not passwords.matches(GOOD, "not a hash")


def test_a_hash_of_weaker_settings_is_made_anew():
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(GOOD)
    fresh = passwords.rehashed(GOOD, weak)
    assert passwords.matches(GOOD, fresh)
    assert passwords.rehashed(GOOD, fresh) == ""
