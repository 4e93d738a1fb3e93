"""Old stores become new ones, and back, without losing a row."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command, config
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tracker.clinic.records import database, schema
from tracker.clinic.records.sealing import Sealer

SEALER = Sealer(bytes(32))

FIRST_STORE = """
insert into patients values ('p', 'A', '', '2026-01-01');
insert into series values ('s', 'p', 1, 'SCAR', 'FACE', '', 3, 30, 'SCAR_AREA', '2026-01-01');
insert into sessions values ('v', 's', 1, '2026-01-01', 'BASELINE', '', NULL, '', '', '2026-01-01');
insert into photos values ('a', 'v', 1, 'FRONTAL', 'BEFORE', 'sha-a', 'n', 9, 9, NULL, '', '[]', '2026-01-01');
insert into photos values ('b', 'v', 2, 'FRONTAL', 'BEFORE', 'sha-b', 'n', 9, 9, NULL, '', '[]', '2026-01-01');
insert into analyses values
  ('x', 'a', 'b', 1, 'sha-a', 'sha-b', '', '1', '', 'DONE', '', '', '[]', '[]', '2026-01-01');
insert into artefacts values ('x', x'00ff');
"""


@pytest.fixture
def engine(tmp_path):
    """A store at the first revision with a row in every table."""
    made = database.connect(tmp_path / "records.db")
    go(made, "0001")
    plain = sqlite3.connect(tmp_path / "records.db")
    plain.executescript(FIRST_STORE)
    plain.close()
    yield made
    made.dispose()


def go(engine, revision):
    settings = config.Config()
    settings.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with database.transaction(engine, writes=True) as connection:
        settings.attributes |= {"connection": connection, "sealer": SEALER}
        way = command.upgrade if revision >= (database.revision(connection) or "") else command.downgrade
        way(settings, revision)


def rows(engine, query):
    with database.transaction(engine, writes=False) as connection:
        return connection.exec_driver_sql(query).all()


def test_an_upgrade_keeps_every_row_and_what_hangs_on_it(engine):
    go(engine, schema.REVISION)
    assert rows(engine, "select id, kit_id from series") == [("s", None)]
    assert rows(engine, "select id, version, kit_digest from analyses") == [("x", "1", "")]
    assert rows(engine, "select * from artefacts") == [("x", b"\x00\xff")]
    assert rows(engine, "select count(*) from photos") == [(2,)]
    assert rows(engine, "pragma foreign_key_check") == []
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_same_pair_may_be_judged_by_two_kits_but_not_twice_by_one(engine):
    go(engine, "0002")
    again = (
        "insert into analyses select 'y' || :kit, baseline_photo_id, followup_photo_id, 2, baseline_sha256, "
        "followup_sha256, region_digest, version, weights_hash, status, reason, retake, changes, flags, created, :kit "
        "from analyses where id = 'x'"
    ).replace(":kit", "'k'")
    with engine.begin() as connection:
        connection.exec_driver_sql(again)
    with pytest.raises(Exception, match="UNIQUE constraint failed"), engine.begin() as connection:
        connection.exec_driver_sql(again.replace("'y'", "'z'"))


def test_a_downgrade_keeps_what_the_old_program_knew(engine):
    go(engine, "0002")
    with engine.begin() as connection:
        connection.exec_driver_sql("update analyses set kit_digest = 'k'")
    go(engine, "0001")
    assert rows(engine, "select * from analyses") == []  # it was judged by a kit that the old program cannot know
    assert rows(engine, "select id from series") == [("s",)]
    assert "kit_id" not in {row[1] for row in rows(engine, "pragma table_info(series)")}
    go(engine, "0002")
    assert rows(engine, "select id, kit_id from series") == [("s", None)]


def test_what_was_drawn_before_roles_is_a_treated_area_and_reference_skin_does_not_go_back(engine):
    go(engine, "0002")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into regions values ('r', 'a', 1, x'00', NULL, 'Dr A', 'digest', '2026-01-01')"
        )
    go(engine, "0003")
    assert rows(engine, "select id, role from regions") == [("r", "TREATED")]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into regions values ('s', 'a', 2, x'00', NULL, 'Dr A', 'digest', '2026-01-01', 'REFERENCE')"
        )
    go(engine, "0002")
    assert rows(engine, "select id from regions") == [("r",)]  # the old program would measure reference skin as treated


def test_what_was_drawn_before_proposals_was_drawn_and_an_accepted_outline_goes_back_as_an_outline(engine):
    go(engine, "0003")
    drawn = "insert into regions (id, photo_id, sequence, mask, polygon, author, digest, created, role) values "
    with engine.begin() as connection:
        connection.exec_driver_sql(drawn + "('r', 'a', 1, x'00', '[[1, 2]]', 'Dr A', 'd', '2026-01-01', 'REFERENCE')")
    go(engine, "0004")
    kept = "select id, polygon, author, digest, created, role from regions"
    before = [("r", "[[1, 2]]", "Dr A", "d", "2026-01-01", "REFERENCE")]
    assert rows(engine, kept) == before
    assert rows(engine, "select origin, proposer, source_id from regions") == [("DRAWN", "", "")]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into sightings values "
            "('g', 'a', 1, 'OUTLINE', 'p', '3', 'w', 'r', 'DONE', '', '', x'00', '2026-01-01')"
        )
        connection.exec_driver_sql(
            "insert into regions values "
            "('s', 'a', 2, x'00', NULL, 'Dr B', 'e', '2026-01-02', 'TREATED', 'ACCEPTED', 'outline-v1 w', 'g')"
        )
    go(engine, schema.REVISION)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    assert rows(engine, "pragma foreign_key_check") == []
    go(engine, "0003")
    assert rows(engine, kept) == [*before, ("s", None, "Dr B", "e", "2026-01-02", "TREATED")]
    assert rows(engine, "select name from sqlite_master where name = 'sightings'") == []


def test_names_are_sealed_by_the_step_to_0005_and_opened_by_the_way_back(engine, tmp_path):
    go(engine, "0004")
    with engine.begin() as connection:
        connection.exec_driver_sql("update patients set name = 'Planted Roe' where id = 'p'")
    go(engine, schema.REVISION)
    ((sealed, practice),) = rows(engine, "select name_sealed, practice_id from patients")
    assert SEALER.open(sealed, "patients.name p") == "Planted Roe"
    assert practice == "first"
    assert rows(engine, "select id from practices") == [("first",)]
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    assert b"Planted Roe" not in (tmp_path / "records.db").read_bytes()
    go(engine, "0004")
    assert rows(engine, "select name from patients") == [("Planted Roe",)]
