"""Accounts from a shell: made without a password, listed, refused, let in again."""

import json

import pytest
from typer.testing import CliRunner

from tracker.cli import app
from tracker.clinic.types import Role
from tracker.clinic.workflow import accounts, door, intake
from tracker.clinic.workflow.clinic import Clinic
from tracker.errors import InvalidInput

WORD = "plum harbour seven lanterns"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "clinic"))
    return tmp_path / "clinic"


def run(*arguments):
    result = CliRunner().invoke(app, ["users", *arguments])
    if isinstance(result.exception, InvalidInput):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def answers(*arguments):
    return [json.loads(line) for line in run(*arguments, "--json").splitlines()]


def test_a_new_account_sets_its_password_by_the_printed_link(home):
    (answer,) = answers("add", "Ada", "--role", "clinician", "--role", "admin", "--name", "Ada Quill")
    assert answer["login"] == "ada"
    assert answer["link"].startswith("/setup/")
    assert answers("list") == [
        {
            "login": "ada",
            "name": "Ada Quill",
            "roles": ["administrator", "clinician"],
            "state": "invited",
            "demo": False,
        }
    ]
    with Clinic.open(home) as clinic:
        user = door.accept(clinic, answer["link"].removeprefix("/setup/"), WORD)
        assert user.roles == {Role.ADMIN, Role.CLINICIAN}
    assert answers("list")[0]["state"] == "active"


def test_the_whole_address_on_request_but_never_over_an_open_line(home):
    text = run("add", "ada", "--role", "admin", "--url", "https://clinic.example/")
    assert "https://clinic.example/setup/" in text
    for wrong in ("http://clinic.example", "http://127.0.0.1.example", "clinic.example"):
        with pytest.raises(InvalidInput, match="secret"):
            run("add", "bob", "--role", "admin", "--url", wrong)
    assert len(answers("list")) == 1


def test_a_patients_account_needs_the_code(home):
    with Clinic.open(home) as clinic:
        patient = intake.add_patient(clinic, "P-001", "Jane Roe")
    for wrong in ((), ("--patient", "P-999")):
        with pytest.raises(InvalidInput):
            run("add", "jane", "--role", "patient", *wrong)
    answers("add", "jane", "--role", "patient", "--patient", "P-001")
    with Clinic.open(home) as clinic:
        (user,) = accounts.list_users(clinic)
        assert user.patient_id == patient.id


def test_disable_enable_and_a_new_link(home):
    answers("add", "boss", "--role", "admin")
    (first,) = answers("add", "desk", "--role", "staff")
    (second,) = answers("link", "DESK")
    with Clinic.open(home) as clinic:
        with pytest.raises(door.NotLetIn):
            door.accept(clinic, first["link"].removeprefix("/setup/"), WORD)
        door.accept(clinic, second["link"].removeprefix("/setup/"), WORD)
        entered = door.enter(clinic, "desk", WORD, "", "1")
        assert answers("disable", "desk") == [{"login": "desk", "state": "disabled"}]
        assert door.present(clinic, token=entered.token) is None
    assert [one["state"] for one in answers("list")] == ["invited", "disabled"]
    assert answers("enable", "desk") == [{"login": "desk", "state": "active"}]


@pytest.mark.parametrize(
    "arguments",
    [("add", "x", "--role", "operator"), ("add", "", "--role", "staff"), ("disable", "nobody"), ("link", "nobody")],
)
def test_mistakes_are_one_sentence(home, arguments):
    with pytest.raises(InvalidInput, match="expected"):
        run(*arguments)


def test_what_a_shell_does_stands_in_the_log(home):
    answers("add", "desk", "--role", "staff")
    with Clinic.open(home) as clinic, clinic.store.read() as records:
        (entry,) = records.deeds("first")
        assert (entry.deed.user_id, entry.deed.action) == ("", "manage accounts")
        assert records.first_broken_deed() is None
