"""contacts: see docs/architecture."""
