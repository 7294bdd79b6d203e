"""Percorso: customer journeys and marketing automation, self-hosted."""
