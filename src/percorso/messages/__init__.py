"""messages: see docs/architecture."""
