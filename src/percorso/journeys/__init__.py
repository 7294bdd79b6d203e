"""journeys: see docs/architecture."""
