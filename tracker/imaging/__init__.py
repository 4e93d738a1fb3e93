"""Photos in, verdicts out. Knows no patient, no database, no file store, no screen."""
