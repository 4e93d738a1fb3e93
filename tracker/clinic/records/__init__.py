"""The record store: tables, migrations, queries, photo files."""
