"""What SQLite must be told, and how an old store becomes a new one."""

import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import alembic.config
import alembic.script
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from tracker.clinic.records import database, schema
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.records.store import Store
from tracker.errors import InvalidInput, StoreUnavailable

SEALER = Sealer(bytes(32))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "records.db"


@pytest.fixture
def store(path):
    opened = Store.open(f"sqlite:///{path}", SEALER)
    yield opened
    opened.close()


def test_migrations_lead_to_the_tables_that_the_queries_use(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert database.revision(connection) == schema.REVISION


def test_revision_is_the_head_of_the_migrations():
    settings = alembic.config.Config()
    settings.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    assert alembic.script.ScriptDirectory.from_config(settings).get_heads() == [schema.REVISION]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 10_000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
    ],
)
def test_every_connection_carries_the_settings(store, name, value):
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda _: _pragma(store, name), range(6)))
    assert found == [value] * 6


def _pragma(store, name):
    with store.engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_files_are_for_the_owner_alone(path, store):
    with store.write() as records:
        records.add_patient("A", "")
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_failed_transaction_leaves_nothing(store):
    def interrupted():
        with store.write() as records:
            records.add_patient("A", "")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with store.read() as records:
        assert records.patients() == []


def test_a_reader_sees_one_moment(store):
    with store.read() as reader:
        assert reader.patients() == []
        with store.write() as writer:
            writer.add_patient("A", "")
        assert reader.patients() == []


def test_eight_threads_write_without_locked_and_without_lost_updates(store):
    def work(number):
        for _ in range(12):
            with store.write() as records:  # reads the taken codes, then writes the next one
                records.add_patient("", f"thread {number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    with store.read() as records:
        assert [patient.code for patient in records.patients()] == [f"P-{n:03d}" for n in range(1, 97)]


WRITER = """
import sys
from tracker.clinic.records.sealing import Sealer
from tracker.clinic.records.store import Store
store = Store.open(sys.argv[1], Sealer(bytes(32)))
for _ in range(15):
    with store.write() as records:
        records.add_patient("", sys.argv[2])
store.close()
"""


def test_four_processes_that_open_a_new_store_together_write_without_locked(path):
    url = f"sqlite:///{path}"
    started = [subprocess.Popen([sys.executable, "-W", "error", "-c", WRITER, url, str(n)]) for n in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    store = Store.open(url, SEALER)
    with store.read() as records:
        assert len(records.patients()) == 60
    store.close()


def test_a_short_lock_is_waited_for(path, store):
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, lambda: other.execute("COMMIT")).start()
    start = time.monotonic()
    with store.write() as records:
        records.add_patient("A", "")
    assert time.monotonic() - start >= 0.4
    other.close()


def test_a_long_lock_is_reported_and_nothing_is_saved(path, monkeypatch):
    monkeypatch.setitem(database.PRAGMAS, "busy_timeout", 200)
    store = Store.open(f"sqlite:///{path}", SEALER)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"busy.*nothing was saved"), store.write() as records:
        records.add_patient("A", "")
    other.execute("ROLLBACK")
    other.close()
    with store.write() as records:
        assert records.patients() == []
        records.add_patient("A", "")
    store.close()


def test_more_readers_than_connections_are_told_to_wait(path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_MS", 100)
    store = Store.open(f"sqlite:///{path}", SEALER)
    with ExitStack() as readers:
        for _ in range(40):
            readers.enter_context(store.read())
        with pytest.raises(StoreUnavailable, match="busy"):
            readers.enter_context(store.read())
    with store.read() as records:
        assert records.patients() == []
    store.close()


def test_a_full_disk_is_reported_and_writing_works_again_without_a_restart(store):
    with pytest.raises(StoreUnavailable, match=r"full.*nothing was saved"):
        _fill(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    with store.write() as records:
        assert records.patients() == []
        records.add_patient("A", "")


def _fill(store):
    with store.engine.connect() as connection:
        connection.exec_driver_sql(
            "PRAGMA max_page_count=1"
        )  # SQLite's own way to say full; the pool has one connection
    with store.write() as records:
        for number in range(2000):
            records.add_patient(f"C{number}", "x" * 200)


def test_a_taken_code_is_refused_in_one_sentence(store):
    with store.write() as records:
        records.add_patient("A-1", "")
    with pytest.raises(InvalidInput, match=r"A-1.*taken"), store.write() as records:
        records.add_patient(" A-1 ", "")


def test_a_file_that_is_no_database_is_reported(path):
    path.write_bytes(b"this is not a database" * 400)
    with pytest.raises(StoreUnavailable, match="damaged"):
        Store.open(f"sqlite:///{path}", SEALER)


def test_a_store_of_a_newer_program_is_left_alone(path, store):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='8888'")
    store.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match=r"8888.*newer program"):
        Store.open(f"sqlite:///{path}", SEALER)
    assert path.read_bytes() == before


@pytest.fixture
def next_step(tmp_path, monkeypatch):
    """The migrations with one more step, as a later version of the program would have them."""
    copy = tmp_path / "program" / "migrations"
    shutil.copytree(Path(database.__file__).parent / "migrations", copy)
    step = copy / "versions" / "r9999_next.py"
    step.write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision = '{schema.REVISION}'\n"
        "branch_labels = depends_on = None\n\n\ndef upgrade():\n"
        "    op.add_column('patients', sa.Column('note', sa.Text))\n    op.execute(sa.text('SELECT 1'))\n"
    )
    monkeypatch.setattr(database, "__file__", str(tmp_path / "program" / "database.py"))
    monkeypatch.setattr(database, "REVISION", "9999")
    return step


def _filled(path):
    store = Store.open(f"sqlite:///{path}", SEALER)
    with store.write() as records:
        records.add_patient("A", "")
    store.close()


def test_an_older_store_is_backed_up_and_upgraded(path, request):
    _filled(path)
    request.getfixturevalue("next_step")
    store = Store.open(f"sqlite:///{path}", SEALER)
    with store.engine.connect() as connection:
        assert database.revision(connection) == "9999"
        assert connection.exec_driver_sql("SELECT code, note FROM patients").all() == [("A", None)]
    store.close()
    (backup,) = (path.parent / "backups").iterdir()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.REVISION,)]
    assert copy.execute("SELECT code FROM patients").fetchall() == [("A",)]
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    copy.close()


def test_an_upgrade_that_breaks_off_leaves_the_old_store(path, request):
    _filled(path)
    step = request.getfixturevalue("next_step")
    step.write_text(step.read_text().replace("SELECT 1", "SELECT nothing FROM nowhere"))
    with pytest.raises(StoreUnavailable):
        Store.open(f"sqlite:///{path}", SEALER)
    plain = sqlite3.connect(path)
    assert plain.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.REVISION,)]
    assert "note" not in {row[1] for row in plain.execute("PRAGMA table_info(patients)")}
    plain.close()


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda table: table.name)
def test_tables_can_be_made_in_postgresql(table):
    assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_erased_text_is_gone_from_the_file(path, store):
    marker = "Zebediah Quillfeather"
    with store.write() as records:
        patient = records.add_patient("A", marker)
    with store.write() as records:
        records.connection.execute(sa.delete(schema.patients).where(schema.patients.c.id == patient.id))
    store.close()  # the last connection folds the write-ahead log into the file
    assert marker.encode() not in b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
