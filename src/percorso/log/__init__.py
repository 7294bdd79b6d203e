"""log: see docs/architecture."""
