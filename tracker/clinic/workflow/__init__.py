"""The use cases, each one call."""
