"""Commands on accounts: users add, list, disable, enable, link. Whoever may run them may read the files anyway."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from tracker.cli.answers import Json, say
from tracker.errors import InvalidInput

# The store is imported inside the commands: `tracker --help` does not need it.

users = typer.Typer(no_args_is_help=True, help="Accounts of the clinic's people and patients.")

Login = Annotated[str, typer.Argument(help="What is typed at the door.")]
Url = Annotated[str, typer.Option("--url", help="Address of the server, to print the whole link.")]
HERE = {("http", "127.0.0.1"), ("http", "localhost")}
NAMES = {"clinician": "CLINICIAN", "staff": "STAFF", "patient": "PATIENT", "admin": "ADMIN", "administrator": "ADMIN"}


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(users, name="users")


@users.command("add")
def add(
    login: Login,
    role: Annotated[list[str], typer.Option(help="clinician, staff, admin or patient; may be repeated.")],
    name: Annotated[str, typer.Option(help="Shown beside what the person did.")] = "",
    patient: Annotated[str, typer.Option(help="Code of the patient whose account it is.")] = "",
    url: Url = "",
    as_json: Json = False,
) -> None:
    """Add an account and print the one-time link that sets its password; it works for 48 hours."""
    from tracker.clinic.types import Role
    from tracker.clinic.workflow import accounts
    from tracker.clinic.workflow.clinic import Clinic

    _must_be_private(url)
    unknown = [one for one in role if one.lower() not in NAMES]
    if unknown:
        raise InvalidInput(f"--role {unknown[0]}: expected clinician, staff, admin or patient; choose one of them.")
    roles = frozenset(Role[NAMES[one.lower()]] for one in role)
    with Clinic.open() as clinic:
        patient_id = accounts.patient_id_of(clinic, patient) if patient else ""
        user, token = accounts.add_user(clinic, login, name, roles, patient_id)
    _say_link(user.login, token, url, as_json)


@users.command("list")
def list_all(as_json: Json = False) -> None:
    """List all accounts, one a line."""
    from tracker.clinic.workflow import accounts
    from tracker.clinic.workflow.clinic import Clinic

    with Clinic.open() as clinic:
        found = accounts.list_users(clinic)
    for user in found:
        state = "disabled" if user.disabled else "active" if user.has_password or user.has_provider else "invited"
        roles = sorted(str(one) for one in user.roles)
        answer = {"login": user.login, "name": user.name, "roles": roles, "state": state, "demo": user.demo}
        say(answer, as_json, f"{user.login:<24} {state:<9} {', '.join(roles):<28} {user.name}")


@users.command("disable")
def disable(login: Login, as_json: Json = False) -> None:
    """Refuse an account from now on and end its sign-ins, also in tabs that are open."""
    from tracker.clinic.workflow import accounts

    _changed(login, accounts.disable_user, "disabled", as_json)


@users.command("enable")
def enable(login: Login, as_json: Json = False) -> None:
    """Let a disabled account sign in again."""
    from tracker.clinic.workflow import accounts

    _changed(login, accounts.enable_user, "active", as_json)


@users.command("link")
def link(login: Login, url: Url = "", as_json: Json = False) -> None:
    """Print a new one-time link that sets the password; earlier links stop working."""
    from tracker.clinic.workflow import accounts
    from tracker.clinic.workflow.clinic import Clinic

    _must_be_private(url)
    with Clinic.open() as clinic:
        user = _named(clinic, login)
        token = accounts.new_link_for(clinic, user.id)
    _say_link(user.login, token, url, as_json)


def _changed(login: str, change: Any, state: str, as_json: bool) -> None:
    from tracker.clinic.workflow.clinic import Clinic

    with Clinic.open() as clinic:
        user = change(clinic, _named(clinic, login).id)
    say({"login": user.login, "state": state}, as_json, f"{user.login}: {state}")


def _named(clinic: Any, login: str) -> Any:
    from tracker.clinic.workflow import accounts

    for user in accounts.list_users(clinic):
        if user.login == login.strip().casefold():
            return user
    raise InvalidInput(f"Login {login}: expected an account, found none; see them with: tracker users list")


def _must_be_private(url: str) -> None:
    """The link sets a password: over an open line everybody on the way could do that."""
    found = urlsplit(url)
    if url and found.scheme != "https" and (found.scheme, found.hostname) not in HERE:
        raise InvalidInput(f"--url {url}: expected an address that begins with https://, because the link is a secret.")


def _say_link(login: str, token: str, url: str, as_json: bool) -> None:
    place = f"{url.rstrip('/')}/setup/{token}"
    say({"login": login, "link": place}, as_json, f"{login}: open this link within 48 hours, once:\n{place}")
