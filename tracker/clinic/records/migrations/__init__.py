"""The steps from one schema to the next; run by ``records.database.upgrade`` when a store is opened."""
