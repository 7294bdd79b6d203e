"""conditions: see docs/architecture."""
